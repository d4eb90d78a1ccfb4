import * as fs from "fs";
import { asking, most } from "./meanwhile";
import {
  answers,
  command,
  get,
  leavesNothing,
  MEMBERS,
  ownBox,
  readyReplicas,
  records,
  Run,
  sandbox,
} from "./sandbox";

const TEN = ["--set", "apps.nginx.replicas=10"];
const REGIONS = ["ap-northeast-1", "us-east-2", "us-west-2"];
const NAME = "http://nginx.federation.example/";

/** An `up` under users who never stop asking: in the region whose records come and go, and in the host's. */
async function scale(...args: string[]): Promise<Awaited<ReturnType<typeof most>>> {
  let run: Run | undefined;
  const up = async () => (run = await sandbox("up", ...args));
  let seen: Awaited<ReturnType<typeof most>> = {};
  const watched = async () => (seen = await most("nginx", MEMBERS, up));
  const far = await asking("us-east-2", NAME, async () => {
    const near = await asking("us-west-2", NAME, watched);
    expect([near.failed, near.output]).toEqual([0, near.output]);
  });
  expect(run?.code).toBe(0);
  expect([far.failed, far.output]).toEqual([0, far.output]);
  expect(far.asked).toBeGreaterThan(50);
  return seen;
}

/**
 * The whole way in one box, in order: each test goes on from where the one before left the stack, as a user would.
 * What it does not prove: AWS's own limits, and times; the sandbox's README section says where it differs from AWS.
 */
describe("the whole way in one box", () => {
  ownBox("closed");

  it("ends an up whose member's API does not answer in time with the member's name and its console", async () => {
    expect((await sandbox("open")).code).toBe(0);
    const one = [
      "--set",
      'members={"us-west":{"region":"us-west-2"}}',
      "--set",
      'apps.nginx.placement={"*":{}}',
    ];
    // A version whose images no registry of the box has: the control plane can't start.
    const run = await sandbox(
      "up",
      ...one,
      "--set",
      "versions.kubernetes=v1.36.0",
      "--set",
      "timeouts.api=30",
    );
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/The API of us-west: not done after 30 s: https:/);
    expect(run.output).toMatch(/Console of i-[0-9a-f]+/);
    expect(run.output).toContain("federation[control-plane]");
    expect((await sandbox("destroy")).code).toBe(0);
  });

  it("A2 A5 A6: npm start brings up three clusters, the federation and the app, and shows them", async () => {
    const run = await command("npm", ["start"], { seconds: 1500 });
    for (const part of ["us-west 0→2", "us-east 0", "ap-northeast 0→1"]) expect(run.output).toContain(part);
    expect(run.code).toBe(0);
  });

  it("A6: three members are Ready at the federation, with their regions", async () => {
    type Cluster = {
      metadata: { name: string };
      spec: { region: string };
      status: { conditions: { type: string; status: string }[] };
    };
    const { items } = await get<{ items: Cluster[] }>("aws-fed", "clusters.cluster.karmada.io");
    const ready = items.map((one) => [
      one.metadata.name,
      one.spec.region,
      one.status.conditions.find((condition) => condition.type === "Ready")?.status,
    ]);
    expect(ready.sort()).toEqual([
      ["ap-northeast", "ap-northeast-1", "True"],
      ["us-east", "us-east-2", "True"],
      ["us-west", "us-west-2", "True"],
    ]);
  });

  it("E2: status shows every member's state, and its pods in one place", async () => {
    const { output } = await sandbox("status");
    for (const [member, region, ready] of [
      ["us-west", "us-west-2", "2/2"],
      ["us-east", "us-east-2", "0/0"],
      ["ap-northeast", "ap-northeast-1", "1/1"],
    ])
      expect(output).toMatch(new RegExp(`^${member} +${region} +Ready +answers +3/3 +v\\S+ +${ready}`, "m"));
    expect(output).toMatch(/^nginx +us-west +yes +80 +\S+elb\S+$/m);
    const pods = (await sandbox("status", "--pods", "nginx")).output;
    expect(pods.match(/^us-west +us-west-2 +nginx +default\/nginx-\S+ +Running/gm)).toHaveLength(2);
    expect(pods.match(/^ap-northeast +ap-northeast-1 +nginx +default\/nginx-\S+ +Running/gm)).toHaveLength(1);
  });

  it("B6: the plan of the next up says as Markdown what moves, and what it will cost", async () => {
    const { code, output } = await sandbox("plan", ...TEN);
    expect(code).toBe(0);
    const [, replicas] = /### Replicas\n\n(.*)\n/.exec(output) ?? [];
    for (const part of ["us-west 2→5", "us-east 0→2", "ap-northeast 1→3"]) expect(replicas).toContain(part);
    expect(output).toMatch(/^\| us-west-2 .*\| 0\.251 \| 183\.28 \|$/m);
    expect(output).not.toMatch(/### (Replaced|Deleted|Members)/);
  });

  it("A2: each cluster has one control-plane node and two workers with provider id, region and zone", async () => {
    type Node = { metadata: { labels: Record<string, string> }; spec: { providerID: string } };
    for (const [member, region] of [
      ["us-west", "us-west-2"],
      ["us-east", "us-east-2"],
      ["ap-northeast", "ap-northeast-1"],
    ]) {
      const { items } = await get<{ items: Node[] }>(member, "nodes");
      expect(items.map((one) => one.metadata.labels["topology.kubernetes.io/region"])).toEqual([
        region,
        region,
        region,
      ]);
      expect(
        items.filter((one) => "node-role.kubernetes.io/control-plane" in one.metadata.labels),
      ).toHaveLength(1);
      for (const node of items)
        expect(node.spec.providerID).toMatch(new RegExp(`^aws:///${region}[a-f]/i-[0-9a-f]+$`));
    }
  });

  it("A8: 3 replicas → 2/0/1, all ready", async () => {
    expect(await readyReplicas()).toEqual({ "us-west": 2, "us-east": 0, "ap-northeast": 1 });
  });

  it("A10 A11: two records; a region without replicas is answered by its nearest member", async () => {
    expect(await records()).toEqual({ "us-west-2": 300, "ap-northeast-1": 300 });
    expect(await answers()).toEqual({
      "us-west-2": "us-west-2",
      "us-east-2": "us-west-2",
      "ap-northeast-1": "ap-northeast-1",
    });
  });

  it("shows no changes in a preview when nothing changed", async () => {
    const run = await sandbox("preview");
    expect(run.output).toMatch(/preview: \d+ same in/);
  });

  it("A8: the preview of 10 replicas shows the plan and changes nothing", async () => {
    const run = await sandbox("preview", ...TEN);
    for (const part of ["us-west 2→5", "us-east 0→2", "ap-northeast 1→3"]) expect(run.output).toContain(part);
    expect(await readyReplicas()).toEqual({ "us-west": 2, "us-east": 0, "ap-northeast": 1 });
  });

  it("A8 A8c: 10 replicas → 5/2/3, no member ever above its own, no answer missed, and the federation shows the total", async () => {
    expect(await scale(...TEN)).toEqual({
      "us-west": { told: 5, pods: 5 },
      "us-east": { told: 2, pods: 2 },
      "ap-northeast": { told: 3, pods: 3 },
    });
    expect(await readyReplicas()).toEqual({ "us-west": 5, "us-east": 2, "ap-northeast": 3 });
    const { status } = await get<{ status: Record<string, number> }>(
      "aws-fed",
      "deployment",
      "nginx",
      "-n",
      "default",
    );
    expect([status.replicas, status.updatedReplicas, status.availableReplicas]).toEqual([10, 10, 10]);
  });

  it("A10 A11: three records with TTL 300; each region is answered by its own member", async () => {
    expect(await records()).toEqual(Object.fromEntries(REGIONS.map((region) => [region, 300])));
    expect(await answers()).toEqual(Object.fromEntries(REGIONS.map((region) => [region, region])));
  });

  it("A4: the kubeconfig output has one context per member and the federation's", async () => {
    const run = await sandbox("shell", "kubectl", "config", "get-contexts", "-o", "name");
    const domain = /federation:domain: (\S+)/.exec(fs.readFileSync("Pulumi.sandbox.yaml", "utf8"))?.[1];
    expect(run.output.trim().split("\n").sort()).toEqual(
      ["aws-fed", ...["ap-northeast", "us-east", "us-west"].map((one) => `${one}.${domain}`)].sort(),
    );
  });

  it("A8: back to 3 replicas → 2/0/1, with two records, and no answer missed", async () => {
    const most = await scale();
    expect(Object.values(most).map(({ told }) => told)).toEqual([5, 2, 3]);
    expect(await readyReplicas()).toEqual({ "us-west": 2, "us-east": 0, "ap-northeast": 1 });
    expect(Object.keys(await records()).sort()).toEqual(["ap-northeast-1", "us-west-2"]);
  });

  it("refuses a wrong config before the first API call, all faults at once", async () => {
    const member = ["--set", 'apps.nginx.placement.eu-west={"min":1,"max":2,"weight":1}'];
    const overlap = ["--set", 'members.us-east.network.vpc="10.3.0.0/16"'];
    const run = await sandbox(
      "preview",
      "--set",
      "host=eu-west",
      "--set",
      "domain=nodots",
      ...member,
      ...overlap,
    );
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("4 faults");
    for (const path of ["host", "domain", "apps.nginx.placement.eu-west", "network.vpc"])
      expect(run.output).toContain(path);
    // No resource was looked at, let alone changed.
    expect(run.output).not.toMatch(/[+~-] aws:/);
    const total = await sandbox("preview", "--set", "apps.nginx.replicas=99");
    expect(total.code).not.toBe(0);
    expect(total.output).toMatch(/replicas.*99/);
  });

  it("refuses before the first create what a region's quotas do not hold, with what asks for more", async () => {
    const extra = { region: "us-west-2", network: { slot: 40 }, controlPlane: { nodes: 5 } };
    const run = await sandbox("preview", "--set", `members.extra=${JSON.stringify(extra)}`);
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/us-west-2: Elastic IPs: 5 more needed \(extra 5\), 1 of 5 in use/);
    expect(run.output).toMatch(
      /request-service-quota-increase --region us-west-2 .*L-0263D0A3 --desired-value 6/,
    );
    expect(run.output).not.toMatch(/[+~-] aws:/);
  });

  it("refuses a change that a running member's cluster does not outlive, with the way to make it", async () => {
    const run = await sandbox("preview", "--set", "members.us-east.network.nat=one");
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/members\.us-east\.network\.nat: "one" – its cluster was made with "none"/);
    expect(run.output).toContain("make a member of another name");
    expect(run.output).not.toMatch(/[+~-] aws:/);
  });

  it("A14: the audit finds planted leftovers of each kind", async () => {
    const planted = await sandbox("shell", process.execPath, "--import", "tsx", "test/e2e/plant.ts", "plant");
    expect(planted.code).toBe(0);
    const ids = planted.output.match(/^planted (\S+)$/gm)?.map((line) => line.split(" ")[1]) ?? [];
    expect(ids.length).toBeGreaterThanOrEqual(7);
    const audit = await sandbox("audit");
    expect(audit.code).not.toBe(0);
    for (const id of ids) expect(audit.output).toContain(id);
    expect(
      (await sandbox("shell", process.execPath, "--import", "tsx", "test/e2e/plant.ts", "remove")).code,
    ).toBe(0);
  });

  it("A14: destroy leaves 0 resources: by tag, and by the difference of the whole account", () =>
    leavesNothing("destroy"));
});
