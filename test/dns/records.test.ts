import type { Resource } from "@pulumi/pulumi";
import type { Health } from "../../dns/health-check";
import type { LatencyRecords } from "../../dns/latency-record";
import type { RecordMember } from "../../dns/names";
import { recordTable, TableArgs } from "../../dns/table";
import { Rig, useMocks } from "../mocks";

const members = [
  { name: "us-west", region: "us-west-2" },
  { name: "us-east", region: "us-east-2" },
  { name: "ap-northeast", region: "ap-northeast-1" },
];

interface Change {
  readonly existing?: boolean;
  readonly members?: readonly RecordMember[];
  readonly table?: Partial<TableArgs>;
  readonly endpoints?: Record<string, string>;
  readonly health?: Partial<Health>;
  readonly preview?: boolean;
}

async function build(serving: string[], change: Change = {}) {
  const rig = await useMocks({
    preview: change.preview,
    computed: { "aws:route53/zone:Zone": () => ({ zoneId: "Z1", nameServers: ["ns-1.example"] }) },
    answers: {
      "aws:route53/getZone:getZone": ({ name }) => ({ name, zoneId: "Z0", nameServers: ["ns-0.example"] }),
      "aws:elb/getHostedZoneId:getHostedZoneId": ({ region }) => ({ id: `classic of ${region}` }),
      "aws:lb/getHostedZoneId:getHostedZoneId": ({ region }) => ({ id: `network of ${region}` }),
    },
  });
  const pulumi = await import("@pulumi/pulumi");
  const aws = await import("@pulumi/aws");
  const command = await import("@pulumi/command");
  const { LatencyRecords } = await import("../../dns/latency-record");
  const { Withdrawal } = await import("../../dns/withdrawal");
  const { Zone } = await import("../../dns/zone");
  const opts = { providers: [new aws.Provider("aws"), new command.Provider("command")] };
  const all = change.members ?? members;
  const zone = new Zone("zone", { domain: "k8s.example.com", existing: change.existing }, opts);
  const table = recordTable({
    ...{ domain: zone.domain, name: "nginx", type: "cname", ttl: 300, members: all },
    replicas: Object.fromEntries(all.map(({ name }) => [name, serving.includes(name) ? 1 : 0])),
    ...change.table,
  });
  new Withdrawal("nginx-withdrawal", { zone, table, wait: 60 }, opts);
  const running = new pulumi.Stash("running", { input: "pods" });
  const endpoints = Object.fromEntries(
    all.map(({ name }) => [name, pulumi.output(change.endpoints?.[name] ?? `${name}.elb`)]),
  );
  const health = { protocol: "http" as const, port: 80, path: "/", ...change.health };
  const after = pulumi.output<Resource[]>([running]);
  const records = new LatencyRecords(
    "nginx-dns",
    { zone, table, members: all, endpoints, health, after },
    opts,
  );
  await rig.settle();
  return { rig, records };
}

const recordsOf = (rig: Rig, type: string) =>
  rig.ofType("aws:route53/record:Record").filter(({ inputs }) => inputs.type === type);

describe("the records of an app", () => {
  let rig: Rig;
  beforeAll(async () => void ({ rig } = await build(["us-west", "ap-northeast"])), 60_000);

  test("A10: a member with replicas has one, by latency, with the region for set identifier and a TTL of 300", () => {
    expect(recordsOf(rig, "CNAME").map(({ name }) => name)).toEqual([
      "nginx-dns-us-west",
      "nginx-dns-ap-northeast",
    ]);
    expect(rig.named("nginx-dns-us-west").inputs).toEqual({
      zoneId: "Z1",
      name: "nginx.k8s.example.com",
      type: "CNAME",
      ttl: 300,
      records: ["us-west.elb"],
      setIdentifier: "us-west-2",
      latencyRoutingPolicies: [{ region: "us-west-2" }],
      healthCheckId: rig.named("nginx-dns-us-west-health").id,
      allowOverwrite: false,
    });
  });

  test("all of a name's records are health-checked, by the load balancer's name and the app's path", () => {
    expect(
      rig
        .ofType("aws:route53/healthCheck:HealthCheck")
        .map(({ inputs }) => [inputs.fqdn, inputs.resourcePath]),
    ).toEqual([
      ["us-west.elb", "/"],
      ["ap-northeast.elb", "/"],
    ]);
    for (const { inputs } of recordsOf(rig, "CNAME")) expect(inputs.healthCheckId).toBeTruthy();
  });

  test("come after the pods run and after the name is marked as this stack's, and go before", () => {
    for (const { urn } of recordsOf(rig, "CNAME")) {
      for (const before of ["running", "nginx-dns-owner"])
        expect(rig.needs(urn)).toContain(rig.named(before).urn);
    }
  });

  test("nobody's health is looked at before the pods run: the looks in vain would count", () => {
    for (const { urn } of rig.ofType("aws:route53/healthCheck:HealthCheck"))
      expect(rig.needs(urn)).toContain(rig.named("running").urn);
  });

  test("a mark of ownership is made, never taken over", () => {
    expect(recordsOf(rig, "TXT").map(({ inputs }) => inputs)).toEqual([
      expect.objectContaining({
        name: "_federation.nginx.k8s.example.com",
        records: ["heritage=federation,owner=federation/test"],
        allowOverwrite: false,
      }),
    ]);
  });

  test("the withdrawal is told what stays; it has no trigger, since a trigger replaces instead of runs", () => {
    const { inputs } = rig.named("nginx-withdrawal-records");
    expect(inputs).toEqual({
      create: "node --no-warnings --import tsx dns/withdraw.ts",
      environment: {
        WITHDRAW_ZONE: "Z1",
        WITHDRAW_NAME: "nginx.k8s.example.com",
        WITHDRAW_TYPE: "CNAME",
        WITHDRAW_KEEP: "ap-northeast,ap-northeast-1,us-west,us-west-2",
        WITHDRAW_OWNER: "federation/test",
        WITHDRAW_TTL: "60",
      },
    });
  });

  test("no record of the zone says a region of AWS: Route 53 is one for all", () => {
    for (const { type, inputs } of rig.resources)
      if (type.startsWith("aws:route53")) expect(inputs).not.toHaveProperty("region");
  });
});

describe("E4: addresses", () => {
  const munich = { name: "munich", region: "munich", latencyRegion: "eu-central-1" };
  const endpoints = { "us-west": "a-1.us-west-2.elb.amazonaws.com", munich: "203.0.113.7" };
  const change: Change = {
    members: [members[0], munich],
    table: { name: "@", type: "alias" },
    endpoints,
    health: { path: "/healthz", interval: 10, threshold: 2 },
  };
  let rig: Rig;
  beforeAll(async () => void ({ rig } = await build(["us-west", "munich"], change)), 60_000);

  test("stand at the domain itself: an ALIAS to AWS's load balancer beside another cloud's address", () => {
    expect(rig.named("nginx-dns-us-west").inputs).toEqual({
      zoneId: "Z1",
      name: "k8s.example.com",
      type: "A",
      aliases: [{ name: endpoints["us-west"], zoneId: "classic of us-west-2", evaluateTargetHealth: true }],
      setIdentifier: "us-west-2",
      latencyRoutingPolicies: [{ region: "us-west-2" }],
      healthCheckId: rig.named("nginx-dns-us-west-health").id,
      allowOverwrite: false,
    });
    expect(rig.named("nginx-dns-munich").inputs).toMatchObject({
      type: "A",
      ttl: 300,
      records: ["203.0.113.7"],
      setIdentifier: "munich",
      latencyRoutingPolicies: [{ region: "eu-central-1" }],
    });
    expect(rig.named("nginx-dns-owner").inputs.name).toBe("_federation.k8s.example.com");
  });

  test("are checked by the app's name, as all of a name's are: path, interval and threshold from the config", () => {
    const same = {
      type: "HTTP",
      port: 80,
      resourcePath: "/healthz",
      requestInterval: 10,
      failureThreshold: 2,
    };
    const west = rig.named("nginx-dns-us-west-health").inputs;
    expect(west).toMatchObject({ ...same, fqdn: endpoints["us-west"] });
    expect(west).not.toHaveProperty("ipAddress");
    expect(rig.named("nginx-dns-munich-health").inputs).toMatchObject({
      ...same,
      fqdn: "k8s.example.com",
      ipAddress: "203.0.113.7",
    });
  });

  test.each<[Health["protocol"], string, string | undefined]>([
    ["https", "HTTPS", "/healthz"],
    ["tcp", "TCP", undefined],
  ])("are checked by %s where the app speaks it", async (protocol, type, resourcePath) => {
    const { rig } = await build(["us-west"], { ...change, health: { protocol, path: resourcePath } });
    const { inputs } = rig.named("nginx-dns-us-west-health");
    expect([inputs.type, inputs.resourcePath]).toEqual([type, resourcePath]);
  });

  test("may be unknown in a preview, which shows words in their place", async () => {
    const words = "(known after the load balancer is made)";
    const { rig } = await build(["us-west"], {
      ...change,
      endpoints: { "us-west": words },
      preview: true,
    });
    expect(rig.named("nginx-dns-us-west").inputs).toMatchObject({ type: "A", records: [words] });
  }, 60_000);
});

describe("two members of one AWS region", () => {
  const second = { name: "second", region: "us-west-2" };
  let rig: Rig;
  beforeAll(
    async () => void ({ rig } = await build(["us-west", "second"], { members: [members[0], second] })),
    60_000,
  );

  test("share its record by weight: an ALIAS of the zone that takes over their health", () => {
    const region = rig.named("nginx-dns-region.us-west-2");
    expect(region.inputs).toEqual({
      zoneId: "Z1",
      name: "nginx.k8s.example.com",
      type: "CNAME",
      aliases: [{ name: "_us-west-2.nginx.k8s.example.com", zoneId: "Z1", evaluateTargetHealth: true }],
      setIdentifier: "us-west-2",
      latencyRoutingPolicies: [{ region: "us-west-2" }],
      allowOverwrite: false,
    });
    expect(rig.named("nginx-dns-share.second").inputs).toMatchObject({
      name: "_us-west-2.nginx.k8s.example.com",
      records: ["second.elb"],
      setIdentifier: "second",
      weightedRoutingPolicies: [{ weight: 1 }],
      healthCheckId: rig.named("nginx-dns-second-health").id,
    });
    for (const share of ["us-west", "second"])
      expect(rig.needs(region.urn)).toContain(rig.named(`nginx-dns-share.${share}`).urn);
  });

  test("the region's mark is the name's: it lies below", () => {
    expect(recordsOf(rig, "TXT").map(({ name }) => name)).toEqual(["nginx-dns-owner"]);
  });
});

describe("E3: hierarchical names", () => {
  const at = (...place: string[]) => ["nginx.default.aws-fed.svc", ...place].join(".");
  const hierarchy = { service: "nginx", namespace: "default", federation: "aws-fed", ttl: 180 };
  let rig: Rig;
  let records: LatencyRecords;
  beforeAll(async () => {
    const zoned = members.map((member) => ({ ...member, zones: [`${member.region}a`] }));
    ({ rig, records } = await build(["us-west"], { members: zoned, table: { hierarchy } }));
  }, 60_000);

  test("lead to the next wider one with weight 0, by CNAMEs with a TTL of 180", () => {
    const own = rig.named(`nginx-dns-${at("us-west-2a", "us-west-2")}.us-west`).inputs;
    expect(own).toMatchObject({
      name: `${at("us-west-2a", "us-west-2")}.k8s.example.com`,
      records: ["us-west.elb"],
      ttl: 180,
      weightedRoutingPolicies: [{ weight: 1 }],
      healthCheckId: rig.named("nginx-dns-us-west-health").id,
    });
    expect(rig.named(`nginx-dns-${at("us-west-2a", "us-west-2")}.(wider)`).inputs).toEqual({
      zoneId: "Z1",
      name: own.name,
      type: "CNAME",
      ttl: 180,
      records: [`${at("us-west-2")}.k8s.example.com`],
      setIdentifier: "(wider)",
      weightedRoutingPolicies: [{ weight: 0 }],
      allowOverwrite: false,
    });
    expect(rig.named(`nginx-dns-${at()}`).inputs).toEqual({
      zoneId: "Z1",
      name: `${at()}.k8s.example.com`,
      type: "CNAME",
      ttl: 180,
      records: ["nginx.k8s.example.com"],
      allowOverwrite: false,
    });
  });

  test("are marked each, and known to the withdrawal, those of members that are gone by what they begin with", () => {
    const marks = recordsOf(rig, "TXT").map(({ inputs }) => inputs.name.replace("_federation.", ""));
    expect(marks).toHaveLength(8);
    const { environment } = rig.named("nginx-withdrawal-records").inputs;
    expect([environment.WITHDRAW_NAME, ...environment.WITHDRAW_FURTHER.split(",")].sort()).toEqual(
      marks.sort(),
    );
    expect(environment.WITHDRAW_PREFIX).toBe(`${at()}.`);
    expect(environment.WITHDRAW_KEEP).toBe("(wider),us-west,us-west-2");
  });

  test("cost no health check more than one a member, and are all told", () => {
    expect(rig.ofType("aws:route53/healthCheck:HealthCheck")).toHaveLength(1);
    expect(records.published).toHaveLength(recordsOf(rig, "CNAME").length);
    expect(records.published[0]).toMatchObject({
      name: "nginx.k8s.example.com",
      type: "CNAME",
      ttl: 300,
      setIdentifier: "us-west-2",
    });
  });
});

describe("the zone", () => {
  test("A1: is made with the stack", async () => {
    const { rig } = await build([]);
    expect(rig.named("zone-zone").inputs.name).toBe("k8s.example.com");
  }, 60_000);

  test("A1, A14: one that is there is found, and is nothing that could be deleted", async () => {
    const { rig } = await build(["us-west"], { existing: true });
    expect(rig.ofType("aws:route53/zone:Zone")).toEqual([]);
    expect(rig.named("nginx-dns-us-west").inputs.zoneId).toBe("Z0");
  }, 60_000);
});
