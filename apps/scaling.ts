import { isCounted, Manifest, title } from "./manifest";
import type { Spread } from "./shares";

/** Karmada leaves a member's replicas alone where the Deployment has this label: the autoscaler owns them. */
export const RETAIN_LABEL = { "resourcetemplate.karmada.io/retain-replicas": "true" };

/** Whether an object is an autoscaler of a workload. */
export function scaledBy(object: Manifest, workload: Manifest): boolean {
  if (object.kind !== "HorizontalPodAutoscaler") return false;
  const { kind, name } = object.spec?.scaleTargetRef ?? {};
  return kind === workload.kind && name === workload.metadata.name;
}

/** Why a workload cannot have an autoscaler; undefined when it can. */
export function scalingFault(workload: Manifest, spread: Spread): string | undefined {
  if (!isCounted(workload)) return undefined;
  if (spread === "divided") {
    return (
      `scales ${title(workload)}, whose replicas the plan divides: use spread: duplicated, where each member's own ` +
      "autoscaler counts them, or leave it out"
    );
  }
  if (workload.kind === "Deployment") return undefined;
  return `scales ${title(workload)}, whose replicas Karmada resets in members: only a Deployment's can be left to it`;
}
