import { pathOf } from "../../apps/manifest";
import { readManifests } from "../../apps/manifests";

const read = (text: string, namespace = "web") => readManifests([{ path: "a.yaml", text }], namespace);
const one = (kind: string, more = "", apiVersion = "v1") =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: x${more} } }`;

describe("manifests", () => {
  test("D4: kinds of every group are known with their paths, in the app's namespace or in none", () => {
    const { resources, faults } = read(
      [
        one("ConfigMap"),
        one("StatefulSet", "", "apps/v1"),
        one("CronJob", "", "batch/v1"),
        one("Ingress", "", "networking.k8s.io/v1"),
        one("NetworkPolicy", "", "networking.k8s.io/v1"),
        one("ResourceQuota", ", namespace: web"),
        one("ClusterRole", "", "rbac.authorization.k8s.io/v1"),
      ].join("\n---\n"),
    );
    expect(faults).toEqual([]);
    expect(resources.map(pathOf)).toEqual([
      "/api/v1/namespaces/web/configmaps/x",
      "/apis/apps/v1/namespaces/web/statefulsets/x",
      "/apis/batch/v1/namespaces/web/cronjobs/x",
      "/apis/networking.k8s.io/v1/namespaces/web/ingresses/x",
      "/apis/networking.k8s.io/v1/namespaces/web/networkpolicies/x",
      "/api/v1/namespaces/web/resourcequotas/x",
      "/apis/rbac.authorization.k8s.io/v1/clusterroles/x",
    ]);
  });

  test("D4: own kinds are known by their definition, wherever it stands", () => {
    const { resources, faults } = read(`
${one("Thing", "", "example.com/v1")}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.com }
spec: { group: example.com, scope: Cluster, names: { kind: Thing, plural: things }, versions: [{ name: v1, served: true }] }`);
    expect(faults).toEqual([]);
    expect(pathOf(resources[0])).toBe("/apis/example.com/v1/things/x");
  });

  test("lists are taken apart, and documents of nothing are none", () => {
    const { resources, faults } = read(
      `---\n# nothing\n---\n{ kind: List, items: [${one("Secret")}, ${one("ConfigMap")}] }\n---\n`,
    );
    expect(faults).toEqual([]);
    expect(resources.map(({ object }) => object.kind)).toEqual(["Secret", "ConfigMap"]);
  });

  test("everything that is wrong is told at once, with file, document and object", () => {
    const { faults } = read(
      [
        "a: [",
        "{ kind: ConfigMap, metadata: {} }",
        "just text",
        one("ConfigMap", ", namespace: other"),
        one("Thing", "", "example.com/v1"),
        one("Namespace"),
        one("ConfigMap"),
        one("ConfigMap"),
        one("ValidatingWebhookConfiguration", "", "admissionregistration.k8s.io/v1"),
      ].join("\n---\n"),
    );
    expect(faults.map(({ where, remedy }) => `${where}: ${remedy}`)).toEqual([
      expect.stringMatching(/^a\.yaml#1: is no YAML: /),
      "a.yaml#2: is no Kubernetes object: it has no apiVersion, metadata.name",
      "a.yaml#3: is no Kubernetes object: it has no apiVersion, kind, metadata.name",
      expect.stringMatching(/^a\.yaml#4 ConfigMap\/x: is in namespace other, the app in web/),
      expect.stringMatching(/^a\.yaml#5 Thing\/x: example\.com\/v1 has no Thing: add its Custom/),
      expect.stringMatching(/^a\.yaml#6 Namespace\/x: is made at every member/),
      "a.yaml#8 ConfigMap/x: is the same object as a.yaml#7 ConfigMap/x: leave one out",
      expect.stringMatching(/^a\.yaml#9 .*: would be asked of every write to the federation/),
    ]);
  });
});
