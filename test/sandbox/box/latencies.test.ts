import * as fc from "fast-check";
import { latency, REGIONS } from "../../../sandbox/box/latencies";

describe("latency between regions", () => {
  it("is symmetric, least within a region, and obeys the triangle", () => {
    const region = fc.constantFrom(...REGIONS);
    fc.assert(
      fc.property(region, region, region, (a, b, c) => {
        expect(latency(a, b)).toBeCloseTo(latency(b, a), 6);
        expect(latency(a, a)).toBeLessThanOrEqual(latency(a, b));
        expect(latency(a, c)).toBeLessThanOrEqual(latency(a, b) + latency(b, c) + 1e-6);
      }),
    );
  });
  it("is near what is measured between well-known pairs (65 ms Oregon–Virginia, 145 ms Ireland–California)", () => {
    expect(latency("us-west-2", "us-east-1")).toBeGreaterThan(45);
    expect(latency("us-west-2", "us-east-1")).toBeLessThan(75);
    expect(latency("eu-west-1", "us-west-1")).toBeGreaterThan(100);
    expect(latency("eu-west-1", "us-west-1")).toBeLessThan(165);
  });
  it("never prefers a region that it does not know", () => expect(latency("us-west-2", "moon-1")).toBe(Infinity));
});
