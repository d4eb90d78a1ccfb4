import { until } from "../../federation/poll";

jest.mock("@pulumi/pulumi", () => ({
  ...jest.requireActual("@pulumi/pulumi"),
  log: { info: jest.fn(async () => undefined) },
}));

const wait = { what: "app nginx", timeout: 60, interval: 1 };

describe("until", () => {
  test("looks again until nothing is missing", async () => {
    const answers = ["no Deployment yet", "1 of 2 ready", undefined];
    const look = jest.fn(async () => answers.shift());
    await until(wait, look);
    expect(look).toHaveBeenCalledTimes(3);
  });

  test("takes an error for one more thing missing: an API that comes up refuses at first", async () => {
    let calls = 0;
    await until(wait, async () => {
      if (++calls < 3) throw new Error("connect ECONNREFUSED");
      return undefined;
    });
    expect(calls).toBe(3);
  });

  test("gives up in time, and says what was missing last", async () => {
    const endless = until({ ...wait, timeout: 0 }, async () => "member us-east: 0 of 2 replicas ready");
    await expect(endless).rejects.toThrow(
      "app nginx: not done after 0 s: member us-east: 0 of 2 replicas ready",
    );
  });
});
