import { readFileSync } from "node:fs";
import * as path from "node:path";
import { readPreview } from "../../../operate/plan/changes";
import { Costly, costsOf } from "../../../operate/plan/costs";
import { planMarkdown } from "../../../operate/plan/markdown";
import { PRICES } from "../../../operate/plan/prices";
import { recording } from "../recorded/record";

const firstUp = readPreview(recording(path.join(__dirname, "../recorded/first-up.jsonl.gz")));
const now = new Date("2026-11-21T00:00:00Z");
const text = planMarkdown(firstUp, { stack: "dev", now });

/** The cells of a row of the table of costs. */
const row = (region: string) =>
  text
    .split("### Costs")[1]
    .split("\n")
    .find((line) => line.startsWith(`| ${region} |`))!
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

const of = (type: string, inputs: object, more: Partial<Costly> = {}): Costly => ({
  ...{ type, name: type, region: "us-west-2", member: "us-west", parent: "workers", inputs },
  ...more,
});

describe("the first up of Pulumi.dev.yaml, as the engine previewed it", () => {
  test("B6: what each region costs by the hour and month is said before anything is made", () => {
    // 3 t3.medium; 3 root volumes of 20 GiB and one of 10 for etcd; NLB and one classic; an Elastic IP, 2 workers', 2 each.
    expect(row("us-east-2")).toEqual([
      "us-east-2",
      "0.1248",
      "0.0077",
      "0.0475",
      "0.0350",
      "",
      "",
      "0.215",
      "156.93",
    ]);
    // The host has one more classic load balancer with two addresses, and a volume of 10 GiB for the federation.
    expect(row("us-west-2")).toEqual([
      "us-west-2",
      "0.1248",
      "0.0088",
      "0.0725",
      "0.0450",
      "",
      "",
      "0.251",
      "183.28",
    ]);
    expect(row("ap-northeast-1")[7]).toBe("0.259");
    expect(row("everywhere").slice(6)).toEqual(["0.0021", "0.002", "1.50"]);
    expect(text).toContain("List prices of 2026-01-19");
    expect(text).not.toContain("Not in these sums");
  });

  test("the table in docs/regions.md says the same of one member", () => {
    const docs = readFileSync(path.join(__dirname, "../../../docs/regions.md"), "utf8");
    const said = /to try it, a cluster that can be made again \|.*\| (\$[\d.]+) \|/.exec(docs);
    expect(said?.[1]).toBe(`$${row("us-east-2")[7]}`);
  });

  test("members that come, the replicas' plan and the regions' counts are told", () => {
    expect(text).toContain("397 to create.");
    expect(text).toContain("- nginx: ap-northeast 0→1, us-east 0, us-west 0→2");
    for (const member of ["us-west", "us-east", "ap-northeast"])
      expect(text).toContain(`- **added**: \`${member}\``);
  });
});

test("B1 B6: three t2.medium in the three regions of the walk-through cost what their regions ask", () => {
  const nodes = ["us-east-1", "eu-west-1", "ap-northeast-1"].map((region) =>
    of(
      "aws:ec2/instance:Instance",
      { instanceType: "t2.medium", rootBlockDevice: { volumeSize: 20 } },
      { region },
    ),
  );
  const { hourly } = costsOf(nodes);
  const sum = Object.values(hourly).reduce((total, parts) => total + parts.nodes!, 0);
  expect(sum).toBeCloseTo(0.0464 + 0.05 + 0.0608, 6);
});

test("what has no known price is said, once, and is in no sum", () => {
  const node = of("aws:ec2/instance:Instance", {
    instanceType: "x9.huge",
    rootBlockDevice: { volumeSize: 20 },
  });
  const { hourly, unknown } = costsOf([
    node,
    node,
    of("aws:ebs/volume:Volume", { size: 1 }, { region: "mars-1" }),
  ]);
  expect(unknown).toEqual([
    "the price of a gp3 volume in mars-1 is not known here",
    "the price of x9.huge in us-west-2 is not known here",
  ]);
  expect(hourly["us-west-2"].nodes).toBeUndefined();
  expect(hourly["mars-1"]).toBeUndefined();
});

test("workers behind a NAT gateway have no public address; the gateway and its address cost", () => {
  const group = of("aws:autoscaling/group:Group", { desiredCapacity: 2 });
  const template = of("aws:ec2/launchTemplate:LaunchTemplate", {
    instanceType: "t3.medium",
    blockDeviceMappings: [{ ebs: { volumeSize: 20 } }],
  });
  const gateway = of("aws:ec2/natGateway:NatGateway", {});
  const elsewhere = { ...gateway, member: "us-east", region: "us-east-2" };
  expect(costsOf([group, template, elsewhere]).hourly["us-west-2"]["public addresses"]).toBeCloseTo(0.01);
  const behind = costsOf([group, template, gateway, of("aws:ec2/eip:Eip", {})]).hourly["us-west-2"];
  expect(behind["public addresses"]).toBeCloseTo(0.005);
  expect(behind.NAT).toBe(PRICES["us-west-2"].natGateway);
  expect(behind.nodes).toBeCloseTo(0.0832);
});

test("a load balancer of a cluster that was given costs what its own cloud asks", () => {
  const service = of(
    "kubernetes:core/v1:Service",
    { spec: { type: "LoadBalancer" } },
    { name: "nginx-dc-service" },
  );
  expect(costsOf([service])).toEqual({
    hourly: {},
    unknown: ["what the load balancer of nginx-dc-service costs is known to that cluster's cloud alone"],
  });
  expect(costsOf([of("kubernetes:core/v1:Service", { spec: { type: "ClusterIP" } })]).unknown).toEqual([]);
});

test("a health check's features cost extra", () => {
  const check = (inputs: object) =>
    costsOf([of("aws:route53/healthCheck:HealthCheck", inputs, { region: "everywhere" })]).hourly.everywhere
      .DNS! * 730;
  expect(check({ type: "HTTP", requestInterval: 30 })).toBeCloseTo(0.5);
  expect(check({ type: "HTTPS_STR_MATCH", requestInterval: 10 })).toBeCloseTo(3.5);
});
