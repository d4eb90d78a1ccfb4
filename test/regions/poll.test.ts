import { until } from "../../regions/poll";

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

  test("reports what is missing when it changes, by its first line, and not each time", async () => {
    const answers = ["0 of 2 ready\n  events", "0 of 2 ready\n  events", "1 of 2 ready", undefined];
    const told: string[] = [];
    await until({ ...wait, report: (line) => told.push(line) }, async () => answers.shift());
    expect(told).toEqual(["app nginx (0 s): 0 of 2 ready", "app nginx (0 s): 1 of 2 ready"]);
  });
});
