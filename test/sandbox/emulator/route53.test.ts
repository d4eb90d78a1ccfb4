import * as route53 from "@aws-sdk/client-route-53";
import type { HostedZone } from "../../../sandbox/cloud/state";
import { type Clients, type Emulator, startEmulator } from "./emulator";

jest.setTimeout(60_000);

let emulator: Emulator;
let c: Clients;
let zone: string;

beforeAll(async () => {
  emulator = await startEmulator();
  c = emulator.clients("us-east-1");
  zone = (
    await c.route53.send(new route53.CreateHostedZoneCommand({ Name: "Example.com", CallerReference: "1" }))
  ).HostedZone!.Id!;
});
afterAll(() => emulator?.stop());

type Change = [action: route53.ChangeAction, record: Partial<route53.ResourceRecordSet>];

function change(...changes: Change[]) {
  const Changes = changes.map(([Action, record]) => ({
    Action,
    ResourceRecordSet: { Type: "CNAME", ...record } as route53.ResourceRecordSet,
  }));
  return c.route53.send(
    new route53.ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes } }),
  );
}

const simple = (Name: string, value: string, TTL = 300): Partial<route53.ResourceRecordSet> => ({
  Name,
  TTL,
  ResourceRecords: [{ Value: value }],
});
const latency = (Name: string, region: string, value = `${region}.elb.amazonaws.com`, TTL = 300) => ({
  ...simple(Name, value, TTL),
  SetIdentifier: region,
  Region: region as route53.ResourceRecordSetRegion,
});
const records = async (name: string) => {
  const zones: HostedZone[] = (await emulator.get("/sandbox/state")).zones;
  return zones[0].records.filter((record) => record.name === name);
};

test("a zone has four name servers and a well-formed SOA", async () => {
  const found = await c.route53.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: zone }));
  const [ns, soa] = found.ResourceRecordSets!;
  expect(ns).toMatchObject({ Type: "NS", TTL: 172800, Name: "example.com." });
  expect(ns.ResourceRecords!.length).toBe(4);
  expect(soa.ResourceRecords![0].Value).toMatch(/^ns-\S+\. \S+\. 1 7200 900 1209600 86400$/);
});

describe("a name with one latency record per region (A10)", () => {
  test("is kept whole, and one region's record goes without the others' (nor any other name's)", async () => {
    await change(
      ["CREATE", latency("nginx.example.com", "us-west-2")],
      ["CREATE", latency("nginx.example.com", "us-east-2")],
    );
    await change(["CREATE", latency("hugo.example.com", "us-west-2")]);
    expect(await records("nginx.example.com.")).toHaveLength(2);
    await change(["DELETE", latency("nginx.example.com", "us-west-2")]);
    expect((await records("nginx.example.com.")).map((record) => record.region)).toEqual(["us-east-2"]);
    expect(await records("hugo.example.com.")).toHaveLength(1);
  });

  const refused: [string, RegExp, Change[]][] = [
    ["creating it again", /already exists/, [["CREATE", latency("nginx.example.com", "us-east-2")]]],
    [
      "a simple record beside it",
      /routing policy/,
      [["CREATE", simple("nginx.example.com", "a.example.net")]],
    ],
    [
      "a weighted record beside it",
      /routing policy/,
      [["CREATE", { ...simple("nginx.example.com", "a.example.net"), SetIdentifier: "w", Weight: 1 }]],
    ],
    [
      "a second record for the same region",
      /latency record set for region/,
      [["CREATE", { ...latency("nginx.example.com", "us-east-2"), SetIdentifier: "other" }]],
    ],
    [
      "another type beside a CNAME",
      /conflicts/,
      [["CREATE", { Type: "TXT", ...simple("nginx.example.com", '"x"') }]],
    ],
    [
      "a delete whose value does not match",
      /do not match/,
      [["DELETE", latency("nginx.example.com", "us-east-2", "wrong.example.net")]],
    ],
    [
      "a delete whose TTL does not match",
      /do not match/,
      [["DELETE", latency("nginx.example.com", "us-east-2", undefined, 60)]],
    ],
    ["a delete of what is not there", /not found/, [["DELETE", latency("nginx.example.com", "eu-west-1")]]],
    [
      "a policy without a set identifier",
      /SetIdentifier/,
      [["CREATE", { ...latency("x.example.com", "us-east-2"), SetIdentifier: undefined }]],
    ],
    [
      "a latency record with two values",
      /Only one value/,
      [
        [
          "CREATE",
          {
            ...latency("two.example.com", "us-east-2"),
            Type: "A",
            ResourceRecords: [{ Value: "192.0.2.1" }, { Value: "192.0.2.2" }],
          },
        ],
      ],
    ],
    [
      "a weight above 255",
      /Weight 256/,
      [["CREATE", { ...simple("w.example.com", "a.example.net"), SetIdentifier: "w", Weight: 256 }]],
    ],
    [
      "a CNAME at the zone's own name",
      /not permitted as it conflicts/,
      [["CREATE", simple("example.com", "a.example.net")]],
    ],
    [
      "an address beside a CNAME, as a latency record like it",
      /conflicts/,
      [["CREATE", { ...latency("nginx.example.com", "eu-west-1", "192.0.2.1"), Type: "A" }]],
    ],
    ["a name outside the zone", /not permitted in zone/, [["CREATE", simple("x.example.org", "a")]]],
    ["a name that only ends alike", /not permitted in zone/, [["CREATE", simple("x.notexample.com", "a")]]],
    ["neither values nor an alias", /Expected exactly one of/, [["CREATE", { Name: "x.example.com" }]]],
    ["the zone's own name servers away", /at least one NS/, []],
  ];
  test.each(refused)("refuses %s", async (what, message, changes) => {
    if (what.startsWith("the zone's own")) {
      const found = await c.route53.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: zone }));
      changes = [["DELETE", found.ResourceRecordSets![0]]];
    }
    await expect(change(...changes)).rejects.toMatchObject({
      name: "InvalidChangeBatch",
      message: expect.stringMatching(message),
    });
  });

  test("a batch with one bad change changes nothing", async () => {
    await expect(
      change(
        ["CREATE", latency("nginx.example.com", "eu-west-1")],
        ["CREATE", latency("nginx.example.com", "us-east-2")],
      ),
    ).rejects.toMatchObject({ name: "InvalidChangeBatch" });
    expect(await records("nginx.example.com.")).toHaveLength(1);
  });

  test("upsert replaces values in place", async () => {
    await change(["UPSERT", latency("nginx.example.com", "us-east-2", "new.elb.amazonaws.com", 60)]);
    expect(await records("nginx.example.com.")).toMatchObject([
      { ttl: 60, values: ["new.elb.amazonaws.com"], setIdentifier: "us-east-2" },
    ]);
  });
});

test("an alias at the apex and a wildcard come back as they were given", async () => {
  const AliasTarget = {
    HostedZoneId: "Z18D5FSROUN65G",
    DNSName: "a.elb.us-west-2.amazonaws.com",
    EvaluateTargetHealth: true,
  };
  await change(
    ["CREATE", { Name: "example.com", Type: "A", AliasTarget }],
    ["CREATE", simple("*.apps.example.com", "a.example.net")],
  );
  expect(await records("example.com.")).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        type: "A",
        ttl: null,
        alias: { name: "a.elb.us-west-2.amazonaws.com.", zone: "Z18D5FSROUN65G", evaluate: true },
      }),
    ]),
  );
  expect(await records("*.apps.example.com.")).toHaveLength(1);
  const found = await c.route53.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: zone }));
  expect(found.ResourceRecordSets!.map((record) => record.Name)).toContain("\\052.apps.example.com.");
  await change(
    ["DELETE", { Name: "example.com", Type: "A", AliasTarget }],
    ["DELETE", simple("*.apps.example.com", "a.example.net")],
  );
});

describe("an alias in its own zone", () => {
  const alias = (Name: string, target: string, more: object = {}): Partial<route53.ResourceRecordSet> => ({
    Name,
    AliasTarget: {
      HostedZoneId: zone.replace("/hostedzone/", ""),
      DNSName: target,
      EvaluateTargetHealth: true,
    },
    ...more,
  });
  const share = (identifier: string, Weight: number) => ({
    ...simple("_us-west-2.web.example.com", `${identifier}.elb.example.net`),
    SetIdentifier: identifier,
    Weight,
  });
  const refused = (message: RegExp, ...changes: Change[]) =>
    expect(change(...changes)).rejects.toMatchObject({
      name: "InvalidChangeBatch",
      message: expect.stringMatching(message),
    });

  test("two members of one region: the region's latency record leads to weighted ones, which have to be there first", async () => {
    const region = alias("web.example.com", "_us-west-2.web.example.com", {
      SetIdentifier: "us-west-2",
      Region: "us-west-2",
    });
    await refused(/that target was not found/, ["CREATE", region]);
    await refused(/that target was not found/, ["CREATE", region], ["CREATE", share("a", 1)]);
    await change(["CREATE", share("a", 1)], ["CREATE", share("b", 2)], ["CREATE", region]);
    expect(await records("web.example.com.")).toMatchObject([
      { region: "us-west-2", alias: { name: "_us-west-2.web.example.com.", evaluate: true } },
    ]);
    const one = latency("web.example.com", "us-west-2");
    await change(["UPSERT", one]);
    expect(await records("web.example.com.")).toMatchObject([{ alias: null, region: "us-west-2" }]);
    await refused(/routing policy/, [
      "CREATE",
      { ...latency(share("a", 1).Name!, "us-west-2"), SetIdentifier: "c" },
    ]);
    await change(["DELETE", one], ["DELETE", share("a", 1)], ["DELETE", share("b", 2)]);
  });

  test("has its target's type, and a balancer's alias the zone of that region's balancers", async () => {
    await change(["CREATE", simple("own.example.com", "a.example.net")]);
    await refused(/that target was not found/, [
      "CREATE",
      { Type: "A", ...alias("x.example.com", "own.example.com") },
    ]);
    await refused(/does not lie within/, ["CREATE", alias("x.example.com", "own.example.org")]);
    const AliasTarget = (HostedZoneId: string) => ({
      HostedZoneId,
      DNSName: "a-1.us-west-2.elb.amazonaws.com",
      EvaluateTargetHealth: true,
    });
    // That of network load balancers in us-west-2: this is a classic one's name.
    await refused(/does not lie within/, [
      "CREATE",
      { Name: "x.example.com", Type: "A", AliasTarget: AliasTarget("Z18D5FSROUN65G") },
    ]);
    await change(["CREATE", { Name: "x.example.com", Type: "A", AliasTarget: AliasTarget("Z1H1FL5HABSF5") }]);
    await change(
      ["DELETE", { Name: "x.example.com", Type: "A", AliasTarget: AliasTarget("Z1H1FL5HABSF5") }],
      ["DELETE", simple("own.example.com", "a.example.net")],
    );
  });
});

describe("a health check", () => {
  let check: string;
  const config = {
    Type: "HTTPS" as const,
    FullyQualifiedDomainName: "a.example.com",
    ResourcePath: "/healthz",
    Regions: ["us-east-1", "us-west-1", "eu-west-1"] as route53.HealthCheckRegion[],
  };

  test("keeps its regions through an update, and HTTPS means port 443", async () => {
    const made = await c.route53.send(
      new route53.CreateHealthCheckCommand({
        CallerReference: "a",
        HealthCheckConfig: { ...config, RequestInterval: 10 },
      }),
    );
    check = made.HealthCheck!.Id!;
    expect(made.HealthCheck!.HealthCheckConfig).toMatchObject({
      Port: 443,
      RequestInterval: 10,
      FailureThreshold: 3,
    });
    const updated = await c.route53.send(
      new route53.UpdateHealthCheckCommand({ HealthCheckId: check, FailureThreshold: 2 }),
    );
    expect(updated.HealthCheck!.HealthCheckConfig).toMatchObject({
      FailureThreshold: 2,
      Regions: config.Regions,
    });
  });

  test("its status is what was measured", async () => {
    const status = async () =>
      (await c.route53.send(new route53.GetHealthCheckStatusCommand({ HealthCheckId: check })))
        .HealthCheckObservations!;
    expect(await status()).toEqual([]);
    await emulator.send("PUT", "/sandbox/health-check-status", { [check]: "Failure: Connection timed out." });
    expect((await status()).map((one) => [one.Region, one.StatusReport!.Status])).toEqual(
      config.Regions.map((one) => [one, "Failure: Connection timed out."]),
    );
  });

  test("one that does not exist is refused in a record; a caller reference is used once", async () => {
    await expect(
      change([
        "CREATE",
        { ...latency("y.example.com", "us-east-2"), HealthCheckId: "00000000-0000-0000-0000-000000000000" },
      ]),
    ).rejects.toMatchObject({ name: "NoSuchHealthCheck" });
    await expect(
      c.route53.send(
        new route53.CreateHealthCheckCommand({ CallerReference: "a", HealthCheckConfig: config }),
      ),
    ).rejects.toMatchObject({ name: "HealthCheckAlreadyExists" });
    await expect(
      c.route53.send(new route53.CreateHostedZoneCommand({ Name: "example.com", CallerReference: "1" })),
    ).rejects.toMatchObject({ name: "HostedZoneAlreadyExists" });
  });
});
