import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { Call } from "./resource";
import { until } from "./wait";

/** Seconds of a Go duration such as `10m`, `1h30m`, `0` or `45s`. */
export function durationSeconds(text: string | undefined): number {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  const parts = [...String(text ?? "0").matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
  if (!parts.length && Number(text ?? 0) !== 0)
    throw new Error(`not a duration: "${text}" (say 10m or 90s; "0" = do not wait)`);
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit], 0);
}

/**
 * Waits until as many healthy instances are in service as asked for; 0 seconds = no wait, as upstream. A scaling
 * activity that failed meanwhile is the error, with AWS's own words, unless `ignoreFailedScalingActivities`.
 */
export async function waitForCapacity(
  call: Call,
  seconds: number,
  find: () => Promise<AutoScalingGroup | undefined>,
): Promise<void> {
  if (seconds === 0) return;
  const wanted: number = Math.max(call.inputs.minSize ?? 0, call.inputs.desiredCapacity ?? 0);
  const since = Date.now();
  let seen = 0;
  await until(
    `${wanted} instances of auto-scaling group ${call.id} to be in service`,
    seconds,
    call.signal,
    async () => {
      const instances = (await find())?.Instances ?? [];
      seen = instances.filter(
        (one) => one.LifecycleState === "InService" && one.HealthStatus?.toLowerCase() === "healthy",
      ).length;
      const exactly = call.inputs.desiredCapacity !== undefined && !call.creating;
      if (exactly ? seen === wanted : seen >= wanted) return true;
      if (!call.inputs.ignoreFailedScalingActivities) await refuseFailed(call, since);
      return undefined;
    },
    () => `${seen} in service`,
  );
}

async function refuseFailed(call: Call, since: number): Promise<void> {
  const { Activities } = await call.autoscaling.describeScalingActivities({ AutoScalingGroupName: call.id });
  // The clocks of AWS and of this machine need not agree to the second.
  const recent = (Activities ?? []).filter((one) => (one.StartTime?.getTime() ?? 0) > since - 5_000);
  const failed = recent.find((one) => one.StatusCode === "Failed");
  if (failed)
    throw new Error(`auto-scaling group ${call.id}: ${failed.Description}: ${failed.StatusMessage}`);
}
