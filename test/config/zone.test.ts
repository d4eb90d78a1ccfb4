import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ConfigError, parseConfig } from "../../config";
import { givenKubeconfig } from "../regions/given";

type Raw = Record<string, any>;

/** The config of Pulumi.onprem.yaml, with something changed. */
function config(change: (raw: Raw) => void = () => undefined) {
  const { config } = parse(readFileSync(join(__dirname, "../../Pulumi.onprem.yaml"), "utf8"));
  const raw: Raw = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("federation:", ""), value]),
  );
  change(raw);
  const nowhere = () => undefined;
  return parseConfig(raw, { file: () => "", list: nowhere, value: () => givenKubeconfig() });
}

function faultsOf(change: (raw: Raw) => void) {
  try {
    config(change);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

const own = { region: "us-west-2" };

describe("a stack without AWS", () => {
  it("C1 C4: Pulumi.onprem.yaml is accepted, its app on the two members and not on the host", () => {
    const { members, apps, zone } = config();
    expect(Object.values(members).map(({ kind }) => kind)).toEqual(["external", "external", "external"]);
    expect(Object.keys(apps.nginx.placement)).toEqual(["f-a", "f-b"]);
    expect(apps.nginx.service).toEqual({ port: 80, nodePort: 30080 });
    expect(zone).toEqual({
      coredns: {
        service: { nodePort: 30053, address: "192.0.2.10" },
        clients: { "f-a": ["198.51.100.0/24"] },
        forward: ["f-a", "f-b"],
      },
    });
  });

  it("C3: CoreDNS is asked at a load balancer, and tells nobody of itself, unless told otherwise", () => {
    expect(config((raw) => (raw.zone = { coredns: {} })).zone).toEqual({
      coredns: { service: "loadBalancer", clients: {}, forward: [] },
    });
  });

  it("needs no AWS region near its members, which nobody asks for latencies", () => {
    const faults = faultsOf((raw) => (raw.zone = "create"));
    expect(faults.map(({ path }) => path)).toEqual([
      "members.f-a.latencyRegion",
      "members.f-b.latencyRegion",
    ]);
  });

  const rules: [string, (raw: Raw) => void, string, RegExp][] = [
    ["a zone that is neither", (raw) => (raw.zone = "bind"), "zone", /"create".*"existing".*coredns/],
    ["a key beside coredns", (raw) => (raw.zone.corends = {}), "zone.corends", /did you mean "coredns"\?/],
    ["coredns without a map", (raw) => (raw.zone.coredns = true), "zone.coredns", /must be a map such as/],
    [
      "a port that no node gives",
      (raw) => (raw.zone.coredns.service.nodePort = 53),
      "zone.coredns.service.nodePort",
      /30000 to 32767/,
    ],
    [
      "an address of the nodes that is a name, to which CoreDNS does not forward",
      (raw) => (raw.zone.coredns.service.address = "f.example.com"),
      "zone.coredns.service.address",
      /IPv4 address/,
    ],
    [
      "a service that is neither",
      (raw) => (raw.zone.coredns.service = "ingress"),
      "zone.coredns.service",
      /"loadBalancer" or \{ nodePort: 30053/,
    ],
    [
      "clients that are no network",
      (raw) => (raw.zone.coredns.clients["f-a"] = ["198.51.100.1/24"]),
      "zone.coredns.clients.f-a.0",
      /bits set behind its prefix/,
    ],
    [
      "clients of nobody",
      (raw) => (raw.zone.coredns.clients = { "f-x": [] }),
      "zone.coredns.clients",
      /is no member: did you mean f-a\?|is no member: did you mean f\?/,
    ],
    [
      "clients that are another's pods",
      (raw) => (raw.zone.coredns.clients["f-a"] = ["10.204.0.0/16"]),
      "zone.coredns.clients.f-a",
      /is f-b's, too/,
    ],
    [
      "a forward to nobody",
      (raw) => (raw.zone.coredns.forward = ["f-a", "g"]),
      "zone.coredns.forward",
      /is no member/,
    ],
    [
      "a forward of neither",
      (raw) => (raw.zone.coredns.forward = "some"),
      "zone.coredns.forward",
      /"all" or a list/,
    ],
    [
      "a host on AWS",
      (raw) => {
        raw.members.west = own;
        raw.host = "west";
        raw.members.f.joins = true;
        raw.members.f.address = "192.0.2.10";
        raw.apps.nginx.placement = { "f-a": {} };
        delete raw.controlPlane;
      },
      "zone.coredns",
      /for hosts of kind external.*create or existing/,
    ],
    [
      "a host that nobody names",
      (raw) => {
        raw.controlPlane = { existing: { secret: "karmada" } };
        delete raw.host;
        delete raw.members.f;
      },
      "zone.coredns",
      /runs on the host, which is not named/,
    ],
    [
      "the domain's own name",
      (raw) => (raw.apps.nginx.dns.name = "ns"),
      "apps.nginx.dns.name",
      /CoreDNS keeps for itself/,
    ],
    [
      "a type of Route 53's",
      (raw) => (raw.apps.nginx.dns.type = "alias"),
      "apps.nginx.dns.type",
      /leave it out/,
    ],
    [
      "a port of the nodes out of range",
      (raw) => (raw.apps.nginx.service.nodePort = 80),
      "apps.nginx.service.nodePort",
      /30000 to 32767/,
    ],
    [
      "a port of the nodes that CoreDNS has",
      (raw) => (raw.apps.nginx.service.nodePort = 30053),
      "apps.nginx.service.nodePort",
      /is CoreDNS's at f already/,
    ],
    [
      "a port of the nodes twice",
      (raw) => (raw.apps.web = { ...raw.apps.nginx, dns: undefined }),
      "apps.web.service.nodePort",
      /is app nginx's already/,
    ],
    [
      "a port of the nodes where nobody knows their address",
      (raw) => delete raw.members["f-b"].address,
      "members.f-b.address",
      /is needed where app nginx/,
    ],
    [
      "a port of the nodes of a member of ours",
      (raw) => (raw.members.west = own),
      "apps.nginx.service.nodePort",
      /shut out at west/,
    ],
    [
      "an address that is none",
      (raw) => {
        raw.members["f-a"].address = "http://f-a";
        delete raw.apps.nginx.service.nodePort;
      },
      "members.f-a.address",
      /address or host name/,
    ],
  ];
  it.each(rules)("refuses %s, with path and remedy", (_, change, path, remedy) => {
    const faults = faultsOf(change);
    expect(faults.map((fault) => fault.path)).toEqual([path]);
    expect(faults[0].remedy).toMatch(remedy);
  });

  it("tells all that is wrong at once", () => {
    const faults = faultsOf((raw) => {
      raw.zone.coredns.forward = ["g"];
      raw.apps.nginx.dns.type = "alias";
      delete raw.members["f-a"].address;
    });
    expect(faults.map(({ path }) => path).sort()).toEqual([
      "apps.nginx.dns.type",
      "members.f-a.address",
      "zone.coredns.forward",
    ]);
  });
});
