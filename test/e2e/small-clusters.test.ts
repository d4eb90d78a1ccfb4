import { setTimeout as sleep } from "node:timers/promises";
import { ec2, inMachine, Instance, instances, leavesNothing, Run, sandbox } from "./sandbox";

const REGION = "us-west-2";
const SHAPE = [
  "--set",
  'members={"us-west":{"region":"us-west-2","workers":{"count":1}},"us-east":{"region":"us-east-2","workers":{"count":0}}}',
  "--set",
  'apps.nginx.placement={"us-west":{}}',
];
/** curl's exit code when nothing answers in time: what a closed port of AWS does. */
const NO_ANSWER = 28;

const kubectl = (...args: string[]): Promise<Run> => sandbox("kubectl", "us-west", ...args);

/** curl's exit code from a client in the region, and from a node. */
const fromOutside = async (url: string): Promise<number> =>
  (await sandbox("curl", "--from", REGION, "-k", url)).code;
const fromNode = async (node: Instance, url: string): Promise<number> =>
  (await inMachine(node.InstanceId, `curl -sk -m 8 -o /dev/null ${url}`)).code;

/** `npm run e2e -- small-clusters`: two clusters of one control-plane node each, closed to all that need not reach them. */
describe("two clusters of one control-plane node each", () => {
  let node: Instance, worker: Instance, other: Instance;
  let api: string;

  beforeAll(async () => {
    expect((await sandbox("down", "--force")).code).toBe(0);
    expect((await sandbox("open")).code).toBe(0);
    expect((await sandbox("up", ...SHAPE)).code).toBe(0);
    [node] = await instances(REGION, "us-west-control-plane-0");
    [worker] = await instances(REGION, "us-west-worker");
    [other] = await instances("us-east-2", "us-east-control-plane-0");
    const { output } = await kubectl(
      "config",
      "view",
      "--minify",
      "-o",
      "jsonpath={.clusters[0].cluster.server}",
    );
    api = /https:\S+:6443/.exec(output)?.[0] ?? "";
  });
  afterAll(async () => {
    expect((await sandbox("down", "--force")).code).toBe(0);
  });

  it("their APIs answer those of apiAccess and the federation's host, and no other", async () => {
    expect(await fromOutside(`${api}/readyz`)).toBe(0);
    expect(await fromNode(node, `${api}/readyz`)).toBe(0);
    expect(await fromNode(other, `${api}/readyz`)).toBe(NO_ANSWER);
  });

  it.each([22, 2379, 6443, 10250, 30080])("port %d of a node answers nobody from outside", async (port) => {
    for (const { PublicIpAddress } of [node, worker]) {
      expect(await fromOutside(`https://${PublicIpAddress}:${port}/`)).toBe(NO_ANSWER);
      expect(await fromNode(other, `https://${PublicIpAddress}:${port}/`)).toBe(NO_ANSWER);
    }
  });

  it("a rule that is needed, removed, silences the API; an up puts it right", async () => {
    const { SecurityGroupRules } = await ec2<{
      SecurityGroupRules: { SecurityGroupRuleId: string; GroupId: string }[];
    }>(REGION, "describeSecurityGroupRules", {
      Filters: [{ Name: "tag:Name", Values: ["federation-sandbox-us-west-nodes-from-api"] }],
    });
    expect(SecurityGroupRules).toHaveLength(1);
    const [{ GroupId, SecurityGroupRuleId }] = SecurityGroupRules;
    await ec2(REGION, "revokeSecurityGroupIngress", { GroupId, SecurityGroupRuleIds: [SecurityGroupRuleId] });
    await sleep(15_000); // the load balancer's health check, and what is under way
    expect(await fromOutside(`${api}/readyz`)).not.toBe(0);
    // Not the whole stack: what is in the cluster cannot be asked for.
    expect((await sandbox("refresh", "--target", "**::us-west-security-nodes-from-api")).code).toBe(0);
    expect((await sandbox("up", ...SHAPE)).code).toBe(0);
    expect(await fromOutside(`${api}/readyz`)).toBe(0);
  });

  it("a node is denied every parameter of the other cluster, by its role", async () => {
    const ask = (member: string, region: string, name: string) =>
      inMachine(
        other.InstanceId,
        `sed '/^case /,$d' /usr/local/sbin/federation-node > /tmp/node.sh && bash -c 'source /tmp/node.sh; REGION=${region}; ssm GetParameters "{\\"Names\\":[\\"/federation/sandbox/${member}/${name}\\"],\\"WithDecryption\\":true}" || true'`,
      );
    expect((await ask("us-east", "us-east-2", "control-plane/ca")).stdout).toContain("PRIVATE KEY");
    for (const name of [
      "control-plane/ca",
      "control-plane/etcd-ca",
      "control-plane/service-account",
      "workers/join",
    ]) {
      const { stdout } = await ask("us-west", REGION, name);
      expect([name, stdout]).toEqual([name, expect.stringContaining("AccessDenied")]);
      expect(stdout).not.toMatch(/PRIVATE KEY|token/);
    }
  });

  it("power off and on keeps everything", async () => {
    expect((await kubectl("create", "configmap", "kept", "--from-literal=since=first")).code).toBe(0);
    await ec2(REGION, "stopInstances", { InstanceIds: [node.InstanceId], Force: true });
    await sleep(10_000);
    expect(await fromOutside(`${api}/readyz`)).not.toBe(0);
    await ec2(REGION, "startInstances", { InstanceIds: [node.InstanceId] });
    for (let left = 40; left > 0 && (await fromOutside(`${api}/readyz`)) !== 0; left--) await sleep(3_000);
    const waited = await kubectl("wait", "node", "--all", "--for=condition=Ready", "--timeout=120s");
    expect(waited.output.match(/condition met/g)).toHaveLength(2);
    expect((await kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.since}")).output).toContain(
      "first",
    );
    expect((await sandbox("preview", ...SHAPE)).output).toMatch(/preview: \d+ same in/);
  });

  it("goes without a trace", () => leavesNothing("destroy"));
});
