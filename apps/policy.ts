import type { AppSpec } from "./objects";
import type { Plan } from "./placement";

/** A member that does not answer keeps its share: leaving it out would push its replicas beyond the others' maxima. */
const keepUnreachable = ["not-ready", "unreachable"].map((state) => ({
  key: `cluster.karmada.io/${state}`,
  operator: "Exists",
  effect: "NoSchedule",
}));

/**
 * Karmada's policy for an app's Deployment. The weights are the counts themselves, so Karmada's own division gives
 * exactly the plan. Lazy: nothing moves before the Deployment is written, so that new shares and new total meet.
 */
export function propagationPolicy(app: AppSpec, plan: Plan) {
  const running = Object.entries(plan).filter(([, count]) => count > 0);
  // With no replicas at all every member takes part: an empty list would mean every cluster there is.
  const shares = running.length > 0 ? running : Object.keys(plan).map((member) => [member, 1] as const);
  return {
    apiVersion: "policy.karmada.io/v1alpha1",
    kind: "PropagationPolicy",
    metadata: { name: app.name, namespace: app.namespace },
    spec: {
      activationPreference: "Lazy",
      resourceSelectors: [
        { apiVersion: "apps/v1", kind: "Deployment", name: app.name, namespace: app.namespace },
      ],
      placement: {
        clusterAffinity: { clusterNames: shares.map(([member]) => member) },
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
