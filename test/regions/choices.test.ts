import * as fc from "fast-check";
import { changesOf, choicesOf } from "../../regions/choices";
import { member } from "./one-member";

const ab = ["us-west-2a", "us-west-2b"];
const abc = [...ab, "us-west-2c"];
const three = { controlPlane: { nodes: 3 } };

/** Paths of what a config changes of the slots that another one made. */
const changed = (before: object, zonesBefore: string[], after: object, zonesAfter: string[]): string[] => {
  const made = choicesOf(member(before), zonesBefore);
  const wanted = choicesOf(member(after), zonesAfter);
  const both = made.slice(0, wanted.length);
  const faults = both.flatMap((was, i) => changesOf("us-west", was, wanted[i]));
  return [...new Set(faults.map(({ path }) => path.replace("members.us-west.", "")))];
};

describe("choices that a running cluster does not outlive", () => {
  test("are told by their key: region, nat, the three ranges, zones", () => {
    expect(changed({}, ab, { region: "eu-west-1" }, ["eu-west-1a", "eu-west-1b"])).toEqual(["region"]);
    expect(changed({}, ab, { network: { nat: "one" } }, ab)).toEqual(["network.nat"]);
    expect(changed({}, ab, { network: { slot: 40 } }, ab)).toEqual([
      "network.vpc",
      "network.pods",
      "network.services",
    ]);
    expect(changed({}, ab, { network: { pods: "10.90.0.0/16" } }, ab)).toEqual(["network.pods"]);
    expect(changed({}, ab, {}, ["us-west-2b", "us-west-2c"])).toEqual(["zones"]);
  });

  test("a zone may be added behind the others where no slot moves for it, and none may go", () => {
    expect(changed({}, ab, {}, abc)).toEqual([]);
    expect(changed({}, ab, three, abc)).toEqual([]);
    expect(changed({}, abc, {}, ab)).toEqual(["zones"]);
    // The third slot would move from the first zone to the third.
    expect(changed(three, ab, three, abc)).toEqual(["zones"]);
  });

  test("what can change in place is none of them", () => {
    const sizes = {
      controlPlane: { nodes: 3, instanceType: "m7i.large" },
      workers: { count: 5 },
      rollout: 3,
    };
    expect(changed({}, ab, sizes, ab)).toEqual([]);
    expect(changed(sizes, ab, {}, ab)).toEqual([]);
  });

  test("the error says what was, what is wanted, and the ways out", () => {
    const [now] = choicesOf(member({ network: { nat: "one" } }), ab);
    const [was] = choicesOf(member(), ab);
    const [{ path, value, remedy }] = changesOf("us-west", was, now);
    expect([path, value]).toEqual(["members.us-west.network.nat", "one"]);
    expect(remedy).toMatch(/made with "none".*set "none", or make a member of another name.*remove us-west/);
    expect(remedy).toContain("raise members.us-west.generation");
  });

  test("no slot that stays without a fault has another address", () => {
    const zones = fc.subarray(
      ["a", "b", "c", "d"].map((letter) => `us-west-2${letter}`),
      { minLength: 1 },
    );
    const nodes = fc.constantFrom(1, 3, 5);
    fc.assert(
      fc.property(zones, zones, nodes, nodes, (before, after, few, many) => {
        const made = choicesOf(member({ controlPlane: { nodes: few } }), before);
        const wanted = choicesOf(member({ controlPlane: { nodes: many } }), after);
        for (const [i, was] of made.slice(0, wanted.length).entries())
          if (changesOf("us-west", was, wanted[i]).length === 0) expect(wanted[i].place).toBe(was.place);
      }),
    );
  });
});
