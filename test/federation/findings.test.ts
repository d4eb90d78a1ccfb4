import type { StackConfig } from "../../config";
import { settleControlPlane } from "../../config/control-plane-checks";
import { etcdFault } from "../../federation/etcd-choices";
import { existingFindings, releaseFinding } from "../../federation/existing-findings";
import { hostFindings } from "../../federation/host-findings";
import type { ApiAnswer, ApiCall } from "../../regions/api-client";

const owner = "federation/dev";
const ours = { annotations: { "federation/stack": owner } };

/** An API that answers these paths, 404 otherwise, and lets everything be done but what is denied. */
const api =
  (paths: Record<string, object>, denied = /^$/): ApiCall =>
  async (path, _method, body: any): Promise<ApiAnswer> => {
    if (!body) return path in paths ? { status: 200, body: paths[path] } : { status: 404, body: {} };
    const { verb, resource } = body.spec.resourceAttributes;
    return { status: 201, body: { status: { allowed: !denied.test(`${verb} ${resource}`) } } };
  };

const system = "/api/v1/namespaces/karmada-system";
const etcd = "/apis/apps/v1/namespaces/karmada-system/statefulsets/karmada-etcd";

describe("a given cluster that is to host the federation", () => {
  const found = (paths: Record<string, object>, chosen: Parameters<typeof settleControlPlane>[0]) =>
    hostFindings(api(paths), settleControlPlane(chosen), owner);

  it("is taken when it is empty, and again when what is there is ours", async () => {
    const classes = { "/apis/storage.k8s.io/v1/storageclasses": { items: [{ metadata: { name: "fast" } }] } };
    const storage = { class: "fast", size: 8 };
    expect(await found(classes, { storage })).toEqual([]);
    expect(await found({ ...classes, [system]: { metadata: ours } }, { storage })).toEqual([]);
  });

  it("is refused when another Karmada is in it, and told how to join that one", async () => {
    expect(await found({ [system]: { metadata: {} } }, { storage: "none" })).toEqual([
      expect.stringMatching(
        /^it has the namespace karmada-system of another Karmada – name its kubeconfig as controlPlane\.existing/,
      ),
    ]);
    const other = { metadata: { annotations: { "federation/stack": "federation/prod" } } };
    expect((await found({ [system]: other }, { storage: "none" }))[0]).toContain(
      "the federation of stack federation/prod",
    );
  });

  it("A5b: has the storage class that is named", async () => {
    const classes = { "/apis/storage.k8s.io/v1/storageclasses": { items: [{ metadata: { name: "fast" } }] } };
    expect(await found(classes, { storage: { class: "slow", size: 8 } })).toEqual([
      "it has no storage class slow – name one of its own (fast)",
    ]);
  });

  it("C2: has the volumes that are named, free or claimed by our own etcd", async () => {
    const volume = (phase: string, claimRef?: object) => ({ spec: { claimRef }, status: { phase } });
    const claimed = (name: string) => ({ namespace: "karmada-system", name });
    const on = async (answer?: object) =>
      found(
        { ...(answer && { "/api/v1/persistentvolumes/pv-1": answer }) },
        { storage: { names: ["pv-1"] } },
      );
    expect(await on(volume("Available"))).toEqual([]);
    expect(await on(volume("Bound", claimed("data-karmada-etcd-0")))).toEqual([]);
    expect(await on()).toEqual([expect.stringMatching(/has no persistent volume pv-1 – make it first/)]);
    expect(await on(volume("Bound", { namespace: "web", name: "data" }))).toEqual([
      "its persistent volume pv-1 is Bound by web/data – name one that is Available",
    ]);
    expect(await on(volume("Released", claimed("data-karmada-etcd-0")))).toEqual([
      expect.stringMatching(/still belongs to .* which is gone – give it free: kubectl patch pv pv-1 /),
    ]);
  });

  it("C2: has the node port free", async () => {
    const service = { nodePort: 32443, address: "192.168.1.10" };
    const with32443 = (namespace: string) => ({
      "/api/v1/services": {
        items: [
          { metadata: { namespace, name: "web" }, spec: { ports: [{ nodePort: 32443 }] } },
          { metadata: {}, spec: {} },
        ],
      },
    });
    const on = (paths: Record<string, object>) => found(paths, { storage: "none", service });
    expect(await on(with32443("shop"))).toEqual([
      expect.stringMatching(/^its node port 32443 is taken by the Service shop\/web/),
    ]);
    expect(await on(with32443("karmada-system"))).toEqual([]);
  });
});

describe("the etcd that is on the host already", () => {
  const there = (replicas: number, annotations = {}) =>
    api({ [etcd]: { metadata: { annotations }, spec: { replicas } } });

  it("keeps its storage and its size: either change would lose all that the federation knows", async () => {
    expect(await etcdFault(api({}), { storage: "none", replicas: 1 })).toBeUndefined();
    expect(await etcdFault(there(1), { storage: "volumes", replicas: 1 })).toBeUndefined();
    expect(await etcdFault(there(1), { storage: "volumes", replicas: 3 })).toMatch(
      /begun with controlPlane\.replicas 1 \(now 3\), and all .* would be lost .*: set it back/,
    );
    const onClass = there(1, { "federation/storage": '{"class":"fast","size":8}' });
    expect(await etcdFault(onClass, { storage: { class: "fast", size: 8 }, replicas: 1 })).toBeUndefined();
    expect(await etcdFault(onClass, { storage: "none", replicas: 1 })).toContain(
      'controlPlane.storage {"class":"fast","size":8} (now "none")',
    );
  });
});

describe("a Karmada that is there", () => {
  const kinds = (...names: string[]) => ({ resources: names.map((name) => ({ name })) });
  const definition = (...fields: string[]) => {
    const properties = Object.fromEntries(fields.map((field) => [field, {}]));
    const schema = { openAPIV3Schema: { properties: { spec: { properties } } } };
    return { spec: { versions: [{ name: "v1alpha1", served: true, schema }] } };
  };
  const karmada = {
    "/version": { gitVersion: "v1.33.0" },
    "/apis/cluster.karmada.io/v1alpha1": kinds("clusters"),
    "/apis/policy.karmada.io/v1alpha1": kinds("propagationpolicies", "overridepolicies"),
    "/apis/work.karmada.io/v1alpha2": kinds("resourcebindings", "clusterresourcebindings"),
    "/apis/work.karmada.io/v1alpha1": kinds("works"),
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/propagationpolicies.policy.karmada.io":
      definition("activationPreference", "dependentOverrides", "conflictResolution", "placement"),
    "/api/v1/namespaces/karmada-cluster": { metadata: {} },
    "/apis/cluster.karmada.io/v1alpha1/clusters": { items: [{ metadata: { name: "theirs" } }] },
  };
  const members = { "f-a": { joins: true, lost: false }, f: { joins: false, lost: false } };
  const config = { members, versions: { karmada: "v1.16.0" }, owner } as unknown as StackConfig & {
    owner: string;
  };
  const found = (change: object = {}, denied?: RegExp) =>
    existingFindings(api({ ...karmada, ...change }, denied), "https://karmada.example.com", config);

  it("D2: is taken when it serves what this program writes and lets it", async () => {
    expect(await found()).toEqual([]);
  });

  it("is told from the cluster that it runs on, and from one that is broken", async () => {
    expect(await found({ "/apis/policy.karmada.io/v1alpha1": kinds("propagationpolicies") })).toEqual([
      expect.stringMatching(
        /^https:\/\/karmada\.example\.com is no Karmada.*without overridepolicies – give the kubeconfig of Karmada's own/,
      ),
    ]);
  });

  it("is refused by what its policies lack, by rights and by what others have there, all at once", async () => {
    const change = {
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/propagationpolicies.policy.karmada.io":
        definition("placement", "dependentOverrides", "conflictResolution"),
      "/apis/cluster.karmada.io/v1alpha1/clusters": {
        items: [{ metadata: { name: "f-a" } }, { metadata: { name: "f" } }],
      },
    };
    expect(await found(change, /^delete clusters/)).toEqual([
      "it is older than what this program speaks (v1.16.0): its policies have no activationPreference – upgrade it",
      "its credentials may not delete clusters – give those of an administrator of Karmada's",
      "it has a member f-a already, which is not this stack's – call yours otherwise",
    ]);
  });

  it("knows its own member again", async () => {
    const clusters = { items: [{ metadata: { name: "f-a", ...ours } }] };
    expect(await found({ "/apis/cluster.karmada.io/v1alpha1/clusters": clusters })).toEqual([]);
  });

  it("is of another release by the image of its controllers, where its host is known", async () => {
    const path = "/apis/apps/v1/namespaces/karmada-system/deployments/karmada-controller-manager";
    const running = (image: string) =>
      api({ [path]: { spec: { template: { spec: { containers: [{ image }] } } } } });
    expect(
      await releaseFinding(running("docker.io/karmada/karmada-controller-manager:v1.16.3"), "v1.16.0"),
    ).toEqual([]);
    expect(
      await releaseFinding(running("mirror:5000/karmada-controller-manager:v1.13.1"), "v1.16.0"),
    ).toEqual([expect.stringMatching(/^it runs Karmada v1\.13, and this stack speaks v1\.16 – upgrade it/)]);
    expect(await releaseFinding(running("mirror:5000/karmada@sha256:abc"), "v1.16.0")).toEqual([]);
    expect(await releaseFinding(api({}), "v1.16.0")).toEqual([]);
  });
});
