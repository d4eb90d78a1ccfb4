import { Props } from "../../../../sandbox/providers/runtime";
import { diffObjects } from "../../../../sandbox/providers/kubernetes/immutable";

describe("what replaces", () => {
  const strict = { secrets: false, configMaps: false };
  const diff = (object: Props, change: Props, mutable = strict, state: Props = object) =>
    diffObjects(object, { ...object, ...change }, state, mutable);
  const named = (apiVersion: string, kind: string, rest: Props): Props => ({
    apiVersion,
    kind,
    metadata: { name: "x" },
    ...rest,
  });

  test.each<[string, Props, Props, string[]]>([
    ["another name", named("v1", "Service", {}), { metadata: { name: "y" } }, ["metadata.name"]],
    [
      "a Deployment's selector",
      named("apps/v1", "Deployment", { spec: { selector: { matchLabels: { a: "1" } } } }),
      { spec: { selector: { matchLabels: { a: "2" } } } },
      ["spec.selector.matchLabels.a"],
    ],
    [
      "a DaemonSet's template does not",
      named("apps/v1", "DaemonSet", { spec: { template: 1 } }),
      { spec: { template: 2 } },
      [],
    ],
    [
      "a StatefulSet's service",
      named("apps/v1", "StatefulSet", { spec: { serviceName: "a", replicas: 1 } }),
      { spec: { serviceName: "b", replicas: 2 } },
      ["spec.serviceName"],
    ],
    [
      "a Job's template",
      named("batch/v1", "Job", { spec: { template: { a: 1 } } }),
      { spec: { template: { a: 2 } } },
      ["spec.template.a"],
    ],
    [
      "a Service's cluster IP",
      named("v1", "Service", { spec: { clusterIP: "None", ports: 1 } }),
      { spec: { ports: 1 } },
      ["spec.clusterIP"],
    ],
    [
      "a binding's role",
      named("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "a" } }),
      { roleRef: { name: "b" } },
      ["roleRef.name"],
    ],
    ["a Secret's data", named("v1", "Secret", { data: { a: "1" } }), { data: { a: "2" } }, ["data.a"]],
    ["a ConfigMap's data", named("v1", "ConfigMap", { data: { a: "1" } }), { data: { a: "2" } }, ["data.a"]],
    [
      "a custom object's anything does not",
      named("x.io/v1", "Thing", { spec: { a: 1 } }),
      { spec: { a: 2 } },
      [],
    ],
    [
      "a Pod's image",
      named("v1", "Pod", { spec: { containers: [{ image: "a" }] } }),
      { spec: { containers: [{ image: "b" }] } },
      ["spec.containers[0].image"],
    ],
  ])("%s", (_title, object, change, expected) => expect(diff(object, change).replaces).toEqual(expected));

  test("Secrets and ConfigMaps change in place where the provider allows it, unless immutable", () => {
    const mutable = { secrets: true, configMaps: true };
    const secret = named("v1", "Secret", { data: { a: "1" } });
    expect(diff(secret, { data: { a: "2" } }, mutable)).toMatchObject({ changed: ["data.a"], replaces: [] });
    expect(diff({ ...secret, immutable: true }, { data: { a: "2" } }, mutable).replaces).toEqual(["data.a"]);
    expect(
      diff(named("v1", "ConfigMap", { data: { a: "1" } }), { data: { a: "2" } }, mutable).replaces,
    ).toEqual([]);
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
    expect(diff(object, { metadata: { name: "x", namespace: "default" } }, strict, state).changed).toEqual(
      [],
    );
    expect(diff(object, { metadata: { name: "x", namespace: "web" } }, strict, state).replaces).toEqual([
      "metadata.namespace",
    ]);
    const inWeb = named("x.io/v1", "Thing", { metadata: { name: "x", namespace: "web" } });
    expect(diff(inWeb, { metadata: { name: "x" } }).replaces).toEqual(["metadata.namespace"]);
    expect(diff(named("x.io/v1", "Wide", {}), {}, strict, named("x.io/v1", "Wide", {})).changed).toEqual([]);
  });
});
