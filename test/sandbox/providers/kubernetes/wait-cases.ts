/** What the provider waits for. */

import { Cluster } from "../../../../sandbox/providers/kubernetes/cluster";
import { readAccess } from "../../../../sandbox/providers/kubernetes/kubeconfig";
import { initFailureOf } from "../runtime/harness";
import { Bench, CONFIG_MAP, DEPLOYMENT, SERVICE, NAMESPACE, configMap, deployment, service } from "./bench";

export function waitCases(bench: Bench): void {
  test("D9: a delete waits for finalizers and names them when time is up", async () => {
    const made = await bench.create(CONFIG_MAP, configMap("held", {}, { finalizers: ["example.com/hold"] }));
    await expect(bench.provider.delete(CONFIG_MAP, made.id, made.outputs, made.inputs, 1)).rejects.toThrow(
      /ConfigMap default\/held still exists after 1 s \(finalizers left: foregroundDeletion, example\.com\/hold|example\.com\/hold/,
    );
    const { finalizers: _, ...metadata } = made.inputs.metadata;
    const freed = bench.provider.update(
      CONFIG_MAP,
      made.id,
      made.outputs,
      { ...made.inputs, metadata },
      false,
      made.inputs,
    );
    await Promise.all([freed, bench.provider.delete(CONFIG_MAP, made.id, made.outputs, made.inputs, 20)]);
  });

  test("a Deployment without replicas is ready; one whose pods do not come is kept with the reasons", async () => {
    const none = await bench.create(DEPLOYMENT, deployment("none", 0));
    expect(none.outputs.status.observedGeneration).toBe(1);
    const inputs = (
      await bench.provider.check(DEPLOYMENT, deployment("stuck", 1, { "pulumi.com/timeoutSeconds": "3" }))
    ).inputs;
    const error = await bench.provider.create(DEPLOYMENT, inputs).catch((thrown) => thrown);
    const kept = initFailureOf(error)!;
    expect(kept.getId()).toBe("default/stuck");
    const reasons = kept.getReasonsList().join("\n");
    expect(reasons).toMatch(
      /apps\/v1 Deployment default\/stuck is not ready: 0 of 1 pods ready .*waited 3 s/,
    );
    expect(reasons).toMatch(/condition Available=False/);
    expect(reasons).toMatch(/pod stuck-\S+: Pending/);
    const skipped = deployment("skipped", 1, { "pulumi.com/skipAwait": "true" });
    await bench.create(DEPLOYMENT, skipped);
  });

  test("A9: a Service waits for pods and its load balancer; waitFor replaces that wait", async () => {
    const waiting = (
      await bench.provider.check(SERVICE, service("lonely", { "pulumi.com/timeoutSeconds": "1" }))
    ).inputs;
    const error = await bench.provider.create(SERVICE, waiting).catch((thrown) => thrown);
    expect(initFailureOf(error)!.getReasonsList()[0]).toMatch(/no ready pods behind it/);
    const waitFor = { "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0].hostname}" };
    const call = bench.create(SERVICE, service("balanced", waitFor));
    const cloud = async () => {
      const cluster = new Cluster(readAccess({ kubeconfig: bench.server.kubeconfig }));
      for (let i = 0; i < 50 && !(await cluster.get("v1", "Service", "default", "balanced")); i++)
        await new Promise((r) => setTimeout(r, 100));
      const path = "/api/v1/namespaces/default/services/balanced/status";
      const body = { status: { loadBalancer: { ingress: [{ hostname: "lb.example" }] } } };
      await cluster.client.call({ method: "PATCH", path, body, contentType: "application/merge-patch+json" });
    };
    const [made] = await Promise.all([call, cloud()]);
    expect(made.outputs.status.loadBalancer.ingress).toEqual([{ hostname: "lb.example" }]);
    const headless = service("headless", {});
    Object.assign(headless.spec, { type: "ClusterIP", clusterIP: "None" });
    await bench.create(SERVICE, headless);
  });

  test("a service account's token is there when its secret counts as made, and stays secret", async () => {
    await bench.create("kubernetes:core/v1:ServiceAccount", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "member" },
    });
    const made = await bench.create("kubernetes:core/v1:Secret", {
      ...{ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/service-account-token" },
      metadata: { name: "member-token", annotations: { "kubernetes.io/service-account.name": "member" } },
    });
    expect(made.outputs.data.token).toBeDefined();
    expect(made.secrets).toEqual(["data"]);
  });

  test("a namespace is gone with everything in it when its delete returns", async () => {
    const made = await bench.create(NAMESPACE, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "short" },
    });
    const inside = await bench.create(CONFIG_MAP, configMap("inside", { a: "1" }, { namespace: "short" }));
    await bench.provider.delete(NAMESPACE, made.id, made.outputs);
    expect((await bench.provider.read(CONFIG_MAP, inside.id, inside.outputs, inside.inputs)).id).toBe("");
  });
}
