import fc from "fast-check";
import { PlanError } from "../../apps/placement";
import { shares } from "../../apps/shares";

const rule = { min: 0, max: Infinity, weight: 1 };
const placement = { usa: rule, eur: rule, jpn: rule };

describe("an app's shares", () => {
  test("B2 and B4: hugo's 6 are 2/2/2, and 3/3 when one region is removed", () => {
    const hugo = { spread: "divided", replicas: 6, own: {} } as const;
    expect(shares({ ...hugo, placement })).toEqual({ usa: 2, eur: 2, jpn: 2 });
    expect(shares({ ...hugo, placement: { usa: rule, jpn: rule } })).toEqual({ usa: 3, jpn: 3 });
  });

  test("A12: a member's own number is within the total; the others share out what is left", () => {
    expect(shares({ spread: "divided", replicas: 10, placement, own: { eur: 4 } })).toEqual({
      usa: 3,
      eur: 4,
      jpn: 3,
    });
  });

  test("D8: every member of a duplicated app runs the full count, or its own", () => {
    const twice = { usa: rule, jpn: rule };
    expect(shares({ spread: "duplicated", replicas: 1, placement: twice, own: {} })).toEqual({
      usa: 1,
      jpn: 1,
    });
    expect(shares({ spread: "duplicated", replicas: 2, placement, own: { eur: 5 } })).toEqual({
      usa: 2,
      eur: 5,
      jpn: 2,
    });
  });

  test("own numbers are exact and the total is the total, whatever the weights", () => {
    const weights = fc.record({ usa: fc.nat(9), eur: fc.nat(9), jpn: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(weights, fc.nat(20), fc.nat(20), (weight, own, more) => {
        const members = Object.entries(weight).map(([name, each]) => [name, { ...rule, weight: each }]);
        const plan = shares({
          spread: "divided",
          replicas: own + more,
          placement: Object.fromEntries(members),
          own: { usa: own },
        });
        expect(plan.usa).toBe(own);
        expect(Object.values(plan).reduce((a, b) => a + b, 0)).toBe(own + more);
      }),
    );
  });

  test("own numbers above the total are refused", () => {
    expect(() => shares({ spread: "divided", replicas: 2, placement, own: { eur: 4 } })).toThrow(PlanError);
  });
});
