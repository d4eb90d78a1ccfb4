import { Props } from "../../../../sandbox/providers/runtime";
import { ruleOf, Surroundings } from "../../../../sandbox/providers/kubernetes/readiness";

describe("readiness", () => {
  const around = (slices: Props[] = [], storageClass?: Props): Surroundings => ({
    list: async () => slices,
    get: async () => storageClass,
  });
  const verdict = async (object: Props, surroundings = around()) =>
    (await ruleOf(object)!.check(object, surroundings)).state;
  const workload = (kind: string, status: Props, spec: Props = { replicas: 2 }, generation = 2): Props => ({
    ...{
      apiVersion: "apps/v1",
      kind,
      metadata: { name: "x", generation },
      spec,
      status: { observedGeneration: 2, ...status },
    },
  });
  const good = [
    { type: "Available", status: "True" },
    { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
  ];

  test.each<[string, Props, string]>([
    [
      "a Deployment in full",
      workload("Deployment", { updatedReplicas: 2, readyReplicas: 2, conditions: good }),
      "ready",
    ],
    [
      "one whose change was not seen",
      workload("Deployment", { updatedReplicas: 2, readyReplicas: 2, conditions: good }, { replicas: 2 }, 3),
      "waiting",
    ],
    [
      "one that rolls",
      workload("Deployment", { updatedReplicas: 1, readyReplicas: 2, conditions: good }),
      "waiting",
    ],
    [
      "one with no conditions, as at Karmada",
      workload("Deployment", { updatedReplicas: 2, readyReplicas: 2 }),
      "waiting",
    ],
    [
      "a StatefulSet in full",
      workload("StatefulSet", { readyReplicas: 2, currentRevision: "a", updateRevision: "a" }),
      "ready",
    ],
    [
      "one that rolls its pods",
      workload("StatefulSet", { readyReplicas: 2, currentRevision: "a", updateRevision: "b" }),
      "waiting",
    ],
    [
      "a DaemonSet in full",
      workload("DaemonSet", { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 3 }, {}),
      "ready",
    ],
    [
      "one that lacks a pod",
      workload("DaemonSet", { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 2 }, {}),
      "waiting",
    ],
    [
      "a Job that failed",
      {
        apiVersion: "batch/v1",
        kind: "Job",
        spec: {},
        status: { conditions: [{ type: "Failed", status: "True" }] },
      },
      "failed",
    ],
    [
      "a Job that is done",
      {
        apiVersion: "batch/v1",
        kind: "Job",
        spec: {},
        status: { conditions: [{ type: "Complete", status: "True" }] },
      },
      "ready",
    ],
    ["a Pod that ended well", { apiVersion: "v1", kind: "Pod", status: { phase: "Succeeded" } }, "ready"],
    [
      "a bound claim",
      { apiVersion: "v1", kind: "PersistentVolumeClaim", spec: {}, status: { phase: "Bound" } },
      "ready",
    ],
    [
      "a free volume",
      { apiVersion: "v1", kind: "PersistentVolume", spec: {}, status: { phase: "Available" } },
      "ready",
    ],
    [
      "a token secret without its token",
      { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/service-account-token" },
      "waiting",
    ],
    ["any other secret", { apiVersion: "v1", kind: "Secret", type: "Opaque" }, "ready"],
  ])("%s: %#", async (_title, object, expected) => expect(await verdict(object)).toBe(expected));

  test("a Service needs ready endpoints unless it has none to select, and a LoadBalancer its address", async () => {
    const service = (spec: Props, status: Props = {}): Props => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "s" },
      spec,
      status,
    });
    const slice = { endpoints: [{ conditions: { ready: true } }] };
    const selector = { app: "a" };
    expect(await verdict(service({ selector }))).toBe("waiting");
    expect(await verdict(service({ selector }), around([slice]))).toBe("ready");
    expect(
      await verdict(service({ selector }), around([{ endpoints: [{ conditions: { ready: false } }] }])),
    ).toBe("waiting");
    expect(await verdict(service({ selector, clusterIP: "None" }))).toBe("ready");
    expect(await verdict(service({}))).toBe("ready");
    expect(await verdict(service({ type: "ExternalName", selector }))).toBe("ready");
    expect(await verdict(service({ type: "LoadBalancer", selector }), around([slice]))).toBe("waiting");
    const ingress = { loadBalancer: { ingress: [{ hostname: "h" }] } };
    expect(await verdict(service({ type: "LoadBalancer", selector }, ingress), around([slice]))).toBe(
      "ready",
    );
  });

  test("a claim that waits for its first pod counts as ready", async () => {
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      spec: { storageClassName: "c" },
      status: { phase: "Pending" },
    };
    expect(await verdict(claim, around([], { volumeBindingMode: "WaitForFirstConsumer" }))).toBe("ready");
    expect(await verdict(claim, around([], { volumeBindingMode: "Immediate" }))).toBe("waiting");
  });
});
