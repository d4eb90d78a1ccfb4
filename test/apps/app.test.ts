import { readManifests } from "../../apps/manifests";
import type { FederatedApp, FederatedAppArgs } from "../../apps/app";
import { clusterAnswers, threeMembers, valueOf } from "../federation/members";
import { Recorded, Rig, useMocks } from "../mocks";

// What is waited for does not exist here; the waiting itself has tests of its own.
jest.mock("../../regions/poll", () => ({
  ...jest.requireActual("../../regions/poll"),
  until: async () => undefined,
}));

const nginx = {
  image: "nginx:1.29",
  service: { port: 80 },
  placement: {
    "us-west": { min: 2, max: 10, weight: 200 },
    "us-east": { min: 0, max: 2, weight: 150 },
    "ap-northeast": { min: 1, max: 5, weight: 150 },
  },
};

/** An app on a federation of which only what apps use is there. */
async function build(change: Omit<Partial<FederatedAppArgs>, "namespace"> & { namespace?: string }) {
  const rig = await useMocks({ computed: clusterAnswers });
  const pulumi = await import("@pulumi/pulumi");
  const k8s = await import("@pulumi/kubernetes");
  const { FederatedApp: Built } = await import("../../apps/app");
  const members = await threeMembers();
  const provider = new k8s.Provider("karmada", { kubeconfig: "karmada", clusterIdentifier: "karmada" });
  const joined = new pulumi.Stash("joined", { input: "members" });
  const withdrawn = new pulumi.Stash("withdrawn", { input: "records" });
  const federation = { members, provider, ready: pulumi.output([joined]) } as any;
  const { FederatedNamespace } = await import("../../federation/namespace");
  const { adopt, namespace: inside = "default" } = change;
  const namespace = new FederatedNamespace(inside, { federation, namespace: inside, adopt });
  const app = new Built("nginx", { federation, ...nginx, after: [withdrawn], ...change, namespace });
  await rig.settle();
  return { rig, app };
}

const at = (rig: Rig, provider: string): Recorded[] =>
  rig.resources.filter(
    (each) => each.type.startsWith("kubernetes:") && each.provider.endsWith(`::${provider}`),
  );
const names = (resources: readonly Recorded[]) => resources.map((each) => each.name).sort();

describe("an app on three members", () => {
  let rig: Rig;
  let app: FederatedApp;
  beforeAll(async () => void ({ rig, app } = await build({ replicas: 3 })), 60_000);

  test("A8: three replicas are 2/0/1, plain values that a preview shows", () => {
    expect(app.plan).toEqual({ "us-west": 2, "us-east": 0, "ap-northeast": 1 });
    expect(rig.named("nginx-plan").inputs).toEqual({ input: app.plan });
  });

  test("A9: a Service at every member by that member's provider, with replicas or without; nothing else there", () => {
    for (const member of ["us-west", "us-east", "ap-northeast"]) {
      expect(names(at(rig, member))).toEqual([`nginx-${member}-service`]);
    }
  });

  test("A9: each member's load balancer has its own host name", async () => {
    expect(Object.keys(app.endpoints)).toEqual(["us-west", "us-east", "ap-northeast"]);
    expect(await valueOf(app.endpoints["us-east"])).toBe("nginx.elb.example.com");
  });

  test("A8: policies and a Deployment at the federation, and no Service of the federation's", () => {
    expect(names(at(rig, "karmada"))).toEqual(["nginx-deployment", "nginx-overrides", "nginx-policy"]);
  });

  test("replicas move in this order: records withdrawn, overrides, policy, Deployment", () => {
    const policy = rig.named("nginx-policy");
    expect(rig.needs(policy.urn)).toContain(rig.named("nginx-overrides").urn);
    expect(rig.needs(rig.named("nginx-deployment").urn)).toContain(policy.urn);
    for (const before of ["joined", "withdrawn"])
      expect(rig.needs(policy.urn)).toContain(rig.named(before).urn);
  });

  test("a Service goes before what its cluster needs to take the load balancer away", () => {
    expect(rig.needs(rig.named("nginx-us-east-service").urn)).toContain(rig.named("us-east-drain").urn);
  });

  test("what waits for the app waits for its Deployment and its load balancers", async () => {
    const ready = (await valueOf(app.ready)).map((resource: any) => resource.__name).sort();
    expect(ready).toEqual([
      "nginx-ap-northeast-service",
      "nginx-deployment",
      "nginx-us-east-service",
      "nginx-us-west-service",
    ]);
  });

  test("the Deployment is not waited for by the provider: Karmada gives it no conditions", () => {
    const { annotations } = rig.named("nginx-deployment").inputs.metadata;
    expect(annotations["pulumi.com/skipAwait"]).toBe("true");
  });
});

describe("options of an app", () => {
  test("A7: a namespace of its own is made at the federation and at every member, and Karmada leaves it alone", async () => {
    const { rig } = await build({ replicas: 3, namespace: "web" });
    expect(names(rig.ofType("kubernetes:core/v1:Namespace"))).toEqual([
      "web-ap-northeast",
      "web-federation",
      "web-us-east",
      "web-us-west",
    ]);
    expect(rig.named("web-federation").inputs.metadata).toEqual({
      name: "web",
      labels: { "namespace.karmada.io/skip-auto-propagation": "true" },
    });
    expect(rig.named("web-us-east").inputs.metadata).toEqual({
      name: "web",
      annotations: { "federation/stack": expect.stringContaining("test") },
    });
    const service = rig.named("nginx-us-east-service");
    expect(rig.needs(service.urn)).toContain(rig.named("web-us-east").urn);
    expect(rig.needs(rig.named("nginx-policy").urn)).toContain(rig.named("web-federation").urn);
  }, 60_000);

  test("a member that the placement does not name has nothing of the app", async () => {
    const { rig, app } = await build({ replicas: 2, placement: { "us-east": 1, "us-west": 1 } });
    expect(app.plan).toEqual({ "us-west": 1, "us-east": 1 });
    expect(at(rig, "ap-northeast")).toEqual([]);
  }, 60_000);

  test("A12: one member runs another image and number, another only another number, all within the total", async () => {
    const { rig, app } = await build({
      replicas: 6,
      placement: { "*": 1 },
      overrides: { "us-east": { image: "nginx:1.30", replicas: 3 }, "us-west": { replicas: 1 } },
    });
    expect(app.plan).toEqual({ "us-west": 1, "us-east": 3, "ap-northeast": 2 });
    const { overrideRules } = rig.named("nginx-overrides").inputs.spec;
    expect(overrideRules).toHaveLength(1);
    expect(overrideRules[0]).toMatchObject({
      targetCluster: { clusterNames: ["us-east"] },
      overriders: { plaintext: [{}, { value: "nginx:1.30" }] },
    });
  }, 60_000);

  test("D8: a duplicated app runs its full count at every member", async () => {
    const { rig, app } = await build({ replicas: 1, spread: "duplicated", placement: { "*": 1 } });
    expect(app.plan).toEqual({ "us-west": 1, "us-east": 1, "ap-northeast": 1 });
    expect(rig.named("nginx-deployment").inputs.spec.replicas).toBe(3);
  }, 60_000);

  test("an app without a service has no load balancers", async () => {
    const { rig, app } = await build({ replicas: 3, service: undefined });
    expect(rig.ofType("kubernetes:core/v1:Service")).toEqual([]);
    expect(app.endpoints).toEqual({});
  }, 60_000);

  test("A7: what a member has already is taken over only on demand, and its namespace stays when the app goes", async () => {
    const { rig } = await build({ replicas: 3, namespace: "web", adopt: true });
    expect(rig.named("nginx-policy").inputs.spec.conflictResolution).toBe("Overwrite");
    expect(rig.named("web-us-east")).toMatchObject({
      retainOnDelete: true,
      inputs: { metadata: { name: "web" } },
    });
    expect(rig.named("web-federation").retainOnDelete).toBe(false);
  }, 60_000);
});

describe("what becomes of an app's load balancers at members that it leaves", () => {
  const retained = (rig: Rig) => rig.ofType("kubernetes:core/v1:Service").map((each) => each.retainOnDelete);

  test("D5 D7 B4: they go with the app, or stay with it", async () => {
    expect(retained((await build({ replicas: 3 })).rig)).toEqual([false, false, false]);
    expect(retained((await build({ replicas: 3, adopt: true, onRemove: "keep" })).rig)).toEqual([
      true,
      true,
      true,
    ]);
  }, 60_000);
});

describe("an app of manifests", () => {
  const text = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { replicas: 10, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: a }] } } }
---
{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: agent }, spec: { template: {} } }
---
{ apiVersion: v1, kind: Secret, metadata: { name: key }, data: { key: c2VjcmV0 } }
---
{ apiVersion: v1, kind: ConfigMap, metadata: { name: settings }, data: {} }
---
{ apiVersion: v1, kind: Service, metadata: { name: web }, spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }] } }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.com }
spec: { group: example.com, scope: Namespaced, names: { kind: Thing, plural: things }, versions: [{ name: v1, served: true }] }
---
{ apiVersion: example.com/v1, kind: Thing, metadata: { name: one } }
---
{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: { name: "web:reader" }, rules: [] }
`;
  let rig: Rig;
  let app: FederatedApp;
  beforeAll(async () => {
    const manifests = readManifests([{ path: "web.yaml", text }], "default").resources;
    ({ rig, app } = await build({
      image: undefined,
      service: undefined,
      replicas: undefined,
      manifests,
      placement: { "us-west": 1, "us-east": 1 },
    }));
  }, 60_000);

  test("E2: the Deployment is divided, 10 are 5/5, and everything else is at every member", () => {
    expect(app.plan).toEqual({ "us-west": 5, "us-east": 5 });
    expect(rig.named("nginx-deployment-web-plan").inputs.input).toEqual(app.plan);
    const selected = ({ inputs }: Recorded) =>
      inputs.spec.resourceSelectors.map(({ kind }: any) => kind).sort();
    expect(selected(rig.named("nginx-deployment-web-policy"))).toEqual(["Deployment"]);
    expect(selected(rig.named("nginx-objects-policy"))).toEqual([
      "ConfigMap",
      "DaemonSet",
      "Secret",
      "Thing",
    ]);
    expect(selected(rig.named("nginx-cluster-objects-policy"))).toEqual(["ClusterRole"]);
    expect(selected(rig.named("nginx-definitions-policy"))).toEqual(["CustomResourceDefinition"]);
  });

  test("D4: objects have the type of their kind, whose provider finds its API by it", () => {
    const types = ["secret-key", "deployment-web", "thing-one", "cluster-role-web.reader"];
    expect(types.map((name) => rig.named(`nginx-${name}`).type)).toEqual([
      "kubernetes:core/v1:Secret",
      "kubernetes:apps/v1:Deployment",
      "kubernetes:example.com/v1:Thing",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
    ]);
  });

  test("D4: come in this order: definitions, policies, what is configured, workloads and objects of own kinds", () => {
    const before = (one: string, other: string) =>
      expect(rig.needs(rig.named(`nginx-${other}`).urn)).toContain(rig.named(`nginx-${one}`).urn);
    before("deployment-web-overrides", "objects-policy");
    before("objects-policy", "secret-key");
    before("secret-key", "deployment-web");
    before("custom-resource-definition-things.example.com", "thing-one");
    before("definitions-policy", "custom-resource-definition-things.example.com");
  });

  test("D4 D9: a kind outlives the policies that name its objects: Karmada would hold on to them for ever", () => {
    const kind = rig.named("nginx-custom-resource-definition-things.example.com").urn;
    for (const policy of [
      "nginx-objects-policy",
      "nginx-cluster-objects-policy",
      "nginx-deployment-web-policy",
    ])
      expect(rig.needs(rig.named(policy).urn)).toContain(kind);
    expect(rig.needs(rig.named("nginx-definitions-policy").urn)).not.toContain(kind);
  });

  test("D4: what is in a Secret is secret in the state", () => {
    expect(rig.named("nginx-secret-key").secrets).toEqual(["data"]);
  });

  test("A9: a load balancer is made by every member itself", () => {
    expect(at(rig, "us-east").map(({ name }) => name)).toEqual(["nginx-us-east-service"]);
    expect(Object.keys(app.endpoints)).toEqual(["us-west", "us-east"]);
    expect(at(rig, "karmada").map(({ type }) => type)).not.toContain("kubernetes:core/v1:Service");
  });

  test("everything is waited for at the members, but definitions are by the provider", () => {
    const skipped = (name: string) =>
      rig.named(`nginx-${name}`).inputs.metadata.annotations["pulumi.com/skipAwait"];
    expect(skipped("daemon-set-agent")).toBe("true");
    expect(skipped("custom-resource-definition-things.example.com")).toBeUndefined();
  });
});
