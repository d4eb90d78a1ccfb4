import { Props } from "../../../../sandbox/providers/runtime";
import { Cluster } from "../../../../sandbox/providers/kubernetes/cluster";
import { readAccess } from "../../../../sandbox/providers/kubernetes/kubeconfig";
import { kubernetes } from "../../../../sandbox/providers/kubernetes/provider";
import { binaries, describeWith } from "../binaries";
import { Harness, initFailureOf } from "../runtime/harness";
import { ApiServer, startApiServer } from "./api-server";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const SERVICE = "kubernetes:core/v1:Service";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";

const needed = binaries("etcd", "kube-apiserver", "kube-controller-manager");

describeWith(needed, "against a real API server", () => {
  let server: ApiServer;
  let provider: Harness;
  beforeAll(async () => {
    server = await startApiServer(needed!);
    provider = await Harness.of(kubernetes(), { kubeconfig: server.kubeconfig });
  }, 120_000);
  afterAll(async () => {
    provider?.stop();
    await server?.stop();
  }, 30_000);

  /** Check and create, as the engine does. */
  const create = async (token: string, inputs: Props) => {
    const checked = await provider.check(token, inputs);
    expect(checked.failures).toEqual([]);
    return { inputs: checked.inputs, ...(await provider.create(token, checked.inputs)) };
  };
  const configMap = (name: string, data: Props, more: Props = {}): Props => ({
    ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...more }, data },
  });
  const deployment = (name: string, replicas: number, annotations: Props = {}): Props => ({
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, annotations } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: "nginx" }] } },
    },
  });

  test("an object is created, updated without what was left out, read, deleted", async () => {
    const made = await create(CONFIG_MAP, configMap("plain", { a: "1", b: "2" }));
    expect(made.id).toBe("default/plain");
    expect(made.outputs.metadata.uid).toBeDefined();
    expect(made.outputs.metadata.managedFields).toBeUndefined();
    expect((await provider.diff(CONFIG_MAP, made.inputs, made.inputs, made.outputs)).changes).toBe("DIFF_NONE");
    const news = { ...made.inputs, data: { a: "3" } };
    const updated = await provider.update(CONFIG_MAP, made.id, made.outputs, news, false, made.inputs);
    expect(updated.outputs.data).toEqual({ a: "3" });
    const live = await provider.read(CONFIG_MAP, made.id, updated.outputs, news);
    expect(live.inputs).toEqual(news);
    await provider.delete(CONFIG_MAP, made.id, updated.outputs, news);
    expect((await provider.read(CONFIG_MAP, made.id, updated.outputs, news)).id).toBe("");
    await provider.delete(CONFIG_MAP, made.id, updated.outputs, news); // gone already
  });

  test("without a name one is made, kept by the next check, the same in preview and update", async () => {
    const unnamed = { apiVersion: "v1", kind: "ConfigMap", data: {} };
    const first = await provider.check(CONFIG_MAP, unnamed);
    expect(first.inputs.metadata.name).toMatch(/^thing-[0-9a-f]{8}$/);
    expect((await provider.check(CONFIG_MAP, unnamed)).inputs).toEqual(first.inputs);
    expect((await provider.check(CONFIG_MAP, unnamed, first.inputs)).inputs).toEqual(first.inputs);
  });

  test("an import's inputs make no difference with themselves", async () => {
    const made = await create(CONFIG_MAP, configMap("imported", { a: "1" }));
    const found = await provider.read(CONFIG_MAP, made.id);
    expect(found.inputs).toEqual(made.inputs);
    await provider.delete(CONFIG_MAP, made.id, found.outputs);
  });

  test("the preview asks the API server: what it refuses fails there, what it adds is known", async () => {
    const inputs = { apiVersion: "v1", kind: "Service", metadata: { name: "planned", namespace: "default" }, spec: { ports: [{ port: 80 }] } };
    const planned = await provider.create(SERVICE, inputs, true);
    expect(planned.outputs.spec.clusterIP).toMatch(/^10\.0\.0\./);
    const wrong = { ...inputs, spec: { ports: [{ port: 99999 }] } };
    await expect(provider.create(SERVICE, wrong, true)).rejects.toThrow(/spec\.ports\[0\]\.port/);
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const half = await provider.create(SERVICE, { ...inputs, metadata: { name: "planned", labels: { a: unknown } } }, true);
    expect(half.outputs.metadata).toEqual({ name: "planned", labels: { a: unknown } });
    expect(half.outputs.status).toBe(unknown);
  });

  test("a field of another manager is a conflict that names it, and patchForce takes it over", async () => {
    const other = await Harness.of(kubernetes(), { kubeconfig: server.kubeconfig });
    const theirs = configMap("shared", { key: "theirs" }, { annotations: { "pulumi.com/patchFieldManager": "somebody" } });
    await other.create(CONFIG_MAP, (await other.check(CONFIG_MAP, theirs)).inputs);
    const ours = (await provider.check(CONFIG_MAP, configMap("shared", { key: "ours" }))).inputs;
    await expect(provider.create(CONFIG_MAP, ours)).rejects.toThrow(/default\/shared.*conflict.*"somebody".*\.data\.key/s);
    const forced = { ...ours, metadata: { ...ours.metadata, annotations: { "pulumi.com/patchForce": "true" } } };
    expect((await provider.create(CONFIG_MAP, forced)).outputs.data).toEqual({ key: "ours" });
    other.stop();
  });

  test("a definition and an object of it come in one run, in any order", async () => {
    const names = { plural: "widgets", singular: "widget", kind: "Widget" };
    const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
    const crd = {
      ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: "widgets.example.com" } },
      spec: { group: "example.com", scope: "Namespaced", names, versions: [{ name: "v1", served: true, storage: true, schema }] },
    };
    const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" }, spec: { size: 3 } };
    const token = "kubernetes:example.com/v1:Widget";
    expect((await provider.create(token, widget, true)).outputs.spec).toEqual({ size: 3 });
    const [object, definition] = await Promise.all([create(token, widget), create(CRD, crd)]);
    expect(object.outputs.spec).toEqual({ size: 3 });
    expect(object.id).toBe("default/w");
    // The namespace that the server filled in is no difference.
    expect((await provider.diff(token, object.inputs, object.inputs, object.outputs)).changes).toBe("DIFF_NONE");
    await provider.delete(CRD, definition.id, definition.outputs);
    await provider.delete(token, object.id, object.outputs); // its very kind is gone: success
  }, 60_000);

  test("a kind that never comes is an error that says so", async () => {
    const odd = { apiVersion: "nowhere.example/v1", kind: "Odd", metadata: { name: "x", annotations: {} } };
    const hasty = await Harness.of(kubernetes(2000), { kubeconfig: server.kubeconfig });
    const call = hasty.create("kubernetes:nowhere.example/v1:Odd", odd);
    await expect(call).rejects.toThrow(/cannot create .* Odd x: .*no kind Odd in nowhere\.example\/v1/);
    hasty.stop();
  });

  test("D9: a delete waits for finalizers and names them when time is up", async () => {
    const made = await create(CONFIG_MAP, configMap("held", {}, { finalizers: ["example.com/hold"] }));
    await expect(provider.delete(CONFIG_MAP, made.id, made.outputs, made.inputs, 1)).rejects.toThrow(
      /ConfigMap default\/held still exists after 1 s \(finalizers left: foregroundDeletion, example\.com\/hold|example\.com\/hold/,
    );
    const { finalizers: _, ...metadata } = made.inputs.metadata;
    const freed = provider.update(CONFIG_MAP, made.id, made.outputs, { ...made.inputs, metadata }, false, made.inputs);
    await Promise.all([freed, provider.delete(CONFIG_MAP, made.id, made.outputs, made.inputs, 20)]);
  }, 30_000);

  test("a Deployment without replicas is ready; one whose pods do not come is kept with the reasons", async () => {
    const none = await create(DEPLOYMENT, deployment("none", 0));
    expect(none.outputs.status.observedGeneration).toBe(1);
    const inputs = (await provider.check(DEPLOYMENT, deployment("stuck", 1, { "pulumi.com/timeoutSeconds": "3" }))).inputs;
    const error = await provider.create(DEPLOYMENT, inputs).catch((thrown) => thrown);
    const kept = initFailureOf(error)!;
    expect(kept.getId()).toBe("default/stuck");
    const reasons = kept.getReasonsList().join("\n");
    expect(reasons).toMatch(/apps\/v1 Deployment default\/stuck is not ready: 0 of 1 pods ready .*waited 3 s/);
    expect(reasons).toMatch(/condition Available=False/);
    expect(reasons).toMatch(/pod stuck-\S+: Pending/);
    const skipped = deployment("skipped", 1, { "pulumi.com/skipAwait": "true" });
    await create(DEPLOYMENT, skipped);
  }, 60_000);

  test("A9: a Service waits for pods and its load balancer; waitFor replaces that wait", async () => {
    const service = (name: string, annotations: Props) => ({
      ...{ apiVersion: "v1", kind: "Service", metadata: { name, annotations } },
      spec: { type: "LoadBalancer", selector: { app: name }, ports: [{ port: 80 }] },
    });
    const waiting = (await provider.check(SERVICE, service("lonely", { "pulumi.com/timeoutSeconds": "1" }))).inputs;
    const error = await provider.create(SERVICE, waiting).catch((thrown) => thrown);
    expect(initFailureOf(error)!.getReasonsList()[0]).toMatch(/no ready pods behind it/);
    const waitFor = { "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0].hostname}" };
    const call = create(SERVICE, service("balanced", waitFor));
    const cloud = async () => {
      const cluster = kubectl(server.kubeconfig);
      for (let i = 0; i < 50 && !(await cluster.get("v1", "Service", "default", "balanced")); i++) await new Promise((r) => setTimeout(r, 100));
      const path = "/api/v1/namespaces/default/services/balanced/status";
      const body = { status: { loadBalancer: { ingress: [{ hostname: "lb.example" }] } } };
      await cluster.client.call({ method: "PATCH", path, body, contentType: "application/merge-patch+json" });
    };
    const [made] = await Promise.all([call, cloud()]);
    expect(made.outputs.status.loadBalancer.ingress).toEqual([{ hostname: "lb.example" }]);
    const headless = service("headless", {});
    Object.assign(headless.spec, { type: "ClusterIP", clusterIP: "None" });
    await create(SERVICE, headless);
  }, 60_000);

  test("a service account's token is there when its secret counts as made, and stays secret", async () => {
    await create("kubernetes:core/v1:ServiceAccount", { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "member" } });
    const made = await create("kubernetes:core/v1:Secret", {
      ...{ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/service-account-token" },
      metadata: { name: "member-token", annotations: { "kubernetes.io/service-account.name": "member" } },
    });
    expect(made.outputs.data.token).toBeDefined();
    expect(made.secrets).toEqual(["data"]);
  }, 60_000);

  test("a namespace is gone with everything in it when its delete returns", async () => {
    const made = await create(NAMESPACE, { apiVersion: "v1", kind: "Namespace", metadata: { name: "short" } });
    const inside = await create(CONFIG_MAP, configMap("inside", { a: "1" }, { namespace: "short" }));
    await provider.delete(NAMESPACE, made.id, made.outputs);
    expect((await provider.read(CONFIG_MAP, inside.id, inside.outputs, inside.inputs)).id).toBe("");
  }, 120_000);

  test("a Patch owns its fields alone and gives them up, the object stays", async () => {
    const made = await create(CONFIG_MAP, configMap("patched", { a: "1" }));
    const patch = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "patched" }, data: { b: "2" } };
    const token = `${CONFIG_MAP}Patch`;
    const patched = await create(token, patch);
    expect(patched.outputs.data).toEqual({ a: "1", b: "2" });
    await provider.delete(token, patched.id, patched.outputs, patched.inputs);
    expect((await provider.read(CONFIG_MAP, made.id)).outputs.data).toEqual({ a: "1" });
    expect((await provider.check(token, { ...patch, metadata: {} })).failures[0].property).toBe("metadata.name");
  });

  test("without server-side apply an object is posted, merged, and a second one of its name refused", async () => {
    const plain = await Harness.of(kubernetes(), { kubeconfig: server.kubeconfig, enableServerSideApply: "false" });
    const inputs = (await plain.check(CONFIG_MAP, configMap("client-side", { a: "1", b: "2" }))).inputs;
    const made = await plain.create(CONFIG_MAP, inputs);
    await expect(plain.create(CONFIG_MAP, inputs)).rejects.toThrow(/already exists/);
    const updated = await plain.update(CONFIG_MAP, made.id, made.outputs, { ...inputs, data: { a: "3" } }, false, inputs);
    expect(updated.outputs.data).toEqual({ a: "3" });
    plain.stop();
  });

  test("unknown metadata passes through check and preview", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const inputs = { apiVersion: "v1", kind: "ConfigMap", metadata: unknown };
    expect((await provider.check(CONFIG_MAP, inputs)).inputs).toEqual(inputs);
    expect((await provider.create(CONFIG_MAP, inputs, true)).outputs.metadata).toBe(unknown);
    const olds = configMap("x", {});
    expect((await provider.diff(CONFIG_MAP, olds, inputs)).changes).toBe("DIFF_SOME");
    expect((await provider.update(CONFIG_MAP, "default/x", olds, inputs, true)).outputs.metadata).toBe(unknown);
  });

  test("a cluster that is gone: an error, or with deleteUnreachable a state without it", async () => {
    const nowhere = server.kubeconfig.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1");
    const strict = await Harness.of(kubernetes(500), { kubeconfig: nowhere });
    const state = configMap("lost", {}, { namespace: "default" });
    await expect(strict.delete(CONFIG_MAP, "default/lost", state)).rejects.toThrow(/127\.0\.0\.1:1 cannot be reached/);
    const lenient = await Harness.of(kubernetes(500), { kubeconfig: nowhere, deleteUnreachable: "true" });
    await lenient.delete(CONFIG_MAP, "default/lost", state);
    expect((await lenient.read(CONFIG_MAP, "default/lost", state, state)).id).toBe("");
    strict.stop();
    lenient.stop();
  });
});

function kubectl(kubeconfig: string): Cluster {
  return new Cluster(readAccess({ kubeconfig }));
}
