import fc from "fast-check";
import { rangeFindings, Seen } from "../../regions/declared-ranges";
import { contains, formatRange, parseRange, part, Range } from "../../regions/ipv4";

const declared = { nodes: "10.1.0.0/16", pods: "10.2.0.0/16", services: "10.3.0.0/16" };
const seen = (podRanges: string[]): Seen => ({ nodes: [{ name: "n", addresses: [], podRanges }] });

describe("declared ranges", () => {
  it("are contradicted by a range outside, and by nothing inside, whatever the cluster has", () => {
    const ranges = fc
      .tuple(fc.nat(255), fc.nat(255))
      .map(([a, b]): Range => part(part(parseRange("10.0.0.0/8"), 16, a), 24, b));
    fc.assert(
      fc.property(fc.array(ranges), (all) => {
        const inside = all.every((range) => contains(parseRange(declared.pods), range));
        expect(rangeFindings(declared, seen(all.map(formatRange))).length === 0).toBe(inside);
      }),
    );
  });

  it("take no notice of IPv6, nor of a cluster that gives its nodes no ranges", () => {
    expect(rangeFindings(declared, seen(["fd00::/64"]))).toEqual([]);
    expect(rangeFindings(declared, { nodes: [], service: undefined })).toEqual([]);
  });
});
