import fc from "fast-check";
import { MemberRanges, planNetworks, planSubnets, Pools, regionSlots, slotCount } from "../../regions/cidr";
import { address, contains, formatRange, overlap, parseRange, part, size } from "../../regions/ipv4";

const pools: Pools = { vpcs: "10.0.0.0/10", pods: "10.64.0.0/10", services: "10.128.0.0/10" };

/** Members in different regions, by any names. */
const members = fc
  .uniqueArray(fc.constantFrom(...regionSlots), { minLength: 1, maxLength: regionSlots.length })
  .chain((regions) =>
    fc
      .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/), {
        minLength: regions.length,
        maxLength: regions.length,
      })
      .map((names) => Object.fromEntries(regions.map((region, i) => [names[i], { region }]))),
  );

const all = (ranges: Record<string, MemberRanges>): string[] =>
  Object.values(ranges).flatMap((own) => Object.values(own));

describe("address plan", () => {
  it("gives no two ranges an address in common, whatever the members", () => {
    fc.assert(
      fc.property(members, (requests) => {
        const { ranges, faults } = planNetworks(requests, pools);
        const parsed = all(ranges).map(parseRange);
        expect(faults).toEqual([]);
        expect(parsed).toHaveLength(3 * Object.keys(requests).length);
        parsed.forEach((a, i) => parsed.slice(0, i).forEach((b) => expect(overlap(a, b)).toBe(false)));
      }),
      { numRuns: 50 },
    );
  });

  it("moves no member when others are added, removed or renamed (B4, B5)", () => {
    fc.assert(
      fc.property(members, fc.infiniteStream(fc.boolean()), (requests, keep) => {
        const whole = planNetworks(requests, pools).ranges;
        const fewer = Object.fromEntries(Object.entries(requests).filter(() => keep.next().value));
        for (const [name, ranges] of Object.entries(planNetworks(fewer, pools).ranges)) {
          expect(ranges).toEqual(whole[name]);
        }
      }),
    );
  });

  it("refuses a plan with an overlap, and only such a plan, whatever slots and ranges are named", () => {
    const request = fc.record({
      region: fc.constantFrom("us-west-2", "us-east-2", "us-moon-1"),
      network: fc.record(
        {
          slot: fc.nat(70),
          vpc: fc.nat(15).map((i) => `10.${i * 16}.0.0/16`),
          pods: fc.nat(7).map((i) => `10.${i * 32}.0.0/14`),
        },
        { requiredKeys: [] },
      ),
    });
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), request, { maxKeys: 5 }), (requests) => {
        const { ranges, faults } = planNetworks(requests, pools);
        const parsed = all(ranges).map(parseRange);
        const clash = parsed.some((a, i) => parsed.slice(0, i).some((b) => overlap(a, b)));
        const missing = Object.keys(ranges).length < Object.keys(requests).length;
        expect(faults.length > 0).toBe(clash || missing);
      }),
    );
  });

  it("stays inside the pools", () => {
    const { ranges } = planNetworks(
      Object.fromEntries(regionSlots.map((region) => [region, { region }])),
      pools,
    );
    for (const own of Object.values(ranges)) {
      for (const key of ["vpc", "pods", "services"] as const) {
        expect(contains(parseRange(pools[key === "vpc" ? "vpcs" : key]), parseRange(own[key]))).toBe(true);
      }
    }
  });

  it("has a slot for every region it knows, and some to spare", () => {
    expect(new Set(regionSlots).size).toBe(regionSlots.length);
    expect(slotCount(pools)).toBeGreaterThan(regionSlots.length);
  });

  it("names the key to set and a free slot when two members share a region", () => {
    const { faults } = planNetworks({ a: { region: "us-west-2" }, b: { region: "us-west-2" } }, pools);
    expect(faults).toEqual([
      {
        member: "b",
        key: "network",
        value: "10.3.0.0/16, 10.67.0.0/16, 10.131.0.0/16",
        remedy: "overlaps a's ranges: set network.slot of the one or the other (63 is free)",
      },
    ]);
  });
});

describe("ranges of clusters that are there already", () => {
  const range = fc.tuple(fc.nat(255), fc.integer({ min: 8, max: 16 })).map(([second, prefix]) => {
    const { first } = parseRange(`10.${second}.0.0/16`);
    return formatRange({ first: first - (first % 2 ** (32 - prefix)), prefix });
  });
  const declared = fc.dictionary(
    fc.stringMatching(/^given[a-z]{1,3}$/),
    fc.record({ nodes: range, pods: range, services: range }),
    { maxKeys: 3 },
  );

  it("are refused where they meet another member's, own or given, and only there", () => {
    fc.assert(
      fc.property(members, declared, (requests, given) => {
        const { ranges, faults } = planNetworks(requests, pools, given);
        const owned = Object.entries({ ...ranges, ...given }).flatMap(([member, own]) =>
          Object.values(own).map((text) => ({ member, range: parseRange(text) })),
        );
        const clash = owned.some((a, i) =>
          owned.slice(0, i).some((b) => a.member !== b.member && overlap(a.range, b.range)),
        );
        expect(faults.length > 0).toBe(clash);
        expect(ranges).toEqual(planNetworks(requests, pools).ranges);
      }),
    );
  });

  it("are kept clear by the slot that is proposed", () => {
    const given = { munich: { nodes: "10.3.0.0/16", pods: "10.63.0.0/16", services: "172.20.0.0/16" } };
    const { faults } = planNetworks({ a: { region: "us-west-2" } }, pools, given);
    expect(faults).toEqual([
      {
        member: "munich",
        key: "network.nodes",
        value: "10.3.0.0/16",
        remedy: "overlaps a's vpc 10.3.0.0/16: set network.slot of a (62 is free)",
      },
    ]);
  });
});

describe("subnets", () => {
  const zones = fc.uniqueArray(
    fc.constantFrom(..."abcdefgh").map((letter) => `eu-central-1${letter}`),
    { minLength: 1 },
  );

  it("lie in the VPC, apart from each other and from the private half", () => {
    fc.assert(
      fc.property(zones, fc.integer({ min: 16, max: 20 }), (names, prefix) => {
        const vpc = { first: parseRange("10.16.0.0/16").first, prefix };
        const subnets = Object.values(planSubnets(formatRange(vpc), names)).map(parseRange);
        const publicHalf = part(vpc, prefix + 1, 0);
        subnets.forEach((a, i) => {
          expect(contains(publicHalf, a)).toBe(true);
          subnets.slice(0, i).forEach((b) => expect(overlap(a, b)).toBe(false));
        });
      }),
    );
  });

  it("keep their place when zones come and go", () => {
    fc.assert(
      fc.property(zones, (names) => {
        const whole = planSubnets("10.16.0.0/16", names);
        for (const zone of names) expect(planSubnets("10.16.0.0/16", [zone])[zone]).toBe(whole[zone]);
      }),
    );
  });

  it("have private ones beside them, apart from each other and from every public one", () => {
    fc.assert(
      fc.property(zones, fc.integer({ min: 16, max: 20 }), (names, prefix) => {
        const vpc = { first: parseRange("10.16.0.0/16").first, prefix };
        const subnets = Object.values(planSubnets(formatRange(vpc), names, "private")).map(parseRange);
        const privateHalf = part(vpc, prefix + 1, 1);
        subnets.forEach((a, i) => {
          expect(contains(privateHalf, a)).toBe(true);
          subnets.slice(0, i).forEach((b) => expect(overlap(a, b)).toBe(false));
        });
      }),
    );
  });

  it("are these, for as long as there are stacks that have them", () => {
    const names = ["us-west-2a", "us-west-2b", "us-west-2h"];
    expect(Object.values(planSubnets("10.3.0.0/16", names))).toEqual([
      "10.3.0.0/20",
      "10.3.16.0/20",
      "10.3.112.0/20",
    ]);
    expect(Object.values(planSubnets("10.3.0.0/16", names, "private"))).toEqual([
      "10.3.128.0/20",
      "10.3.144.0/20",
      "10.3.240.0/20",
    ]);
  });

  it("refuse a local zone", () => {
    expect(() => planSubnets("10.0.0.0/16", ["us-west-2-lax-1a"])).toThrow(/no availability zone/);
  });
});

describe("ranges", () => {
  it("are read and written back alike", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.integer({ min: 0, max: 32 }), (bits, prefix) => {
        const range = { first: bits - (bits % 2 ** (32 - prefix)), prefix };
        expect(parseRange(formatRange(range))).toEqual(range);
      }),
    );
  });

  it.each(["", "10.0.0.0", "10.0.0/8", "10.0.0.256/8", "10.0.0.0/33", "10.0.0.0/8 ", "a.b.c.d/8"])(
    "refuse %p",
    (text) => {
      expect(() => parseRange(text)).toThrow(/no IPv4 range/);
    },
  );

  it("refuse bits behind the prefix, naming the range that was meant", () => {
    expect(() => parseRange("10.1.2.3/16")).toThrow("write 10.1.0.0/16");
  });

  it("have no address and no part beyond their end", () => {
    const range = parseRange("10.0.0.0/28");
    expect(address(range, size(range) - 1)).toBe("10.0.0.15");
    expect(() => address(range, 16)).toThrow(/no address/);
    expect(() => part(range, 29, 2)).toThrow(/no part/);
    expect(() => part(range, 27, 0)).toThrow(/no part/);
  });
});
