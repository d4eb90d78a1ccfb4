import { resolveIn } from "../../../sandbox/box/names";
import { isMachineOrBalancer, upstreamOf } from "../../../sandbox/box/edge";
import { clientOf, regionOfClient } from "../../../sandbox/box/clients";
import { next, NEW_CHECK } from "../../../sandbox/box/health-probes";
import { REGIONS } from "../../../sandbox/box/latencies";
import { difference } from "../../../sandbox/commands/account";

const upstream = upstreamOf({ cloud: 1, images: 2, files: 3 });
const lb = "a1b2-1.us-west-2.elb.amazonaws.com";
const record = (name: string, type: string, values: string[]) => ({ name, type, ttl: 60, setIdentifier: null, region: null, weight: null, failover: null, healthCheck: null, values, alias: null });
const resolve = resolveIn(
  {
    zones: () => [
      {
        id: "Z",
        name: "k8s.test.",
        private: false,
        records: [
          record("web.k8s.test.", "CNAME", [lb]),
          record("k8s.test.", "TXT", ['"owner=a b"']),
          { ...record("other.k8s.test.", "CNAME", []), alias: { name: "web.k8s.test.", zone: "Z", evaluate: true } },
          { ...record("k8s.test.", "A", []), alias: { name: `${lb}.`, zone: "Z1H1FL5HABSF5", evaluate: true } },
          record("narrow.k8s.test.", "CNAME", ["other.k8s.test"]),
        ],
      },
    ],
    loadBalancer: (name) => (name === lb ? ["192.0.2.7"] : undefined),
    instance: () => undefined,
    service: (name) => upstream(name) !== undefined,
    regionOf: () => "us-west-2",
    healthCheck: () => true,
    targetsHealthy: () => true,
  },
  "198.18.0.2",
);

describe("the box's names", () => {
  it("lead AWS's and the registries' names to the edge, load balancers to their addresses", () => {
    expect(resolve("ssm.us-west-2.amazonaws.com", "A", "x").records).toMatchObject([{ data: "198.18.0.2" }]);
    expect(resolve(lb, "A", "x").records).toMatchObject([{ data: "192.0.2.7" }]);
    expect(resolve("example.org", "A", "x")).toEqual({ rcode: "NXDOMAIN", records: [] });
  });
  it("say that a name exists but has no IPv6 address", () => expect(resolve(lb, "AAAA", "x")).toEqual({ rcode: "NOERROR", records: [] }));
  it("follow a CNAME to the load balancer in one answer", () => {
    expect(resolve("web.k8s.test", "A", "x").records.map((one) => one.type)).toEqual(["CNAME", "A"]);
  });
  it("answer an alias with what its target has, under its own name", () => {
    const told = (name: string) => resolve(name, "A", "x").records.map((one) => [one.name, one.type, (one as { data: string }).data]);
    expect(told("other.k8s.test")).toEqual([["other.k8s.test", "CNAME", lb], [lb, "A", "192.0.2.7"]]);
    expect(told("k8s.test")).toEqual([["k8s.test", "A", "192.0.2.7"]]);
    expect(told("narrow.k8s.test")).toEqual([["narrow.k8s.test", "CNAME", "other.k8s.test"], ["other.k8s.test", "CNAME", lb], [lb, "A", "192.0.2.7"]]);
  });
  it("give a TXT record's strings without their quotes", () => expect(resolve("k8s.test", "TXT", "x").records).toMatchObject([{ data: ["owner=a b"] }]));
  it("do not take a load balancer's or a machine's name for the AWS API", () => {
    expect(isMachineOrBalancer(lb)).toBe(true);
    expect(isMachineOrBalancer("n-1.elb.us-west-2.amazonaws.com")).toBe(true);
    expect(isMachineOrBalancer("ec2-192-0-2-1.us-west-2.compute.amazonaws.com")).toBe(true);
    expect(isMachineOrBalancer("elasticloadbalancing.us-west-2.amazonaws.com")).toBe(false);
    expect(upstream("registry.k8s.io")).toBe(2);
    expect(upstream("notamazonaws.com")).toBeUndefined();
  });
});

describe("clients", () => {
  it("are known by their address in every region", () => {
    for (const region of REGIONS) expect(regionOfClient(clientOf(region).address)).toBe(region);
    expect(() => clientOf("moon-1")).toThrow(/no region moon-1/);
  });
});

describe("a health check's standing", () => {
  it("turns only after as many probes in a row as its threshold says", () => {
    const one = next(NEW_CHECK, false, "Failure: x", 3);
    const two = next(one, false, "Failure: x", 3);
    expect([one.healthy, two.healthy, next(two, false, "Failure: x", 3).healthy]).toEqual([true, true, false]);
    expect(next(two, true, "Success: y", 3)).toEqual({ healthy: true, against: 0, message: "Success: y" });
  });
});

describe("the account's difference", () => {
  it("names what is new, what changed and what is gone", () => {
    expect(difference({ a: 1, b: { x: 1 }, c: 3 }, { b: { x: 2 }, c: 3, d: 4 })).toEqual({ left: ["b", "d"], gone: ["a"] });
  });
});
