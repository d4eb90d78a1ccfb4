import { setTimeout as sleep } from "node:timers/promises";
import { previousKubernetesVersion as OLD } from "../../sandbox/prepare/go-modules";
import { versionsSchema } from "../../config/schema";
import {
  answers,
  ec2,
  get,
  Instance,
  instances,
  leavesNothing,
  ownBox,
  Run,
  sandbox,
  untilGone,
} from "./sandbox";
import { silence } from "./meanwhile";

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

/** The nodes, and what releases their kubelets and the control plane's pods are of, each once. */
async function running(...select: string[]): Promise<{ nodes: Node[]; versions: string[] }> {
  const nodes = await get<{ items: Node[] }>(MEMBER, "nodes", ...select);
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

  ownBox("closed");
  beforeAll(async () => {
    expect((await sandbox("open", "--previous-kubernetes")).code).toBe(0);
    const { Images } = await ec2<{ Images: { ImageId: string }[] }>(REGION, "describeImages", {
      Filters: [{ Name: "name", Values: ["*-bare"] }],
    });
    image = Images[0].ImageId;
  });

  it("finds a cluster of the pinned release, though the image has another", async () => {
    expect((await sandbox("up", ...shape(OLD, {}))).code).toBe(0);
    expect((await running()).versions).toEqual([OLD]);
    expect((await kubectl("create", "configmap", "kept", "--from-literal=since=first")).code).toBe(0);
    before = [...(await slots()), ...(await instances(REGION, `${MEMBER}-worker`))];
    expect(before).toHaveLength(5);
  });

  it("is not begun by another release and another image alone: no node is touched, and nothing replaced", async () => {
    const run = await sandbox("preview", ...shape(NEW, { image }));
    expect(run.code).toBe(0);
    const rows = run.output.matchAll(/^.* ([+~-]+) (\S+:\S+) (\S+)(?: \[.*\])?$/gm);
    const changed = [...rows].map(([, kind, type, name]) => [kind, type.replace(/.*:/, ""), name]);
    // The federation's own API server is of that release, too.
    const parts = ["apiserver", "kube-controller-manager"].map(
      (part) => `federation-control-plane-${part}-deployment`,
    );
    expect(changed.filter(([, type]) => type !== "Stash").sort()).toEqual(
      parts.map((name) => ["~", "Deployment", name]),
    );
  });

  it("replaces the nodes one at a time by those of the new release and image, and the API goes on", async () => {
    const silent = await silence(MEMBER, 0, async () => {
      expect((await sandbox("up", ...shape(NEW, { image, rollout: 1 }))).code).toBe(0);
    });
    expect(silent).toBeLessThan(SILENCE);
    const { nodes, versions } = await running("-l", "node-role.kubernetes.io/control-plane");
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
    await untilGone(
      REGION,
      before.map(({ InstanceId }) => InstanceId),
    );
    const rolled = async (): Promise<boolean> => {
      const { nodes, versions } = await running();
      return nodes.length === 5 && versions.join() === NEW;
    };
    for (let looks = 30; looks > 0 && !(await rolled()); looks--) await sleep(10_000);
    expect(await rolled()).toBe(true);
    const waited = await kubectl("wait", "node", "--all", "--for=condition=Ready", "--timeout=180s");
    expect(waited.output.match(/condition met/g)).toHaveLength(5);
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
