/** Why a member's live object does not do yet what it is for; undefined when it does, or when its kind does nothing. */
export function unsettled(live: any): string | undefined {
  return rules[`${live.apiVersion} ${live.kind}`]?.(live);
}

const rules: Readonly<Record<string, (live: any) => string | undefined>> = {
  "apps/v1 Deployment": (live) =>
    replicas(live, live.spec.replicas ?? 1, ["replicas", "updatedReplicas", "availableReplicas"]),
  "apps/v1 StatefulSet": (live) => {
    // With these nobody but its owner decides when its pods are made anew.
    const { type = "RollingUpdate", rollingUpdate } = live.spec.updateStrategy ?? {};
    const rolls = type === "RollingUpdate" && !rollingUpdate?.partition;
    const has = rolls
      ? ["replicas", "updatedReplicas", "availableReplicas"]
      : ["replicas", "availableReplicas"];
    return replicas(live, live.spec.replicas ?? 1, has);
  },
  "apps/v1 ReplicaSet": (live) => replicas(live, live.spec.replicas ?? 1, ["replicas", "availableReplicas"]),
  "apps/v1 DaemonSet": (live) => {
    const { desiredNumberScheduled: wanted } = live.status ?? {};
    const rolls = live.spec.updateStrategy?.type !== "OnDelete";
    return replicas(live, wanted, [...(rolls ? ["updatedNumberScheduled"] : []), "numberAvailable"]);
  },
  "batch/v1 Job": (live) => {
    const has = (type: string) =>
      (live.status?.conditions ?? []).find((each: any) => each.type === type && each.status === "True");
    const failed = has("Failed");
    if (failed) return `it failed: ${failed.reason}: ${failed.message}`;
    if (live.spec.suspend || has("Complete")) return undefined;
    return `${live.status?.succeeded ?? 0} of ${live.spec.completions ?? 1} completions`;
  },
  "v1 Pod": (live) => {
    const { phase = "unknown", conditions = [] } = live.status ?? {};
    if (phase === "Succeeded") return undefined;
    if (conditions.some((each: any) => each.type === "Ready" && each.status === "True")) return undefined;
    return `its phase is ${phase}`;
  },
};

/** The numbers of a status that have to be what is wanted, the last one of them the pods that are ready. */
function replicas(live: any, wanted: number | undefined, keys: readonly string[]): string | undefined {
  const has = live.status ?? {};
  const seen = (has.observedGeneration ?? 0) >= live.metadata.generation;
  if (seen && wanted !== undefined && keys.every((key) => (has[key] ?? 0) === wanted)) return undefined;
  return `${has[keys[keys.length - 1]] ?? 0} of ${wanted ?? "?"} replicas ready`;
}
