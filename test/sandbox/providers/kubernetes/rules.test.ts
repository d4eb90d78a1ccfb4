import { Props } from "../../../../sandbox/providers/runtime";
import { diffObjects } from "../../../../sandbox/providers/kubernetes/immutable";
import { evaluate, parseJsonPath } from "../../../../sandbox/providers/kubernetes/jsonpath";
import { accessOf } from "../../../../sandbox/providers/kubernetes/kubeconfig";
import { kindOfToken } from "../../../../sandbox/providers/kubernetes/objects";
import { diffConfig } from "../../../../sandbox/providers/kubernetes/provider";
import { ruleOf, Surroundings } from "../../../../sandbox/providers/kubernetes/readiness";
import { mergePatch } from "../../../../sandbox/providers/kubernetes/resource";
import { parseWaitFor } from "../../../../sandbox/providers/kubernetes/wait-for";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("what replaces", () => {
  const strict = { secrets: false, configMaps: false };
  const diff = (object: Props, change: Props, mutable = strict, state: Props = object) => diffObjects(object, { ...object, ...change }, state, mutable);
  const named = (apiVersion: string, kind: string, rest: Props): Props => ({ apiVersion, kind, metadata: { name: "x" }, ...rest });

  test.each<[string, Props, Props, string[]]>([
    ["another name", named("v1", "Service", {}), { metadata: { name: "y" } }, ["metadata.name"]],
    ["a Deployment's selector", named("apps/v1", "Deployment", { spec: { selector: { matchLabels: { a: "1" } } } }), { spec: { selector: { matchLabels: { a: "2" } } } }, ["spec.selector.matchLabels.a"]],
    ["a DaemonSet's template does not", named("apps/v1", "DaemonSet", { spec: { template: 1 } }), { spec: { template: 2 } }, []],
    ["a StatefulSet's service", named("apps/v1", "StatefulSet", { spec: { serviceName: "a", replicas: 1 } }), { spec: { serviceName: "b", replicas: 2 } }, ["spec.serviceName"]],
    ["a Job's template", named("batch/v1", "Job", { spec: { template: { a: 1 } } }), { spec: { template: { a: 2 } } }, ["spec.template.a"]],
    ["a Service's cluster IP", named("v1", "Service", { spec: { clusterIP: "None", ports: 1 } }), { spec: { ports: 1 } }, ["spec.clusterIP"]],
    ["a binding's role", named("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "a" } }), { roleRef: { name: "b" } }, ["roleRef.name"]],
    ["a Secret's data", named("v1", "Secret", { data: { a: "1" } }), { data: { a: "2" } }, ["data.a"]],
    ["a ConfigMap's data", named("v1", "ConfigMap", { data: { a: "1" } }), { data: { a: "2" } }, ["data.a"]],
    ["a custom object's anything does not", named("x.io/v1", "Thing", { spec: { a: 1 } }), { spec: { a: 2 } }, []],
    ["a Pod's image", named("v1", "Pod", { spec: { containers: [{ image: "a" }] } }), { spec: { containers: [{ image: "b" }] } }, ["spec.containers[0].image"]],
  ])("%s", (_title, object, change, expected) => expect(diff(object, change).replaces).toEqual(expected));

  test("Secrets and ConfigMaps change in place where the provider allows it, unless immutable", () => {
    const mutable = { secrets: true, configMaps: true };
    const secret = named("v1", "Secret", { data: { a: "1" } });
    expect(diff(secret, { data: { a: "2" } }, mutable)).toMatchObject({ changed: ["data.a"], replaces: [] });
    expect(diff({ ...secret, immutable: true }, { data: { a: "2" } }, mutable).replaces).toEqual(["data.a"]);
    expect(diff(named("v1", "ConfigMap", { data: { a: "1" } }), { data: { a: "2" } }, mutable).replaces).toEqual([]);
  });

  test("the old one goes first only where the new one needs its name", () => {
    const service = named("v1", "Service", { spec: { clusterIP: "None" } });
    expect(diff(service, { spec: {} }).deleteBeforeReplace).toBe(true);
    expect(diff(service, { metadata: { name: "y" } }).deleteBeforeReplace).toBe(false);
    const auto = { ...service, metadata: { name: "x-1", annotations: { "pulumi.com/autonamed": "true" } } };
    expect(diff(auto, { spec: {} }).deleteBeforeReplace).toBe(false);
  });

  test("a namespace that was filled in is no change, another one replaces", () => {
    const object = named("x.io/v1", "Thing", {});
    const state = { metadata: { name: "x", namespace: "default" } };
    expect(diff(object, { metadata: { name: "x", namespace: "default" } }, strict, state).changed).toEqual([]);
    expect(diff(object, { metadata: { name: "x", namespace: "web" } }, strict, state).replaces).toEqual(["metadata.namespace"]);
    const inWeb = named("x.io/v1", "Thing", { metadata: { name: "x", namespace: "web" } });
    expect(diff(inWeb, { metadata: { name: "x" } }).replaces).toEqual(["metadata.namespace"]);
    expect(diff(named("x.io/v1", "Wide", {}), {}, strict, named("x.io/v1", "Wide", {})).changed).toEqual([]);
  });
});

describe("a changed provider", () => {
  const kubeconfig = (server: string, token: string) =>
    JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
      ...{ clusters: [{ name: "k", cluster: { server } }], users: [{ name: "u", user: { token } }] },
    });

  test("finding 3: with an unchanged clusterIdentifier nothing is replaced, whatever the kubeconfig", () => {
    const id = { clusterIdentifier: "dev/us-west/1" };
    const olds = { ...id, kubeconfig: kubeconfig("https://a", "1") };
    expect(diffConfig(olds, { ...id, kubeconfig: kubeconfig("https://b", "2") })).toEqual({ changed: ["kubeconfig"], replaces: [] });
    expect(diffConfig(olds, { ...id, kubeconfig: UNKNOWN }).replaces).toEqual([]);
    expect(diffConfig(olds, { ...olds, clusterIdentifier: "dev/us-west/2" }).replaces).toEqual(["clusterIdentifier"]);
  });

  test("without one, another cluster or an unknown kubeconfig replaces, another token does not", () => {
    const olds = { kubeconfig: kubeconfig("https://a", "1") };
    expect(diffConfig(olds, { kubeconfig: kubeconfig("https://a", "2") }).replaces).toEqual([]);
    expect(diffConfig(olds, { kubeconfig: kubeconfig("https://b", "1") }).replaces).toEqual(["kubeconfig"]);
    expect(diffConfig(olds, { kubeconfig: UNKNOWN }).replaces).toEqual(["kubeconfig"]);
    expect(diffConfig(olds, { ...olds, deleteUnreachable: "true" }).replaces).toEqual([]);
  });
});

describe("kubeconfigs", () => {
  const base = (user: Props, cluster: Props = {}) => ({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "k", user: "u", namespace: "web" } }],
    ...{ clusters: [{ name: "k", cluster: { server: "https://h:6443/", ...cluster } }], users: [{ name: "u", user }] },
  });

  test("C1: token, basic and certificate credentials, server name, namespace", () => {
    expect(accessOf(base({ token: "t" }), {}, "/")).toMatchObject({ server: "https://h:6443", token: "t", namespace: "web", insecure: false });
    expect(accessOf(base({ username: "a", password: "b" }), { namespace: "n" }, "/")).toMatchObject({ basic: { user: "a", password: "b" }, namespace: "n" });
    const data = Buffer.from("pem").toString("base64");
    const full = base({ "client-certificate-data": data, "client-key-data": data }, { "certificate-authority-data": data, "tls-server-name": "s" });
    expect(accessOf(full, {}, "/")).toMatchObject({ ca: "pem", certificate: "pem", key: "pem", serverName: "s" });
  });

  test("what cannot be used is refused with what is there", () => {
    expect(() => accessOf(base({ exec: {} }), {}, "/")).toThrow(/user u: exec and auth-provider credentials are not supported/);
    expect(() => accessOf(base({}), { context: "other" }, "/")).toThrow(/no context named other; it has: c/);
    expect(() => accessOf(null, {}, "/")).toThrow(/neither YAML nor the path/);
  });
});

describe("JSONPath and waitFor", () => {
  const live = { status: { ip: "10.0.0.1", list: [{ type: "A", v: 1 }, { type: "Ready", v: 2 }], conditions: [{ type: "Ready", status: "False", message: "wait" }] }, "a.b": { c: true } };

  test.each<[string, unknown[]]>([
    ["{.status.ip}", ["10.0.0.1"]],
    [".status.list[0].v", [1]],
    ["{.status.list[-1].v}", [2]],
    ["{$.status.list[*].v}", [1, 2]],
    ['{.status.list[?(@.type=="Ready")].v}', [2]],
    ["{['a.b'].c}", [true]],
    ["{.a\\.b.c}", [true]],
    ["{.nothing.there[0]}", []],
  ])("%s", (path, found) => expect(evaluate(parseJsonPath(path), live)).toEqual(found));

  test("an unreadable path says where it breaks", () => {
    expect(() => parseJsonPath("{.a[?(@.x>1)]}")).toThrow(/from "\[\?/);
  });

  test.each<[string, string | undefined]>([
    ["jsonpath={.status.ip}", undefined],
    ["jsonpath={.status.ip}=10.0.0.1", undefined],
    ["jsonpath={.status.ip}=10.0.0.2", '{.status.ip} is "10.0.0.1", not 10.0.0.2'],
    ["jsonpath={.status.host}", "{.status.host} is not there"],
    ["condition=Ready=false", undefined],
    ["condition=Ready", "condition Ready is False, not True: wait"],
    ["condition=Other", "condition Other is not there, not True"],
    ['["jsonpath={.status.ip}", "condition=Ready"]', "condition Ready is False, not True: wait"],
  ])("%s", (text, missing) => expect(parseWaitFor(text)(live)).toBe(missing));

  test("anything else is refused", () => {
    expect(() => parseWaitFor("ready")).toThrow(/expected "jsonpath=…" or "condition=…"/);
    expect(() => parseWaitFor("[]")).toThrow(/at least one/);
  });
});

describe("readiness", () => {
  const around = (slices: Props[] = [], storageClass?: Props): Surroundings => ({ list: async () => slices, get: async () => storageClass });
  const verdict = async (object: Props, surroundings = around()) => (await ruleOf(object)!.check(object, surroundings)).state;
  const workload = (kind: string, status: Props, spec: Props = { replicas: 2 }, generation = 2): Props => ({
    ...{ apiVersion: "apps/v1", kind, metadata: { name: "x", generation }, spec, status: { observedGeneration: 2, ...status } },
  });
  const good = [{ type: "Available", status: "True" }, { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" }];

  test.each<[string, Props, string]>([
    ["a Deployment in full", workload("Deployment", { updatedReplicas: 2, readyReplicas: 2, conditions: good }), "ready"],
    ["one whose change was not seen", workload("Deployment", { updatedReplicas: 2, readyReplicas: 2, conditions: good }, { replicas: 2 }, 3), "waiting"],
    ["one that rolls", workload("Deployment", { updatedReplicas: 1, readyReplicas: 2, conditions: good }), "waiting"],
    ["one with no conditions, as at Karmada", workload("Deployment", { updatedReplicas: 2, readyReplicas: 2 }), "waiting"],
    ["a StatefulSet in full", workload("StatefulSet", { readyReplicas: 2, currentRevision: "a", updateRevision: "a" }), "ready"],
    ["one that rolls its pods", workload("StatefulSet", { readyReplicas: 2, currentRevision: "a", updateRevision: "b" }), "waiting"],
    ["a DaemonSet in full", workload("DaemonSet", { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 3 }, {}), "ready"],
    ["one that lacks a pod", workload("DaemonSet", { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 2 }, {}), "waiting"],
    ["a Job that failed", { apiVersion: "batch/v1", kind: "Job", spec: {}, status: { conditions: [{ type: "Failed", status: "True" }] } }, "failed"],
    ["a Job that is done", { apiVersion: "batch/v1", kind: "Job", spec: {}, status: { conditions: [{ type: "Complete", status: "True" }] } }, "ready"],
    ["a Pod that ended well", { apiVersion: "v1", kind: "Pod", status: { phase: "Succeeded" } }, "ready"],
    ["a bound claim", { apiVersion: "v1", kind: "PersistentVolumeClaim", spec: {}, status: { phase: "Bound" } }, "ready"],
    ["a free volume", { apiVersion: "v1", kind: "PersistentVolume", spec: {}, status: { phase: "Available" } }, "ready"],
    ["a token secret without its token", { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/service-account-token" }, "waiting"],
    ["any other secret", { apiVersion: "v1", kind: "Secret", type: "Opaque" }, "ready"],
  ])("%s: %#", async (_title, object, expected) => expect(await verdict(object)).toBe(expected));

  test("a Service needs ready endpoints unless it has none to select, and a LoadBalancer its address", async () => {
    const service = (spec: Props, status: Props = {}): Props => ({ apiVersion: "v1", kind: "Service", metadata: { name: "s" }, spec, status });
    const slice = { endpoints: [{ conditions: { ready: true } }] };
    const selector = { app: "a" };
    expect(await verdict(service({ selector }))).toBe("waiting");
    expect(await verdict(service({ selector }), around([slice]))).toBe("ready");
    expect(await verdict(service({ selector }), around([{ endpoints: [{ conditions: { ready: false } }] }]))).toBe("waiting");
    expect(await verdict(service({ selector, clusterIP: "None" }))).toBe("ready");
    expect(await verdict(service({}))).toBe("ready");
    expect(await verdict(service({ type: "ExternalName", selector }))).toBe("ready");
    expect(await verdict(service({ type: "LoadBalancer", selector }), around([slice]))).toBe("waiting");
    const ingress = { loadBalancer: { ingress: [{ hostname: "h" }] } };
    expect(await verdict(service({ type: "LoadBalancer", selector }, ingress), around([slice]))).toBe("ready");
  });

  test("a claim that waits for its first pod counts as ready", async () => {
    const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", spec: { storageClassName: "c" }, status: { phase: "Pending" } };
    expect(await verdict(claim, around([], { volumeBindingMode: "WaitForFirstConsumer" }))).toBe("ready");
    expect(await verdict(claim, around([], { volumeBindingMode: "Immediate" }))).toBe("waiting");
  });
});

test("tokens name group, version and kind", () => {
  expect(kindOfToken("kubernetes:core/v1:Service")).toEqual({ apiVersion: "v1", kind: "Service", patch: false });
  expect(kindOfToken("kubernetes:apps/v1:DeploymentPatch")).toEqual({ apiVersion: "apps/v1", kind: "Deployment", patch: true });
  expect(kindOfToken("kubernetes:policy.karmada.io/v1alpha1:PropagationPolicy").apiVersion).toBe("policy.karmada.io/v1alpha1");
});

test("a merge patch takes away what vanished", () => {
  expect(mergePatch({ a: 1, b: { c: 1, d: 2 } }, { b: { c: 3 }, e: [1] })).toEqual({ a: null, b: { c: 3, d: null }, e: [1] });
});
