import { setTimeout as sleep } from "node:timers/promises";
import { ec2, Instance, instances, leavesNothing, ownBox, Run, sandbox } from "./sandbox";
import { silence } from "./meanwhile";

const REGION = "us-west-2";
const MEMBER = "us-west";
const SHAPE = [
  "--set",
  `members={"${MEMBER}":{"region":"${REGION}","controlPlane":{"nodes":3},"workers":{"count":1}}}`,
  "--set",
  'apps.nginx.placement={"*":{}}',
];

/** Seconds that the API may stay silent when a node goes: health checks of the load balancer, and etcd's election. */
const SILENCE = 15;

/** The instance in a slot, on or off, undefined when there is none. */
async function inSlot(slot: number): Promise<Instance | undefined> {
  return (await instances(REGION, `${MEMBER}-control-plane-${slot}`, ["running", "stopped"]))[0];
}

const kubectl = (...args: string[]): Promise<Run> => sandbox("kubectl", MEMBER, ...args);

/** All four nodes Ready, and etcd on three. */
async function well(seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const nodes = await kubectl("get", "nodes", "--no-headers");
    const etcd = await kubectl("get", "pods", "-n", "kube-system", "-l", "component=etcd", "--no-headers");
    const ready = (run: Run, text: RegExp) => run.output.split("\n").filter((line) => text.test(line)).length;
    if (ready(nodes, / Ready /) === 4 && ready(etcd, / 1\/1 /) === 3) return;
    if (Date.now() > end) throw new Error(`not well within ${seconds} s:\n${nodes.output}\n${etcd.output}`);
    await sleep(5000); // each look is four programs' start
  }
}

/** The volume of a slot's etcd. */
const etcdVolume = ({ BlockDeviceMappings }: Instance): string | undefined =>
  BlockDeviceMappings.find(({ DeviceName }) => DeviceName === "/dev/sdf")?.Ebs.VolumeId;

/** A refresh of what has these names, or begins with them: of the whole stack it would need the federation's API too. */
const lookAt = (...names: string[]): Promise<Run> =>
  sandbox("refresh", ...names.flatMap((name) => ["--target", `**::${name}**`]));

/** `npm run e2e -- control-plane`: one member with three control-plane nodes; each test goes on from the one before. */
describe("a control plane of three nodes", () => {
  ownBox("open");
  beforeAll(async () => {
    expect((await sandbox("up", ...SHAPE)).code).toBe(0);
    await well(120);
    expect((await kubectl("create", "configmap", "kept", "--from-literal=since=first")).code).toBe(0);
  });

  it.each([0, 1, 2])(
    "slot %d loses its power: the API and a rollout go on, and it comes back by itself",
    async (slot) => {
      const { InstanceId, PrivateDnsName } = (await inSlot(slot)) as Instance;
      const rollout = (...args: string[]) =>
        kubectl("-n", "kube-system", "rollout", ...args, "deployment/coredns");
      try {
        const silent = await silence(MEMBER, 100, async () => {
          await ec2(REGION, "stopInstances", { InstanceIds: [InstanceId], Force: true });
          // Until the cluster knows, it goes on placing pods there: 40 s and more, Kubernetes' own patience.
          const condition = ["--for=condition=Ready=Unknown", "--timeout=100s"];
          expect((await kubectl("wait", `node/${PrivateDnsName}`, ...condition)).code).toBe(0);
          expect((await rollout("restart")).code).toBe(0);
          expect((await rollout("status", "--timeout=120s")).code).toBe(0);
        });
        expect(silent).toBeLessThan(SILENCE);
      } finally {
        // Also when it went wrong: the other slots' turn comes next, and two away are one too many.
        await ec2(REGION, "startInstances", { InstanceIds: [InstanceId] });
        await well(180);
      }
    },
  );

  it("a terminated node is replaced by an up, with its volume, and no data are lost", async () => {
    const gone = (await inSlot(1)) as Instance;
    const volume = etcdVolume(gone);
    await ec2(REGION, "terminateInstances", { InstanceIds: [gone.InstanceId] });
    expect((await lookAt(`${MEMBER}-control-plane-1`)).code).toBe(0);
    expect((await sandbox("up", ...SHAPE)).code).toBe(0);
    await well(180);
    const come = (await inSlot(1)) as Instance;
    expect(come.InstanceId).not.toBe(gone.InstanceId);
    expect(come.BlockDeviceMappings.map(({ Ebs }) => Ebs.VolumeId)).toContain(volume);
    expect((await kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.since}")).output).toContain(
      "first",
    );
  });

  it("one that lost its volume too joins etcd anew, and the others keep their majority", async () => {
    const gone = (await inSlot(2)) as Instance;
    const volume = etcdVolume(gone);
    const silent = await silence(MEMBER, 60, async () => {
      await ec2(REGION, "terminateInstances", { InstanceIds: [gone.InstanceId] });
      await ec2(REGION, "deleteVolume", { VolumeId: volume });
    });
    expect(silent).toBeLessThan(SILENCE);
    expect((await lookAt(`${MEMBER}-control-plane-2`, `${MEMBER}-slots-2-etcd`)).code).toBe(0);
    expect((await sandbox("up", ...SHAPE)).code).toBe(0);
    await well(240);
    const come = (await inSlot(2)) as Instance;
    expect(come.BlockDeviceMappings.map(({ Ebs }) => Ebs.VolumeId)).not.toContain(volume);
    expect((await kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.since}")).output).toContain(
      "first",
    );
  });

  it("A3: all three lost with their volumes, a snapshot brings the cluster back on three", async () => {
    const taken = await sandbox("shell", "npm", "run", "--silent", "backup", "--", MEMBER);
    const [, key] = /^s3:\/\/[^/]+\/(.+)$/m.exec(taken.output) ?? [];
    expect(key).toMatch(/\.db$/);
    expect((await kubectl("create", "configmap", "lost", "--from-literal=since=after")).code).toBe(0);
    const gone = (await Promise.all([0, 1, 2].map(inSlot))) as Instance[];
    await ec2(REGION, "terminateInstances", { InstanceIds: gone.map(({ InstanceId }) => InstanceId) });
    for (const node of gone) await ec2(REGION, "deleteVolume", { VolumeId: etcdVolume(node) });
    const slots = [0, 1, 2].flatMap((slot) => [
      `${MEMBER}-control-plane-${slot}`,
      `${MEMBER}-slots-${slot}-etcd`,
    ]);
    expect((await lookAt(...slots)).code).toBe(0);
    const restored = [...SHAPE, "--set", `members.${MEMBER}.restoreFrom=${key}`];
    expect((await sandbox("up", ...restored)).code).toBe(0);
    await well(240);
    expect((await kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.since}")).output).toContain(
      "first",
    );
    expect((await kubectl("get", "configmap", "lost")).output).toContain("NotFound");
    expect((await sandbox("preview", ...restored)).output).toMatch(/preview: \d+ same in/);
  });

  it("goes without a trace", () => leavesNothing("destroy"));
});
