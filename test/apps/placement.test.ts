import fc from "fast-check";
import { describePlan, expandPlacement, MemberPlacement, plan, PlanError } from "../../apps/placement";
import type { Candidate } from "../../apps/selection";

const nginx = {
  "us-west": { min: 2, max: 10, weight: 200 },
  "us-east": { min: 0, max: 2, weight: 150 },
  "ap-northeast": { min: 1, max: 5, weight: 150 },
};
const named = (...names: string[]) => names.map((name) => ({ name, labels: {} }));
const three = named("us-west", "us-east", "ap-northeast");

/** Members with at least one that has a weight and no limit, so that every total from the minima on can be placed. */
const placements = fc
  .dictionary(
    fc.stringMatching(/^[a-z]{1,6}$/),
    fc.record({ min: fc.nat(5), extra: fc.nat(8), weight: fc.nat(300) }),
    { minKeys: 0, maxKeys: 8 },
  )
  .map((drawn) => {
    const members: Record<string, MemberPlacement> = { open: { min: 0, max: Infinity, weight: 7 } };
    for (const [name, { min, extra, weight }] of Object.entries(drawn))
      members[name] = { min, max: min + extra, weight };
    return members;
  });
const minima = (members: Record<string, MemberPlacement>) =>
  Object.values(members).reduce((sum, { min }) => sum + min, 0);
const faultsOf = (run: () => unknown): readonly string[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof PlanError) return error.faults;
    throw error;
  }
  return [];
};

describe("plan", () => {
  test("A8: 3 replicas of nginx are 2/0/1, 10 are 5/2/3", () => {
    expect(plan(3, nginx)).toEqual({ "us-west": 2, "us-east": 0, "ap-northeast": 1 });
    expect(plan(10, nginx)).toEqual({ "us-west": 5, "us-east": 2, "ap-northeast": 3 });
  });

  test('A13: 15 replicas with "*": 2 and ap-northeast at most 3 are 6/6/3', () => {
    const members = expandPlacement({ "*": 2, "ap-northeast": { min: 1, max: 3, weight: 1 } }, three);
    expect(plan(15, members)).toEqual({ "us-west": 6, "us-east": 6, "ap-northeast": 3 });
  });

  test("B2 and B4: 6 replicas with equal weights are 2/2/2 on three members and 3/3 on two", () => {
    expect(plan(6, expandPlacement({ "*": 1 }, named("usa", "eur", "jpn")))).toEqual({
      usa: 2,
      eur: 2,
      jpn: 2,
    });
    expect(plan(6, expandPlacement({ "*": 1 }, named("usa", "jpn")))).toEqual({ usa: 3, jpn: 3 });
  });

  test("every replica is placed, and no member is below its min or above its max", () => {
    fc.assert(
      fc.property(placements, fc.nat(60), (members, more) => {
        const total = minima(members) + more;
        const counts = plan(total, members);
        expect(Object.keys(counts).sort()).toEqual(Object.keys(members).sort());
        expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(total);
        for (const [name, { min, max }] of Object.entries(members)) {
          expect(counts[name]).toBeGreaterThanOrEqual(min);
          expect(counts[name]).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  test("one replica more never takes one from any member", () => {
    fc.assert(
      fc.property(placements, fc.nat(60), (members, more) => {
        const total = minima(members) + more;
        const [before, after] = [plan(total, members), plan(total + 1, members)];
        for (const name of Object.keys(members)) expect(after[name]).toBeGreaterThanOrEqual(before[name]);
      }),
    );
  });

  test("the order in which members are written does not matter", () => {
    fc.assert(
      fc.property(placements, fc.nat(60), (members, more) => {
        const turned = Object.fromEntries(Object.entries(members).reverse());
        const total = minima(members) + more;
        expect(plan(total, turned)).toEqual(plan(total, members));
      }),
    );
  });

  test("without minima and limits each member is within one replica of its exact share of equal weights", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(200), (count, total) => {
        const names = Array.from({ length: count }, (_, i) => `m${i}`);
        const counts = Object.values(plan(total, expandPlacement({ "*": 3 }, named(...names))));
        for (const each of counts) expect(Math.abs(each - total / count)).toBeLessThan(1);
      }),
    );
  });

  test("ties go to the member first by name", () => {
    expect(plan(1, expandPlacement({ "*": 1 }, named("b", "c", "a")))).toEqual({ a: 1, b: 0, c: 0 });
  });

  test.each([
    [2, nginx, "below the members' minima together (3)"],
    [18, nginx, "above the members' maxima together (17)"],
    [1.5, nginx, "replicas 1.5 is not a whole number"],
    [-1, nginx, "replicas -1 is not a whole number"],
    [
      2,
      { a: { min: 1, max: 9, weight: 0 }, b: { min: 0, max: 9, weight: 0 } },
      "all weights are 0, so 1 of 2",
    ],
    [9, { a: { min: 1, max: 9, weight: 0 }, b: { min: 0, max: 3, weight: 1 } }, "only 4 of 9 replicas fit"],
  ])("%d replicas are refused where they can't be placed: %#", (total, members, text) => {
    expect(faultsOf(() => plan(total, members))).toEqual([expect.stringContaining(text)]);
  });
});

describe("expandPlacement", () => {
  test("a bare number is a weight; min is 0 and max unlimited unless given", () => {
    expect(expandPlacement({ "us-west": 2, "us-east": { max: 4 } }, three)).toEqual({
      "us-west": { min: 0, max: Infinity, weight: 2 },
      "us-east": { min: 0, max: 4, weight: 1 },
    });
  });

  test("every fault is told at once, with the members there are", () => {
    const faults = faultsOf(() =>
      expandPlacement({ mars: 1, "us-west": { min: 3, max: 2 }, "us-east": { weight: -1 } }, three),
    );
    expect(faults).toEqual([
      `member "mars" does not exist; there are ap-northeast, us-east, us-west`,
      "us-west: min 3 is above max 2; raise max or lower min",
      "us-east: weight -1 is not a number of 0 or more",
    ]);
  });

  test("D5: labels select members, after their names and before the rest", () => {
    const members: Candidate[] = [
      { name: "a", labels: { tier: "edge" } },
      { name: "b", labels: { tier: "edge", disk: "ssd" } },
      { name: "c", labels: {} },
    ];
    const weights = (placement: Record<string, number>) =>
      Object.entries(expandPlacement(placement, members)).map(([name, { weight }]) => `${name}=${weight}`);
    expect(weights({ "tier=edge": 2, b: 5, "*": 1 })).toEqual(["a=2", "b=5", "c=1"]);
    expect(weights({ "tier=edge,disk=ssd": 2 })).toEqual(["b=2"]);
    expect(faultsOf(() => expandPlacement({ "tier=edge": 1, "disk=ssd": 2 }, members))).toEqual([
      "b: tier=edge and disk=ssd select it; name it itself",
    ]);
  });

  test("a placement that names nobody is refused", () => {
    expect(faultsOf(() => expandPlacement({}, three))).toEqual([
      expect.stringContaining("no member is named"),
    ]);
  });
});

describe("describePlan", () => {
  test("shows what changes, and single numbers for what stays or is new", () => {
    const after = plan(10, nginx);
    expect(describePlan("nginx", plan(3, nginx), after)).toBe(
      "nginx: us-west 2→5, us-east 0→2, ap-northeast 1→3",
    );
    expect(describePlan("nginx", undefined, after)).toBe("nginx: us-west 5, us-east 2, ap-northeast 3");
    expect(describePlan("nginx", { gone: 4, stays: 1 }, { stays: 1 })).toBe("nginx: stays 1, gone 4→0");
  });
});
