import type { Resource } from "@pulumi/pulumi";
import { Rig, useMocks } from "../mocks";

const members = [
  { name: "us-west", region: "us-west-2" },
  { name: "us-east", region: "us-east-2" },
  { name: "ap-northeast", region: "ap-northeast-1" },
];

async function build(serving: string[], existing = false) {
  const rig = await useMocks({
    computed: { "aws:route53/zone:Zone": () => ({ zoneId: "Z1", nameServers: ["ns-1.example"] }) },
    answers: {
      "aws:route53/getZone:getZone": ({ name }) => ({ name, zoneId: "Z0", nameServers: ["ns-0.example"] }),
    },
  });
  const pulumi = await import("@pulumi/pulumi");
  const aws = await import("@pulumi/aws");
  const command = await import("@pulumi/command");
  const { LatencyRecords } = await import("../../dns/latency-record");
  const { Withdrawal } = await import("../../dns/withdrawal");
  const { Zone } = await import("../../dns/zone");
  const opts = { providers: [new aws.Provider("aws"), new command.Provider("command")] };
  const zone = new Zone("zone", { domain: "k8s.example.com", existing }, opts);
  const keep = serving.map((name) => members.find((member) => member.name === name)!.region);
  new Withdrawal("nginx-withdrawal", { zone, name: "nginx", keep, ttl: 60 }, opts);
  const running = new pulumi.Stash("running", { input: "pods" });
  const endpoints = Object.fromEntries(members.map(({ name }) => [name, pulumi.output(`${name}.elb`)]));
  const health = { port: 80, path: "/" };
  const after = pulumi.output<Resource[]>([running]);
  const records = new LatencyRecords(
    "nginx-dns",
    { zone, name: "nginx", members, serving, endpoints, health, after },
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
        WITHDRAW_KEEP: "ap-northeast-1,us-west-2",
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

describe("the zone", () => {
  test("A1: is made with the stack", async () => {
    const { rig } = await build([]);
    expect(rig.named("zone-zone").inputs.name).toBe("k8s.example.com");
  }, 60_000);

  test("A1, A14: one that is there is found, and is nothing that could be deleted", async () => {
    const { rig } = await build(["us-west"], true);
    expect(rig.ofType("aws:route53/zone:Zone")).toEqual([]);
    expect(rig.named("nginx-dns-us-west").inputs.zoneId).toBe("Z0");
  }, 60_000);
});
