import { unsettled } from "../../apps/settled";

const live = (apiVersion: string, kind: string, spec: object, status?: object) => ({
  apiVersion,
  kind,
  metadata: { generation: 2 },
  spec,
  status,
});
const condition = (type: string) => ({ type, status: "True", reason: "R", message: "m" });

describe("a member's object has settled", () => {
  test("a Deployment, when all replicas are of this template and available", () => {
    const of = (status?: object) => unsettled(live("apps/v1", "Deployment", { replicas: 2 }, status));
    const good = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
    expect(of(good)).toBeUndefined();
    expect(of({ ...good, updatedReplicas: 1 })).toBe("2 of 2 replicas ready");
    expect(of({ ...good, observedGeneration: 1 })).toBeDefined();
    expect(of()).toBe("0 of 2 replicas ready");
  });

  test("a StatefulSet, whose pods of before may stay where its owner says so", () => {
    const status = { observedGeneration: 2, replicas: 2, updatedReplicas: 1, availableReplicas: 2 };
    const of = (updateStrategy?: object) =>
      unsettled(live("apps/v1", "StatefulSet", { replicas: 2, updateStrategy }, status));
    expect(of()).toBe("2 of 2 replicas ready");
    expect(of({ type: "OnDelete" })).toBeUndefined();
    expect(of({ type: "RollingUpdate", rollingUpdate: { partition: 1 } })).toBeUndefined();
  });

  test("a DaemonSet, when every node that it is for has its pod", () => {
    const of = (status?: object) => unsettled(live("apps/v1", "DaemonSet", {}, status));
    const good = {
      observedGeneration: 2,
      desiredNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
    };
    expect(of(good)).toBeUndefined();
    expect(of({ ...good, numberAvailable: 2 })).toBe("2 of 3 replicas ready");
    expect(of()).toBe("0 of ? replicas ready");
  });

  test("a Job, when it is complete or suspended; a failed one tells why", () => {
    const of = (spec: object, ...conditions: object[]) =>
      unsettled(live("batch/v1", "Job", spec, { conditions }));
    expect(of({}, condition("Complete"))).toBeUndefined();
    expect(of({ suspend: true })).toBeUndefined();
    expect(of({ completions: 4 })).toBe("0 of 4 completions");
    expect(of({}, condition("Failed"))).toBe("it failed: R: m");
  });

  test("a pod, when it is ready or has done its work", () => {
    const of = (status: object) => unsettled(live("v1", "Pod", {}, status));
    expect(of({ phase: "Running", conditions: [condition("Ready")] })).toBeUndefined();
    expect(of({ phase: "Succeeded" })).toBeUndefined();
    expect(of({ phase: "Pending" })).toBe("its phase is Pending");
  });

  test("anything else, when it is there", () => {
    expect(unsettled(live("v1", "ConfigMap", {}))).toBeUndefined();
  });
});
