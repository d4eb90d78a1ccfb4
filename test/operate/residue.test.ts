import { residueOfFederation, residueOfMember } from "../../operate/residue";
import type { ApiCall } from "../../regions/api-client";

const object = (name: string, namespace?: string) => ({
  metadata: { name, ...(namespace && { namespace }) },
});
const kind = (name: string, one: string, verbs = ["get", "list"]) => ({ name, kind: one, verbs });

/** A cluster's answers by path; 404 for any other. */
const cluster =
  (answers: Record<string, object>): ApiCall =>
  async (path) =>
    path in answers ? { status: 200, body: answers[path] } : { status: 404, body: {} };

const managed = "?labelSelector=karmada.io%2Fmanaged%3Dtrue";
const rbac = "/apis/rbac.authorization.k8s.io/v1";
const discovery = {
  "/apis": {
    groups: [
      { preferredVersion: { groupVersion: "apps/v1" } },
      { preferredVersion: { groupVersion: "gone/v1" } },
    ],
  },
  "/api/v1": {
    resources: [
      kind("services", "Service"),
      kind("bindings", "Binding", ["create"]),
      kind("pods/log", "Pod"),
    ],
  },
  "/apis/apps/v1": { resources: [kind("deployments", "Deployment")] },
};

describe("what a federation left in a cluster", () => {
  test("D7: objects of Karmada's making of any kind, its roles, and the namespace of its access", async () => {
    const call = cluster({
      ...discovery,
      [`/api/v1/services${managed}`]: { items: [object("nginx", "web")] },
      [`/apis/apps/v1/deployments${managed}`]: { items: [object("nginx", "web")] },
      "/api/v1/namespaces": { items: [object("default"), object("karmada-cluster")] },
      [`${rbac}/clusterroles`]: { items: [object("view"), object("karmada-impersonator")] },
      [`${rbac}/clusterrolebindings`]: { items: [object("karmada-controller-manager:karmada-munich")] },
    });
    expect(await residueOfMember(call)).toEqual([
      "clusterrole/karmada-impersonator",
      "clusterrolebinding/karmada-controller-manager:karmada-munich",
      "deployment/web/nginx",
      "namespace/karmada-cluster",
      "service/web/nginx",
    ]);
  });

  test("D7: nothing in a cluster that was never a member", async () => {
    const call = cluster({ ...discovery, "/api/v1/namespaces": { items: [object("default")] } });
    expect(await residueOfMember(call)).toEqual([]);
  });

  test("credentials that may not list are an error, not an empty list", async () => {
    const call: ApiCall = async (path) =>
      path in discovery ? { status: 200, body: discovery[path as "/apis"] } : { status: 403, body: {} };
    await expect(residueOfMember(call)).rejects.toThrow(/answers 403: may these credentials list everything/);
  });
});

describe("what members left at a federation", () => {
  test("D7: execution namespaces and Secrets of no Cluster that is there", async () => {
    const call = cluster({
      "/apis/cluster.karmada.io/v1alpha1/clusters": { items: [object("us-west")] },
      "/api/v1/namespaces": {
        items: ["default", "karmada-es-us-west", "karmada-es-us-east"].map((name) => object(name)),
      },
      "/api/v1/namespaces/karmada-cluster/secrets": {
        items: ["us-west", "us-west-impersonator", "us-east-impersonator"].map((name) =>
          object(name, "karmada-cluster"),
        ),
      },
    });
    expect(await residueOfFederation(call)).toEqual([
      "namespace/karmada-es-us-east",
      "secret/karmada-cluster/us-east-impersonator",
    ]);
  });
});
