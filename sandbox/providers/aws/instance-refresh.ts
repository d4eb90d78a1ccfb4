import { isCode } from "./errors";
import type { Call } from "./resource";
import { isSet, pascal } from "./shapes";
import { untilGone } from "./wait";

const ACTIVE = ["Pending", "InProgress", "Cancelling", "RollbackInProgress"];

/** Whether an update must replace the group's instances: its template changed, or an input that `triggers` names. */
export function refreshNeeded(call: Call): boolean {
  const refresh = call.inputs.instanceRefresh;
  if (!isSet(refresh)) return false;
  const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
  const plural: Record<string, string> = { tag: "tags", vpcZoneIdentifier: "vpcZoneIdentifiers" };
  const triggers = (refresh.triggers ?? []).map(camelCase).map((name: string) => plural[name] ?? name);
  return call.changed("launchTemplate", ...triggers);
}

/** Starts a refresh, in place of one that runs. Upstream does not wait for its end, nor does this. */
export async function startRefresh(call: Call): Promise<void> {
  const { strategy, preferences } = call.inputs.instanceRefresh;
  const wanted = preferences ?? {};
  const number = (value: unknown) => (isSet(value) ? Number(value) : undefined);
  await cancelRefresh(call);
  await call.autoscaling.startInstanceRefresh({
    AutoScalingGroupName: call.id,
    Strategy: strategy,
    Preferences: pascal({
      autoRollback: wanted.autoRollback,
      checkpointDelay: number(wanted.checkpointDelay),
      checkpointPercentages: wanted.checkpointPercentages,
      instanceWarmup: number(wanted.instanceWarmup),
      maxHealthyPercentage: wanted.maxHealthyPercentage,
      minHealthyPercentage: wanted.minHealthyPercentage ?? 90,
      scaleInProtectedInstances: wanted.scaleInProtectedInstances,
      skipMatching: wanted.skipMatching,
      standbyInstances: wanted.standbyInstances,
    }),
  });
}

/** Ends a refresh that runs and waits until it has. */
export async function cancelRefresh(call: Call): Promise<void> {
  if (!isSet(call.inputs.instanceRefresh)) return;
  try {
    await call.autoscaling.cancelInstanceRefresh({ AutoScalingGroupName: call.id });
  } catch (error) {
    if (isCode(error, "ActiveInstanceRefreshNotFound*")) return;
    throw error;
  }
  await untilGone(`running instance refresh of ${call.id}`, 900, call.signal, async () => {
    const { InstanceRefreshes } = await call.autoscaling.describeInstanceRefreshes({
      AutoScalingGroupName: call.id,
    });
    return InstanceRefreshes?.some((one) => ACTIVE.includes(one.Status ?? ""));
  });
}
