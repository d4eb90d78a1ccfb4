import * as fc from "fast-check";
import { expandPeering, peerCounts, peeringFaults } from "../../config/peering";

const ours = { kind: "ec2" } as const;
/** A member of a kind that this version's schema refuses, so that the rule is shown without it. */
const foreign = { kind: "external" } as unknown as typeof ours;
const members = { "us-west": ours, "us-east": ours, lab: foreign };
const names = Object.keys(members);

describe("peering", () => {
  it("D6: is refused with a member whose network is not made here, and all means those that can", () => {
    expect(peeringFaults([["us-west", "lab"]], names, members)).toEqual([
      {
        path: "peering.0.1",
        value: "lab",
        remedy: "is of kind external, whose network is not made here: leave the pair out",
      },
    ]);
    expect(expandPeering("all", members)).toEqual([["us-east", "us-west"]]);
  });

  it("D6: of all of n members makes each one n - 1 peers", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 2, maxLength: 12 }),
        (all) => {
          const pairs = expandPeering("all", Object.fromEntries(all.map((name) => [name, ours])));
          expect(peeringFaults(pairs, all, {})).toEqual([]);
          expect(peerCounts(pairs)).toEqual(Object.fromEntries(all.map((name) => [name, all.length - 1])));
        },
      ),
    );
  });
});
