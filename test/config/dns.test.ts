import { ConfigError, parseConfig } from "../../config";
import { givenKubeconfig } from "../regions/given";

type Raw = Record<string, any>;

/** A config with one app on a member of ours and one that is there already. */
function config(change: (dns: Raw, raw: Raw) => void) {
  const raw: Raw = {
    domain: "k8s.example.com",
    host: "us-west",
    apiAccess: ["203.0.113.0/24"],
    members: {
      "us-west": { region: "us-west-2" },
      munich: {
        kind: "external",
        kubeconfig: { file: "./munich.kubeconfig" },
        region: "munich",
        latencyRegion: "eu-central-1",
        zones: ["munich-a"],
        network: { nodes: "192.168.0.0/24", pods: "10.244.0.0/16", services: "10.192.0.0/12" },
      },
    },
    apps: { nginx: { image: "nginx:1.29", replicas: 2, service: { port: 80 }, dns: { name: "nginx" } } },
  };
  change(raw.apps.nginx.dns, raw);
  return parseConfig(raw, { file: () => givenKubeconfig(), list: () => undefined, value: () => undefined });
}

const dnsOf = (change: (dns: Raw, raw: Raw) => void) => config(change).apps.nginx.dns;

function faultsOf(change: (dns: Raw, raw: Raw) => void) {
  try {
    config(change);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe("an app's dns", () => {
  it("is checked at / of the service's port every 30 s, three looks deciding, unless told otherwise", () => {
    expect(dnsOf(() => undefined)).toEqual({
      name: "nginx",
      ttl: 300,
      type: "cname",
      health: { protocol: "http", path: "/", interval: 30, threshold: 3 },
      hierarchy: undefined,
    });
    const health = { protocol: "https", path: "/healthz", interval: 10, threshold: 1, port: 8080 };
    expect(dnsOf((dns) => (dns.health = health))?.health).toEqual(health);
    const tcp = { protocol: "tcp", interval: 30, threshold: 3 };
    expect(dnsOf((dns) => (dns.health = { protocol: "tcp" }))?.health).toEqual(tcp);
  });

  it("takes the domain's own name for addresses", () => {
    const apex = (name: string) => dnsOf((dns) => Object.assign(dns, { name, type: "alias" }))?.name;
    expect([apex("@"), apex("k8s.example.com")]).toEqual(["@", "@"]);
  });

  it("E3: has hierarchical names with a TTL of 180 when asked", () => {
    const hierarchy = (value: unknown) => dnsOf((dns) => (dns.hierarchy = value))?.hierarchy;
    expect([hierarchy(true), hierarchy({}), hierarchy({ ttl: 20 }), hierarchy(false)]).toEqual([
      { ttl: 180 },
      { ttl: 180 },
      { ttl: 20 },
      undefined,
    ]);
  });

  it("E3: reports a member without zones, which has no name for its zone", () => {
    const warnings = (hierarchy: boolean) =>
      config((dns, raw) => {
        dns.hierarchy = hierarchy;
        raw.members.munich.zones = [];
      }).warnings;
    expect(warnings(true)).toEqual([
      expect.stringMatching(/^members\.munich\.zones: names none, so app nginx/),
    ]);
    expect(warnings(false)).toEqual([]);
  });

  const second = (dns: object) => (_: Raw, raw: Raw) =>
    (raw.apps.second = { image: "a", replicas: 1, service: { port: 80 }, dns });
  it.each<[string, (dns: Raw, raw: Raw) => void, string, RegExp]>([
    [
      "a path that is none",
      (dns) => (dns.health = { path: "healthz" }),
      "apps.nginx.dns.health.path",
      /such as \/healthz/,
    ],
    [
      "a protocol that the checkers don't speak",
      (dns) => (dns.health = { protocol: "udp" }),
      "apps.nginx.dns.health.protocol",
      /"http", "https" .*"tcp"/,
    ],
    [
      "a path where a connection is all",
      (dns) => (dns.health = { protocol: "tcp", path: "/healthz" }),
      "apps.nginx.dns.health.path",
      /leave it out/,
    ],
    [
      "an interval that the checkers don't have",
      (dns) => (dns.health = { interval: 15 }),
      "apps.nginx.dns.health.interval",
      /10 or 30/,
    ],
    [
      "a threshold of more looks than ten",
      (dns) => (dns.health = { threshold: 11 }),
      "apps.nginx.dns.health.threshold",
      /1 to 10/,
    ],
    ["a port that is none", (dns) => (dns.health = { port: 0 }), "apps.nginx.dns.health.port", /1 to 65535/],
    ["a type that there is not", (dns) => (dns.type = "txt"), "apps.nginx.dns.type", /"cname".*"alias"/],
    ["a CNAME at the domain itself", (dns) => (dns.name = "@"), "apps.nginx.dns.type", /write alias/],
    [
      "a hierarchy that is neither",
      (dns) => (dns.hierarchy = "yes"),
      "apps.nginx.dns.hierarchy",
      /true or \{ ttl: 180 \}/,
    ],
    [
      "E3: a region of two labels in a hierarchy",
      (dns, raw) => {
        dns.hierarchy = true;
        raw.members.munich.region = "munich.south";
      },
      "members.munich.region",
      /without dots/,
    ],
    [
      "E3: a zone of two labels in a hierarchy",
      (dns, raw) => {
        dns.hierarchy = true;
        raw.members.munich.zones = ["a", "b.c"];
      },
      "members.munich.zones",
      /without dots/,
    ],
    [
      "E3: a hierarchy of names longer than DNS takes",
      (dns, raw) => {
        dns.hierarchy = true;
        raw.context = ["a", "b", "c", "d"].map((letter) => letter.repeat(55)).join(".");
      },
      "apps.nginx.dns.hierarchy",
      /241 fit/,
    ],
    [
      "E3: a hierarchy under a context that is no name",
      (dns, raw) => {
        dns.hierarchy = true;
        raw.context = "aws..fed";
      },
      "apps.nginx.dns.hierarchy",
      /is no label/,
    ],
    [
      "E3: an app's name that is another's hierarchical one",
      (dns, raw) => {
        dns.hierarchy = true;
        second({ name: "nginx.default.aws-fed.svc.us-west-2.k8s.example.com" })(dns, raw);
      },
      "apps.second.dns.name",
      /app nginx's hierarchical names/,
    ],
    [
      "E1: another cloud's member that is near to no AWS region that we know of",
      (_, raw) => delete raw.members.munich.latencyRegion,
      "members.munich.latencyRegion",
      /name the nearest one/,
    ],
  ])("refuses %s, with path and remedy", (_, change, path, remedy) => {
    const faults = faultsOf(change);
    expect(faults.map((fault) => fault.path)).toEqual([path]);
    expect(faults[0].remedy).toMatch(remedy);
  });
});
