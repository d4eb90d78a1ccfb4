import { promised, timed } from "../../../sandbox/commands/drill";

const check = { name: "a.elb.example", interval: 30, threshold: 3 };

describe("a drill", () => {
  test("A15: promises the slowest health check and what resolvers may keep", () => {
    expect(promised([check, { ...check, interval: 10, threshold: 2 }], 300)).toBe(390);
    expect(promised([], 60)).toBe(60);
  });

  test("A15: times each region by itself, and takes silence for no answer", async () => {
    const rounds = [{ "us-east-2": undefined, "eu-west-1": "us-west-2" }, { "us-east-2": "us-west-2" }];
    const asked: string[][] = [];
    const found = await timed(
      async (regions) => (asked.push([...regions]), rounds[asked.length - 1]),
      ["us-east-2", "eu-west-1"],
      (by) => by !== "us-east-2",
      30,
    );
    expect(asked).toEqual([["us-east-2", "eu-west-1"], ["us-east-2"]]);
    expect(found["eu-west-1"]).toBeLessThan(found["us-east-2"]!);
  });

  test("ends at its limit with those who were never answered as wanted", async () => {
    const found = await timed(
      async () => ({ "us-east-2": "us-east-2" }),
      ["us-east-2"],
      (by) => by !== "us-east-2",
      1,
    );
    expect(found).toEqual({ "us-east-2": undefined });
  });
});
