import * as fc from "fast-check";
import { parseConfig } from "../../config";
import { ofKind } from "../../config/member-kinds";
import { regionSlots } from "../../regions/cidr";
import { contains, overlap, parseRange } from "../../regions/ipv4";
import { peerFacts, peeringName, peerRules, peersText } from "../../regions/peering-plan";

/** Stacks of two to six members, some private, some with three control-plane nodes, all peering. */
const stacks = fc
  .uniqueArray(fc.constantFrom(...regionSlots.slice(0, 30)), { minLength: 2, maxLength: 6 })
  .chain((regions) =>
    fc.tuple(
      fc.constant(regions),
      fc.array(fc.record({ nat: fc.constantFrom("none", "one"), nodes: fc.constantFrom(1, 3, 5) }), {
        minLength: regions.length,
        maxLength: regions.length,
      }),
    ),
  )
  .map(([regions, shapes]) => {
    const members = regions.map((region, i) => {
      const { nat, nodes } = shapes[i];
      return [region, { region, network: { nat }, controlPlane: { nodes } }] as const;
    });
    const config = parseConfig({
      domain: "k8s.example.com",
      host: regions[0],
      apiAccess: ["203.0.113.0/24"],
      members: Object.fromEntries(members),
      peering: "all",
    });
    const zonesOf = (region: string) => ["a", "b", "c"].map((letter) => `${region}${letter}`);
    const facts = Object.fromEntries(
      Object.entries(ofKind(config.members, "ec2")).map(([name, member]) => [
        name,
        peerFacts(member, zonesOf(name)),
      ]),
    );
    return { config, facts };
  });

const parsed = (text: string) =>
  text.split("\n").map((line) => {
    const [pods, vpc, slots] = line.split(" ");
    return { pods, vpc, slots: slots.split(",") };
  });

describe("what nodes are told of their member's peers", () => {
  it("D6: names every peer's ranges and slots, none of its own, and no address of two", () => {
    fc.assert(
      fc.property(stacks, ({ config, facts }) => {
        for (const [name, own] of Object.entries(facts)) {
          const peers = parsed(peersText(name, config.peering, facts));
          expect(peers).toHaveLength(Object.keys(facts).length - 1);
          const ranges = [own, ...peers].flatMap(({ pods, vpc }) => [pods, vpc]).map(parseRange);
          ranges.forEach((one, i) =>
            ranges.slice(0, i).forEach((other) => expect(overlap(one, other)).toBe(false)),
          );
          for (const { vpc, slots } of peers) {
            expect(new Set(slots).size).toBe(slots.length);
            for (const slot of slots) expect(contains(parseRange(vpc), parseRange(`${slot}/32`))).toBe(true);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  describe("in a parameter of 4 KB", () => {
    /** Member m0 with 48 peers, as many as a route table has routes for. */
    const told = (slots: number): string => {
      const facts = [...Array(49).keys()].map((i) => {
        const places = [...Array(slots).keys()].map((slot) => `10.${i}.${128 + 16 * slot}.10`);
        return [`m${i}`, { vpc: `10.${i}.0.0/16`, pods: `10.${i + 64}.0.0/16`, slots: places }] as const;
      });
      const pairs = [...Array(48).keys()].map((i) => ["m0", `m${i + 1}`] as const);
      return peersText("m0", pairs, Object.fromEntries(facts));
    };

    it("D6: there is room for as many of three slots", () => {
      expect(told(3).split("\n")).toHaveLength(48);
    });

    it("as many of five slots are refused, with what to do", () => {
      expect(() => told(5)).toThrow(/member m0 48 peers.* 4096: let it peer with fewer members/);
    });
  });

  it("is none without peers", () => {
    expect(peersText("us-west", [["us-east", "ap-northeast"]], {})).toBe("none");
  });
});

describe("a pair", () => {
  const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,6}[a-z0-9])?$/);
  it("has a name that no other pair has", () => {
    const pair = fc.tuple(name, name);
    fc.assert(
      fc.property(pair, pair, (one, other) => {
        expect(peeringName(one) === peeringName(other)).toBe(one.join(" ") === other.join(" "));
      }),
    );
  });

  it("D6: lets in wrapped packets and questions of the peer's nodes, and its pods; nothing for everybody", () => {
    expect(
      peerRules({ vpc: "10.1.0.0/16", pods: "10.65.0.0/16" }).map(
        ({ ipProtocol, fromPort, toPort, cidrIpv4 }) => [ipProtocol, fromPort, toPort, cidrIpv4],
      ),
    ).toEqual([
      ["udp", 4789, 4789, "10.1.0.0/16"],
      ["icmp", 8, 0, "10.1.0.0/16"],
      ["-1", undefined, undefined, "10.65.0.0/16"],
    ]);
  });
});
