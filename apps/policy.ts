import { overrideRules, OWNED, Part } from "./part";

const apiVersion = "policy.karmada.io/v1alpha1";

/** A member that does not answer keeps its share: leaving it out would push its replicas beyond the others' maxima. */
const keepUnreachable = ["not-ready", "unreachable"].map((state) => ({
  key: `cluster.karmada.io/${state}`,
  operator: "Exists",
  effect: "NoSchedule",
}));

/** Nothing moves before the object is written; what members have already is taken over only where that is asked for. */
function lazily({ adopt, keep }: Part) {
  return {
    activationPreference: "Lazy",
    ...(adopt && { conflictResolution: "Overwrite" }),
    // Karmada takes its marks off the member's copy then, and leaves it.
    ...(keep && { preserveResourcesOnDeletion: true }),
  };
}

function selector({ object }: Part) {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
}

/**
 * Karmada's policy for a workload of an app. The weights are the counts themselves, so Karmada's own division gives
 * exactly the plan. Lazy: nothing moves before the workload is written, so that new shares and new total meet. It is not
 * carried out before the overrides are there, so no member begins with what another is to run.
 *
 * An app that is kept names members without replicas, too, and they have it with none (the federation's `keeping`): left out,
 * they would be members that it leaves, and go on with what they ran.
 */
export function propagationPolicy(part: Part) {
  const plan = part.plan ?? {};
  const running = Object.entries(plan).filter(([, count]) => count > 0);
  // With no replicas at all every member takes part: an empty list would mean every cluster there is.
  const shares = running.length > 0 ? running : Object.keys(plan).map((member) => [member, 1] as const);
  return {
    apiVersion,
    kind: "PropagationPolicy",
    metadata: { name: part.name, namespace: part.object.metadata.namespace, annotations: OWNED },
    spec: {
      ...lazily(part),
      dependentOverrides: [part.name],
      resourceSelectors: [selector(part)],
      placement: {
        clusterAffinity: { clusterNames: part.keep ? Object.keys(plan) : shares.map(([member]) => member) },
        clusterTolerations: keepUnreachable,
        replicaScheduling: {
          replicaSchedulingType: "Divided",
          replicaDivisionPreference: "Weighted",
          weightPreference: {
            staticWeightList: shares.map(([member, weight]) => ({
              targetCluster: { clusterNames: [member] },
              weight,
            })),
          },
        },
      },
    },
  };
}

/** Karmada's policy for all objects of an app that every member has alike: those in its namespace, or those in none. */
export function copyingPolicy(name: string, namespace: string | undefined, parts: readonly Part[]) {
  const [{ members }] = parts;
  return {
    apiVersion,
    kind: namespace === undefined ? "ClusterPropagationPolicy" : "PropagationPolicy",
    metadata: { name, namespace, annotations: OWNED },
    spec: {
      ...lazily(parts[0]),
      dependentOverrides: parts.filter((part) => overrideRules(part).length > 0).map(({ name }) => name),
      resourceSelectors: parts.map(selector),
      placement: { clusterAffinity: { clusterNames: [...members] }, clusterTolerations: keepUnreachable },
    },
  };
}

/**
 * Karmada's policy for what members run otherwise than the template says. A workload has one even with no rule in it: the
 * engine deletes last, so a policy that went with the last override would keep the app from becoming what is waited for.
 */
export function overridePolicy(part: Part) {
  const rules = overrideRules(part).map(([member, patches]) => ({
    targetCluster: { clusterNames: [member] },
    overriders: { plaintext: patches.map(({ op: operator, ...patch }) => ({ operator, ...patch })) },
  }));
  return {
    apiVersion,
    kind: part.namespaced ? "OverridePolicy" : "ClusterOverridePolicy",
    metadata: { name: part.name, namespace: part.object.metadata.namespace, annotations: OWNED },
    // Karmada leaves an empty list out again, and every refresh would find it gone.
    spec: { resourceSelectors: [selector(part)], ...(rules.length > 0 && { overrideRules: rules }) },
  };
}
