import * as fc from "fast-check";
import { parseConfig } from "../../config";
import { Count, demandsOf, needsOf, QuotaKey, vcpuQuota } from "../../regions/needs";

const config = (members: object = {}, apps: object = {}) =>
  parseConfig({
    domain: "k8s.example.com",
    host: "us-west",
    apiAccess: ["203.0.113.0/24"],
    members: { "us-west": { region: "us-west-2" }, "us-east": { region: "us-east-2" }, ...members },
    apps,
  });

const vcpusOf = { "t3.medium": 2, "m7i.xlarge": 4, "g5.xlarge": 4 };
const needed = (member: string, ...args: Parameters<typeof config>): Record<string, number> => {
  const counts = needsOf(member, config(...args), ["us-west-2b", "us-west-2c"], vcpusOf);
  expect(counts.every((each) => each.member === member)).toBe(true);
  const keys = [...new Set(counts.map(({ quota }) => quota))];
  const of = (key: QuotaKey) => counts.filter(({ quota }) => quota === key).map(({ count }) => count);
  return Object.fromEntries(keys.map((key) => [key, of(key).reduce((a, b) => a + b)]));
};

describe("what a member needs of its region", () => {
  test("one node and two workers: their vCPUs, an Elastic IP, a VPC, the API's load balancer", () => {
    expect(needed("us-east")).toEqual({
      standard: 6,
      addresses: 1,
      vpcs: 1,
      networkBalancers: 1,
      classicBalancers: 0,
    });
  });

  test("the host has the federation's load balancer besides", () => {
    expect(needed("us-west").classicBalancers).toBe(1);
  });

  test("a load balancer for each app with a service that is placed on it, running there or not", () => {
    const app = { image: "nginx:1.29", replicas: 2, placement: { "us-east": { min: 2 }, "us-west": {} } };
    const apps = {
      one: { ...app, service: { port: 80 } },
      two: { ...app, service: { port: 80 }, placement: { "us-west": {} } },
      three: app,
    };
    expect([needed("us-east", {}, apps), needed("us-west", {}, apps)]).toMatchObject([
      { classicBalancers: 1 },
      { classicBalancers: 3 },
    ]);
  });

  test("a control plane of three has three Elastic IPs; behind a NAT gateway all nodes have its one", () => {
    const three = { region: "us-east-2", controlPlane: { nodes: 3 } };
    expect(needed("us-east", { "us-east": three })).toMatchObject({ standard: 10, addresses: 3 });
    const behind = { ...three, network: { nat: "one" } };
    expect(needed("us-east", { "us-east": behind })).toMatchObject({ addresses: 1, natGateways: 1 });
    const [gateway] = needsOf(
      "us-east",
      config({ "us-east": behind }),
      ["us-east-2b", "us-east-2c"],
      {},
    ).filter(({ quota }) => quota === "natGateways");
    expect(gateway.zone).toBe("us-east-2b");
  });

  test("instances of other families count against quotas of their own", () => {
    const mixed = { region: "us-east-2", workers: { count: 3, instanceType: "g5.xlarge" } };
    expect(needed("us-east", { "us-east": mixed })).toMatchObject({ standard: 2, accelerated: 12 });
    const types = ["im4gn.large", "c7i-flex.large", "z1d.large", "vt1.3xlarge", "x2gd.large", "mac2.metal"];
    expect(types.map(vcpuQuota)).toEqual(["standard", "standard", "standard", "accelerated", "x", undefined]);
  });
});

describe("what is still to be made", () => {
  const addresses = (count: number, member?: string): Count => ({ quota: "addresses", count, member });

  test("is nothing where the members have all of it, however much others use", () => {
    expect(demandsOf([addresses(3, "a")], [addresses(1, "a"), addresses(2, "a"), addresses(9)])).toEqual([]);
  });

  test("is what each member lacks; what another has too much of is still there meanwhile", () => {
    const there = [addresses(3, "a"), addresses(1, "b"), addresses(1)];
    expect(demandsOf([addresses(1, "a"), addresses(3, "b")], there)).toEqual([
      { quota: "addresses", zone: undefined, used: 5, more: { b: 2 } },
    ]);
  });

  test("NAT gateways are counted zone by zone", () => {
    const gateway = (zone: string, member?: string): Count => ({
      quota: "natGateways",
      count: 1,
      zone,
      member,
    });
    expect(demandsOf([gateway("us-west-2a", "a")], [gateway("us-west-2b"), gateway("us-west-2a")])).toEqual([
      { quota: "natGateways", zone: "us-west-2a", used: 1, more: { a: 1 } },
    ]);
  });

  test("whoever has what it needs asks for nothing; made, nothing more is asked for", () => {
    const some = fc.array(
      fc.record({
        quota: fc.constantFrom<QuotaKey>("addresses", "vpcs"),
        count: fc.nat(5),
        member: fc.constantFrom("a", "b"),
      }),
    );
    fc.assert(
      fc.property(some, some, (needs, there) => {
        const made = demandsOf(needs, there).flatMap(({ quota, more }) =>
          Object.entries(more).map(([member, count]): Count => ({ quota, count, member })),
        );
        expect(demandsOf(needs, [...there, ...made])).toEqual([]);
        expect(made.every(({ count }) => count > 0)).toBe(true);
      }),
    );
  });
});
