import type { ControlPlaneConfig } from "../../config";
import { settleControlPlane } from "../../config/control-plane-checks";
import type { ControlPlaneInput } from "../../config/control-plane-schema";
import type { FederationArgs } from "../../federation/federation";
import { pinnedCrds } from "../../federation/crds";
import { byHand } from "../../federation/take-credentials";
import { readKubeconfig } from "../../regions/given-kubeconfig";
import type { Host, Member } from "../../regions/member";
import { Recorded, Rig } from "../mocks";
import { givenKubeconfig } from "../regions/given";
import { buildFederation } from "./build";
import { givenHostOf, hostOf, threeMembers, valueOf } from "./members";

// What is waited for does not exist here; the waiting itself has tests of its own.
jest.mock("../../regions/poll", () => ({ until: async () => undefined }));
// Definitions that tell their release and nothing else.
jest.mock("../../federation/crd-source", () => ({
  fetchCrd: async (release: string, crd: string) =>
    `spec: { names: { plural: ${crd}, singular: ${release} } }`,
}));

/** A later patch release: none has been published that this machine could read. */
const NEXT = "v1.16.99";
(pinnedCrds as Record<string, unknown>)[NEXT] = pinnedCrds["v1.16.0"];

const build = (
  controlPlane: ControlPlaneConfig,
  change: Partial<FederationArgs> = {},
  hostFrom: (member: Member) => Promise<Host | undefined> = givenHostOf,
) =>
  buildFederation(
    async () => {
      const [host, ...members] = await threeMembers();
      return { host: await hostFrom(host), members };
    },
    { controlPlane, ...change },
  );

const onGivenHost = (chosen: ControlPlaneInput) => build(settleControlPlane(chosen));
const etcdOf = (rig: Rig) => rig.named("federation-control-plane-etcd-replicas").inputs;
const deployments = (rig: Rig) => rig.ofType("kubernetes:apps/v1:Deployment");

describe("the control plane on a host that was there already", () => {
  let rig: Rig;
  let federation: Awaited<ReturnType<typeof build>>["federation"];
  beforeAll(async () => {
    const service = { nodePort: 32443, address: "192.168.1.10" };
    const flags = { "audit-log-maxage": "30" };
    const storage = { class: "fast", size: 20 };
    ({ rig, federation } = await onGivenHost({ storage, service, arguments: flags }));
  }, 600_000);

  test("C4: a host that is no member is not joined, and Karmada gets no account in it", () => {
    const clusters = rig.resources.filter(({ type }) => type.endsWith(":Cluster")).map(({ name }) => name);
    expect(clusters).toEqual(["federation-us-east-cluster", "federation-ap-northeast-cluster"]);
    const inHost = rig.resources.filter(({ provider }) => provider.endsWith("::us-west"));
    expect(inHost.filter(({ type }) => /rbac|ServiceAccount/.test(type))).toEqual([]);
    expect(inHost.every(({ name }) => name.startsWith("federation-control-plane-"))).toBe(true);
  });

  test("all that it makes in the host is in its own namespace, which goes, and bears the stack's mark", () => {
    const inHost = rig.resources.filter(({ provider, custom }) => provider.endsWith("::us-west") && custom);
    const outside = inHost.filter(({ inputs }) => inputs.metadata?.namespace !== "karmada-system");
    expect(outside.map(({ name }) => name)).toEqual(["federation-control-plane-namespace"]);
    expect(outside[0].retainOnDelete).toBe(false);
    expect(outside[0].inputs.metadata.annotations).toEqual({ "federation/stack": "federation/test" });
  });

  test("its pods run on any node, since nobody knows which its control plane's are, and claim no rank over others", () => {
    for (const { inputs } of [...deployments(rig), { inputs: etcdOf(rig) }]) {
      expect(inputs.spec.template.spec).not.toHaveProperty("nodeSelector");
      expect(inputs.spec.template.spec).not.toHaveProperty("priorityClassName");
    }
  });

  test("A5b: its etcd asks the storage class for a volume, which goes with it", () => {
    const { spec } = etcdOf(rig);
    expect(spec.volumeClaimTemplates[0].spec).toEqual({
      accessModes: ["ReadWriteOnce"],
      storageClassName: "fast",
      resources: { requests: { storage: "20Gi" } },
    });
    expect(spec.persistentVolumeClaimRetentionPolicy.whenDeleted).toBe("Delete");
    expect(rig.ofType("kubernetes:core/v1:PersistentVolume")).toEqual([]);
  });

  test("C2: its API is reached at the node port, by a kubeconfig and a certificate that know the address", async () => {
    const { spec } = rig.named("federation-control-plane-apiserver-service").inputs;
    expect(spec.type).toBe("NodePort");
    expect(spec.ports).toEqual([{ name: "https", port: 5443, targetPort: 5443, nodePort: 32443 }]);
    expect(await valueOf(federation.endpoint)).toBe("192.168.1.10:32443");
    expect(await valueOf(federation.kubeconfig)).toContain("server: https://192.168.1.10:32443");
    const request = rig.named("federation-control-plane-certificates-apiserver-request").inputs;
    expect(request.ipAddresses).toEqual(["127.0.0.1", "192.168.1.10"]);
    const others = rig.ofType("tls:index/certRequest:CertRequest").filter(({ inputs }) => inputs !== request);
    for (const { inputs } of others) expect(inputs.ipAddresses ?? []).not.toContain("192.168.1.10");
  });

  test("C2: its API server has the further flags, after its own", () => {
    const { containers } = rig.named("federation-control-plane-apiserver-deployment").inputs.spec.template
      .spec;
    expect(containers[0].command.at(-1)).toBe("--audit-log-maxage=30");
  });
});

describe("the control plane in other shapes", () => {
  test("C2: pre-made volumes are claimed by their names, one for each replica, and are never deleted", async () => {
    const { rig } = await onGivenHost({ storage: { names: ["pv-a", "pv-b", "pv-c"] }, replicas: 3 });
    const claims = rig.ofType("kubernetes:core/v1:PersistentVolumeClaim").map(({ inputs }) => inputs);
    expect(claims.map(({ metadata, spec }) => [metadata.name, spec.volumeName])).toEqual([
      ["data-karmada-etcd-0", "pv-a"],
      ["data-karmada-etcd-1", "pv-b"],
      ["data-karmada-etcd-2", "pv-c"],
    ]);
    expect(claims[0].spec).toMatchObject({
      storageClassName: "",
      resources: { requests: { storage: "5Gi" } },
    });
    const { spec } = etcdOf(rig);
    expect(spec.volumeClaimTemplates[0].spec.storageClassName).toBe("");
    const etcd = rig.named("federation-control-plane-etcd-replicas").urn;
    for (const replica of [0, 1, 2])
      expect(rig.needs(etcd)).toContain(rig.named(`federation-control-plane-etcd-claim-${replica}`).urn);
    // Registered by this program, they would go with the stack.
    expect(rig.ofType("kubernetes:core/v1:PersistentVolume")).toEqual([]);
  }, 600_000);

  test("C2: without storage its etcd is in memory", async () => {
    const { rig } = await onGivenHost({ storage: "none" });
    const { spec, metadata } = etcdOf(rig);
    expect(spec).not.toHaveProperty("volumeClaimTemplates");
    expect(spec.template.spec.volumes).toContainEqual({ name: "data", emptyDir: { medium: "Memory" } });
    expect(metadata.annotations).toEqual({ "federation/storage": '"none"' });
  }, 600_000);

  test("A5b: of three replicas the host's nodes get one each where they can, and a drain takes one of etcd's at a time", async () => {
    const { rig } = await onGivenHost({ storage: { class: "fast", size: 8 }, replicas: 3 });
    for (const { inputs } of [...deployments(rig), { inputs: etcdOf(rig) }]) {
      const { replicas, template, selector } = inputs.spec;
      expect(replicas).toBe(3);
      expect(template.spec.topologySpreadConstraints).toEqual([
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: selector,
        },
      ]);
    }
    const { spec } = rig.named("federation-control-plane-etcd-budget").inputs;
    expect(spec).toEqual({ maxUnavailable: 1, selector: etcdOf(rig).spec.selector });
  }, 600_000);

  test("every program that hangs is started anew, and none is sent requests before it answers", async () => {
    const { rig } = await onGivenHost({ storage: "none" });
    for (const { name, inputs } of [
      ...deployments(rig),
      rig.named("federation-control-plane-etcd-replicas"),
    ]) {
      const [{ livenessProbe, readinessProbe }] = inputs.spec.template.spec.containers;
      expect([name, livenessProbe.httpGet.port > 0, readinessProbe.httpGet.port > 0]).toEqual([
        name,
        true,
        true,
      ]);
      // Never, as a Deployment's pods may not be: a killed one comes back.
      expect(inputs.spec.template.spec.restartPolicy ?? "Always").toBe("Always");
    }
  }, 600_000);

  test("an address that is a name is a name in the certificate", async () => {
    const service = { nodePort: 30443, address: "fed.example.com" };
    const { rig } = await onGivenHost({ storage: "none", service });
    const request = rig.named("federation-control-plane-certificates-apiserver-request").inputs;
    expect(request.dnsNames).toContain("fed.example.com");
    expect(request.ipAddresses).toEqual(["127.0.0.1"]);
  }, 600_000);
});

describe("another release of Karmada", () => {
  const release = (karmada: string) => build(settleControlPlane({}), { versions: { karmada } }, hostOf);

  test("is brought in this order: kinds, API server, webhook, then what asks it; nobody asks an older webhook", async () => {
    const before = new Map((await release("v1.16.0")).rig.resources.map((each) => [each.name, each.inputs]));
    const { rig } = await release(NEXT);
    const differs = ({ name, inputs }: Recorded) =>
      JSON.stringify(inputs) !== JSON.stringify(before.get(name));
    const changed = rig.resources.filter(differs).map(({ name }) => name);
    const prefix = "federation-control-plane";
    const kinds = Object.keys(pinnedCrds[NEXT]).map(
      (crd) => `${prefix}-registrations-crds-${crd.replaceAll(".", "-")}`,
    );
    const programs = ["aggregated-apiserver", "webhook", "scheduler", "controller-manager"].map(
      (name) => `${prefix}-${name}-deployment`,
    );
    expect([...changed].sort()).toEqual([...kinds, ...programs].sort());

    const [aggregated, webhook, scheduler, controllers] = programs;
    const registrations = [`${prefix}-registrations-mutating`, `${prefix}-registrations-validating`];
    const order = [kinds, [aggregated], [webhook], registrations, [scheduler], [controllers]];
    for (const [step, names] of order.entries()) {
      const earlier = order.slice(0, step).flat();
      for (const name of names) {
        const needed = rig.needs(rig.named(name).urn);
        const late = earlier.filter((each) => !needed.has(rig.named(each).urn));
        expect([name, late]).toEqual([name, []]);
      }
    }
    // And what members and apps write comes after all of it.
    expect(rig.needs(rig.named("federation-us-east-cluster").urn)).toContain(rig.named(controllers).urn);
  }, 600_000);
});

describe("a Karmada that is there already", () => {
  const existing = readKubeconfig(givenKubeconfig(), { name: "aws-fed" }).cluster!;
  const onNoHost = () => build({ existing }, {}, async () => undefined);

  test("D2: nothing of a control plane is made; members are joined to it and bear the stack's mark", async () => {
    const { rig, federation } = await onNoHost();
    const made = rig.resources.filter(({ name }) => name.startsWith("federation-control-plane"));
    expect(made.map(({ type }) => type)).toEqual([
      "federation:federation:ExistingControlPlane",
      "pulumi:providers:kubernetes",
    ]);
    const clusters = rig.resources.filter(({ type }) => type.endsWith(":Cluster"));
    expect(clusters.map(({ inputs }) => [inputs.metadata.name, inputs.metadata.annotations])).toEqual(
      ["us-east", "ap-northeast"].map((name) => [name, { "federation/stack": "federation/test" }]),
    );
    for (const { provider } of clusters) expect(provider).toMatch(/::federation-control-plane-api$/);
    expect(await valueOf(federation.endpoint)).toBe("munich.example.com:6443");
    expect(rig.named("federation-control-plane-api").secrets).toContain("kubeconfig");
    expect(rig.named("federation-control-plane-api").inputs.clusterIdentifier).toBe("test/aws-fed/existing");
  }, 600_000);

  test("a member's new credentials are taken up on its host where that is known, else it is said how", async () => {
    const commands = (rig: Rig) =>
      rig.ofType("command:local:Command").map(({ inputs }) => Object.keys(inputs.environment).sort());
    const plain = ["CREDENTIALS_MARK", "CREDENTIALS_MEMBER"];
    expect(commands((await onNoHost()).rig)).toEqual([plain, plain]);
    expect(commands((await build({ existing }, {}, givenHostOf)).rig)).toEqual(
      Array(2).fill([...plain, "HOST_KUBECONFIG"]),
    );
    expect(byHand("us-east")).toMatch(
      /us-east are new.*rollout restart deployment karmada-controller-manager$/,
    );
  }, 600_000);

  test("a namespace of others' at it is not taken over", async () => {
    const { rig, federation } = await onNoHost();
    const { FederatedNamespace } = await import("../../federation/namespace");
    new FederatedNamespace("namespace-web", { federation, namespace: "web" });
    await rig.settle();
    expect(rig.named("namespace-web-federation").inputs.metadata.annotations).toEqual({
      "federation/stack": "federation/test",
    });
  }, 600_000);
});
