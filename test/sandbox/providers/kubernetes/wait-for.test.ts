import { evaluate, parseJsonPath } from "../../../../sandbox/providers/kubernetes/jsonpath";
import { parseWaitFor } from "../../../../sandbox/providers/kubernetes/wait-for";

describe("JSONPath and waitFor", () => {
  const live = {
    status: {
      ip: "10.0.0.1",
      list: [
        { type: "A", v: 1 },
        { type: "Ready", v: 2 },
      ],
      conditions: [{ type: "Ready", status: "False", message: "wait" }],
    },
    "a.b": { c: true },
  };

  test.each<[string, unknown[]]>([
    ["{.status.ip}", ["10.0.0.1"]],
    [".status.list[0].v", [1]],
    ["{.status.list[-1].v}", [2]],
    ["{$.status.list[*].v}", [1, 2]],
    ['{.status.list[?(@.type=="Ready")].v}', [2]],
    ["{['a.b'].c}", [true]],
    ["{.a\\.b.c}", [true]],
    ["{.nothing.there[0]}", []],
  ])("%s", (path, found) => expect(evaluate(parseJsonPath(path), live)).toEqual(found));

  test("an unreadable path says where it breaks", () => {
    expect(() => parseJsonPath("{.a[?(@.x>1)]}")).toThrow(/from "\[\?/);
  });

  test.each<[string, string | undefined]>([
    ["jsonpath={.status.ip}", undefined],
    ["jsonpath={.status.ip}=10.0.0.1", undefined],
    ["jsonpath={.status.ip}=10.0.0.2", '{.status.ip} is "10.0.0.1", not 10.0.0.2'],
    ["jsonpath={.status.host}", "{.status.host} is not there"],
    ["condition=Ready=false", undefined],
    ["condition=Ready", "condition Ready is False, not True: wait"],
    ["condition=Other", "condition Other is not there, not True"],
    ['["jsonpath={.status.ip}", "condition=Ready"]', "condition Ready is False, not True: wait"],
  ])("%s", (text, missing) => expect(parseWaitFor(text)(live)).toBe(missing));

  test("anything else is refused", () => {
    expect(() => parseWaitFor("ready")).toThrow(/expected "jsonpath=…" or "condition=…"/);
    expect(() => parseWaitFor("[]")).toThrow(/at least one/);
  });
});
