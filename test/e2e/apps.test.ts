import { setTimeout as sleep } from "timers/promises";
import { get, leavesNothing, ownBox, Run, sandbox } from "./sandbox";

const members = {
  "us-west": { region: "us-west-2", workers: { count: 1 }, labels: { tier: "core" } },
  "us-east": { region: "us-east-2", workers: { count: 1 }, labels: { tier: "edge" } },
};
/** The same image by its whole name: another template, and nothing else to pull. */
const OTHER_IMAGE = "docker.io/library/nginx:1.29";

/** One container's Deployment without load balancers, which other suites are about. */
const app = (change: object) => ({ image: "nginx:1.29", replicas: 3, ...change });
const first = {
  nginx: app({
    overrides: { "us-east": { image: OTHER_IMAGE, replicas: 1, env: { LEVEL: "debug" } } },
  }),
  everywhere: app({ replicas: 1, spread: "duplicated" }),
  edge: app({ replicas: 2, placement: { "tier=edge": {} } }),
  total: app({ replicas: 5, placement: { "*": { weight: 2 }, "us-east": { min: 1, max: 3, weight: 1 } } }),
  kinds: {
    manifests: ["./test/e2e/kinds"],
    namespace: "kinds",
    placement: { "us-west": { weight: 2 }, "us-east": {} },
  },
};

const shape = (apps: object): string[] => [
  "--set",
  `members=${JSON.stringify(members)}`,
  "--set",
  `apps=${JSON.stringify(apps)}`,
];

async function up(apps: object): Promise<Run> {
  const run = await sandbox("up", ...shape(apps));
  expect(run.code).toBe(0);
  return run;
}

interface Container {
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}
interface Workload {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
  readonly status: { readonly readyReplicas?: number };
}

/** Ready replicas of every Deployment of a namespace, by name. */
async function ready(
  member: string,
  namespace = "default",
  kind = "deployments",
): Promise<Record<string, number>> {
  const { items } = await get<{ items: Workload[] }>(member, kind, "-n", namespace);
  return Object.fromEntries(items.map(({ metadata, status }) => [metadata.name, status.readyReplicas ?? 0]));
}

/** The pods of a namespace: the UIDs tell whether they are the same. */
async function pods(member: string, namespace: string, ...more: string[]): Promise<string[]> {
  type List = { items: { metadata: { uid: string } }[] };
  const { items } = await get<List>(member, "pods", "-n", namespace, ...more);
  return items.map(({ metadata }) => metadata.uid).sort();
}

/** `npm run e2e -- apps`: several apps over two members; each test goes on from the one before. */
describe("apps", () => {
  ownBox("open");
  beforeAll(() => up(first));

  it("A13: several run side by side, each by its own plan", async () => {
    expect(await ready("us-west")).toEqual({ nginx: 2, everywhere: 1, total: 3 });
    expect(await ready("us-east")).toEqual({ nginx: 1, everywhere: 1, edge: 2, total: 2 });
  });

  it("A12: a member runs another image and other variables than the template, and its own number", async () => {
    const container = async (member: string) =>
      (await get<Workload>(member, "deployment/nginx", "-n", "default")).spec.template.spec.containers[0];
    expect(await container("us-east")).toMatchObject({
      image: OTHER_IMAGE,
      env: [{ name: "LEVEL", value: "debug" }],
    });
    expect(await container("us-west")).toMatchObject({ image: "nginx:1.29" });
    expect((await container("us-west")).env).toBeUndefined();
  });

  it("D4 E2: objects of all kinds are at every member, workloads divided by the placement", async () => {
    const copied =
      "configmap/settings,secret/password,resourcequota/quota,role/reader,rolebinding/reader,networkpolicy/inside,ingress/front,cronjob/nightly,shop/corner";
    for (const member of ["us-west", "us-east"]) {
      const { items } = await get<{ items: unknown[] }>(member, ...copied.split(","), "-n", "kinds");
      expect(items).toHaveLength(copied.split(",").length);
      const job = await get<{ status: { succeeded?: number } }>(member, "job/once", "-n", "kinds");
      expect(job.status.succeeded).toBe(1);
      const agent = await get<{ status: { numberReady: number } }>(member, "daemonset/agent", "-n", "kinds");
      expect(agent.status.numberReady).toBe(1);
    }
    expect(await ready("us-west", "kinds", "statefulsets")).toEqual({ store: 2 });
    expect(await ready("us-east", "kinds", "statefulsets")).toEqual({ store: 1 });
  });

  it("leaves nothing to be done, and a Secret's word in no plain state", async () => {
    const run = await sandbox("preview", ...shape(first));
    expect(run.output).toMatch(/preview: \d+ same in/);
    expect(run.output).not.toContain("not-for-the-log");
  });

  it("A8b: scaled with kubectl at the federation: seen as drift, put right by the next up, and no pod is made anew", async () => {
    const of = (member: string) => pods(member, "default", "-l", "app.kubernetes.io/name=total");
    const scale = async (replicas: number) => {
      const asked = ["scale", "deployment/total", "-n", "default", `--replicas=${replicas}`];
      expect((await sandbox("kubectl", "aws-fed", ...asked)).code).toBe(0);
      const runs = async () => (await ready("us-west")).total + (await ready("us-east")).total;
      for (let looks = 60; looks > 0 && (await runs()) !== replicas; looks--) await sleep(1000);
      expect(await runs()).toBe(replicas);
    };
    const running = async () => [...(await of("us-west")), ...(await of("us-east"))];
    // Which pods end is the cluster's choice; what matters is that none is made anew.
    const fewer = async (before: readonly string[]) => {
      expect(await ready("us-west")).toMatchObject({ total: 3 });
      expect(await ready("us-east")).toMatchObject({ total: 2 });
      expect(before).toEqual(expect.arrayContaining(await running()));
    };

    await scale(9);
    const nine = await running();
    const drift = "deployment default/total is told 9 replicas by kubectl, 5 planned";
    expect((await sandbox("status")).output).toContain(drift);
    const preview = await sandbox("preview", "--refresh", ...shape(first));
    expect(preview.output).toMatch(/~ kubernetes:apps\/v1:Deployment total-deployment \[spec\]/);
    expect(preview.output).toMatch(/preview: \d+ same, 1 update in|preview: 1 update, \d+ same in/);
    expect((await up(first)).output).toContain(
      "Deployment total was told 9 replicas by kubectl, 5 planned: put back",
    );
    await fewer(nine);

    await scale(9);
    const again = await running();
    const run = await sandbox("up", "--refresh", ...shape(first));
    expect([run.code, run.output]).toEqual([0, expect.stringMatching(/up: .*1 update/)]);
    await fewer(again);
    expect((await sandbox("preview", ...shape(first))).output).toMatch(/preview: \d+ same in/);
  });

  it("D5: taken out of an app, a member runs it no more and stays with the others", async () => {
    const { edge, total, ...rest } = first;
    await up({ ...rest, total: { ...total, placement: { "us-west": {} } } });
    expect(await ready("us-west")).toEqual({ nginx: 2, everywhere: 1, total: 5 });
    expect(await ready("us-east")).toEqual({ nginx: 1, everywhere: 1 });
  });

  it("A7 D3: what a member has already is named and not touched, and taken over when that is asked for", async () => {
    const kubectl = (...args: string[]) => sandbox("kubectl", "us-west", ...args);
    expect((await kubectl("create", "namespace", "legacy")).code).toBe(0);
    expect((await kubectl("apply", "-n", "legacy", "-f", "test/e2e/legacy/deployment.yaml")).code).toBe(0);
    expect(
      (await kubectl("rollout", "status", "deployment/legacy", "-n", "legacy", "--timeout=120s")).code,
    ).toBe(0);
    const before = await pods("us-west", "legacy");
    expect(before).toHaveLength(2);

    const legacy = { manifests: ["./test/e2e/legacy"], namespace: "legacy", placement: { "us-west": {} } };
    const refused = await sandbox("up", ...shape({ legacy }));
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/legacy.*us-west[^]*adopt/);
    expect(await pods("us-west", "legacy")).toEqual(before);

    await up({ legacy: { ...legacy, adopt: true } });
    expect(await pods("us-west", "legacy")).toEqual(before);
    expect(await ready("us-west", "legacy")).toEqual({ legacy: 2 });
  });

  it("D3: what was taken over goes with the app, and the namespace that was there stays", async () => {
    await up({});
    expect(await ready("us-west", "legacy")).toEqual({});
    expect((await sandbox("kubectl", "us-west", "get", "namespace", "legacy")).code).toBe(0);
  });

  it("A14: destroy leaves nothing", () => leavesNothing("destroy"));
});
