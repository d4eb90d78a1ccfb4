import { parse } from "yaml";
import { contextOf } from "../../operate/contexts";

test("a member's context is found by its name, and what there is instead is told", () => {
  const text = JSON.stringify({
    contexts: [{ name: "us-west-b.example.com" }, { name: "us-west.example.com" }, { name: "aws-fed" }],
  });
  expect(parse(contextOf(text, "us-west"))["current-context"]).toBe("us-west.example.com");
  expect(() => contextOf(text, "eu-west")).toThrow(
    "no context of eu-west; it has us-west-b.example.com, us-west.example.com, aws-fed",
  );
  expect(parse(contextOf(text, "aws-fed"))["current-context"]).toBe("aws-fed");
});
