import { previousKubernetesVersion as OLD } from "../../sandbox/prepare/go-modules";
import { versionsSchema } from "../../config/schema";
import { answers, ec2, get, Instance, instances, leavesNothing, Run, sandbox, silence } from "./sandbox";

const REGION = "us-west-2";
const MEMBER = "us-west";
const { kubernetes: NEW } = versionsSchema.parse({});

/** Seconds that the API may stay silent when a node goes: health checks of the load balancer, and etcd's election. */
const SILENCE = 15;

const shape = (version: string, member: object): string[] => [
  "--set",
  `members=${JSON.stringify({ [MEMBER]: { region: REGION, controlPlane: { nodes: 3 }, workers: { count: 2 }, ...member } })}`,
  "--set",
  'apps.nginx.placement={"*":{}}',
  "--set",
  `versions.kubernetes=${version}`,
];

interface Node {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly status: { readonly nodeInfo: { readonly kubeletVersion: string } };
}
interface Pod {
  readonly spec: { readonly containers: { readonly image: string }[] };
}

/** What the nodes' kubelets and the control plane's pods are, each version once. */
async function running(): Promise<{ nodes: Node[]; versions: string[] }> {
  const nodes = await get<{ items: Node[] }>(MEMBER, "nodes");
  const pods = await get<{ items: Pod[] }>(MEMBER, "pods", "-n", "kube-system", "-l", "tier=control-plane");
  const images = pods.items.flatMap(({ spec }) => spec.containers.map(({ image }) => image));
  const kubernetes = images.filter((image) => image.includes("/kube-")).map((image) => image.split(":")[1]);
  const kubelets = nodes.items.map(({ status }) => status.nodeInfo.kubeletVersion);
  return { nodes: nodes.items, versions: [...new Set([...kubelets, ...kubernetes])] };
}

const slots = async (): Promise<Instance[]> =>
  (await Promise.all([0, 1, 2].map((slot) => instances(REGION, `${MEMBER}-control-plane-${slot}`)))).flat();

const kubectl = (...args: string[]): Promise<Run> => sandbox("kubectl", MEMBER, ...args);

/** `npm run e2e -- upgrade`: three control-plane nodes and two workers, from one Kubernetes release and image to others. */
describe("a rollout", () => {
  let image: string;
  let before: Instance[];

  beforeAll(async () => {
    expect((await sandbox("down", "--force")).code).toBe(0);
    expect((await sandbox("open", "--previous-kubernetes")).code).toBe(0);
    const { Images } = await ec2<{ Images: { ImageId: string }[] }>(REGION, "describeImages", {
      Filters: [{ Name: "name", Values: ["*-bare"] }],
    });
    image = Images[0].ImageId;
  });
  afterAll(async () => {
    expect((await sandbox("down", "--force")).code).toBe(0);
  });

  it("finds a cluster of the pinned release, though the image has another", async () => {
    expect((await sandbox("up", ...shape(OLD, {}))).code).toBe(0);
    expect((await running()).versions).toEqual([OLD]);
    expect((await kubectl("create", "configmap", "kept", "--from-literal=since=first")).code).toBe(0);
    before = [...(await slots()), ...(await instances(REGION, `${MEMBER}-worker`))];
    expect(before).toHaveLength(5);
  });

  it("is not begun by another release and another image alone: no node and no object is touched", async () => {
    const run = await sandbox("preview", ...shape(NEW, { image }));
    expect(run.code).toBe(0);
    const changed = [...run.output.matchAll(/ ([+~-]+) (\S+:\S+) (\S+)(?: \[.*\])?$/gm)].map(
      ([, , type]) => type,
    );
    expect(changed.filter((type) => !type.startsWith("pulumi:pulumi:"))).toEqual([]);
  });

  it("replaces the nodes one at a time by those of the new release and image, and the API goes on", async () => {
    const silent = await silence(MEMBER, 0, async () => {
      expect((await sandbox("up", ...shape(NEW, { image, rollout: 1 }))).code).toBe(0);
    });
    expect(silent).toBeLessThan(SILENCE);
    const { nodes, versions } = await running();
    expect(versions).toEqual([NEW]);
    const after = await slots();
    expect(after.map(({ ImageId }) => ImageId)).toEqual([image, image, image]);
    // Each began only when the node of the one before it was in the cluster.
    for (const [slot, { LaunchTime }] of after.entries()) {
      const previous = nodes.find(({ metadata }) => metadata.name === after[slot - 1]?.PrivateDnsName);
      if (slot > 0)
        expect(Date.parse(LaunchTime)).toBeGreaterThan(
          Date.parse(previous?.metadata.creationTimestamp ?? ""),
        );
    }
  });

  it("rolls the workers too, and what ran goes on: objects kept, the name answers", async () => {
    const waited = await kubectl("wait", "node", "--all", "--for=condition=Ready", "--timeout=180s");
    expect(waited.output.match(/condition met/g)).toHaveLength(5);
    const now = [...(await slots()), ...(await instances(REGION, `${MEMBER}-worker`))];
    const old = new Set(before.map(({ InstanceId }) => InstanceId));
    expect(now.filter(({ InstanceId }) => old.has(InstanceId))).toEqual([]);
    expect((await kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.since}")).output).toContain(
      "first",
    );
    expect(Object.values(await answers())).toContain(REGION);
  });

  it("leaves nothing to be done", async () => {
    const run = await sandbox("preview", ...shape(NEW, { image, rollout: 1 }));
    expect(run.output).toMatch(/preview: \d+ same in/);
  });

  it("goes without a trace", () => leavesNothing("destroy"));
});
