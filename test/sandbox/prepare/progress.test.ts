import * as fc from "fast-check";
import { duration, line, percent } from "../../../sandbox/prepare/progress";

describe("progress", () => {
  it("writes durations as people say them", () => {
    expect([0.4, 59, 60, 130, 3599, 3900].map(duration)).toEqual([
      "0s",
      "59s",
      "1m00s",
      "2m10s",
      "59m59s",
      "1h05m",
    ]);
  });

  it("says where it is, how long it has taken and how much of all is done", () => {
    const at = {
      index: 5,
      total: 14,
      name: "kubernetes",
      elapsed: 130,
      estimate: 300,
      before: 270,
      all: 1000,
    };
    expect(line(at)).toBe("[ 5/14] kubernetes … 2m10s (estimate 5m00s, 40% of all)");
    expect(line(at, true)).toBe("[ 5/14] kubernetes made in 2m10s");
  });

  it("never goes back nor reaches a hundred before the end, however long a step takes", () => {
    const seconds = fc.integer({ min: 0, max: 5000 });
    fc.assert(
      fc.property(
        seconds,
        seconds,
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }),
        (one, more, estimates) => {
          const all = estimates.reduce((sum, value) => sum + value, 0);
          let before = 0;
          let last = 0;
          for (const estimate of estimates) {
            for (const elapsed of [one, one + more]) {
              const now = percent({ index: 1, total: 1, name: "", elapsed, estimate, before, all });
              expect(now).toBeGreaterThanOrEqual(last);
              expect(now).toBeLessThan(100);
              last = now;
            }
            before += estimate;
          }
        },
      ),
    );
  });
});
