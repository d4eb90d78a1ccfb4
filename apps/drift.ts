import type { ApiCall } from "../regions/api-client";
import { pathOf, title, titleInWords } from "./manifest";
import { Part, PLAN_ANNOTATION } from "./part";
import { RETAIN_LABEL } from "./scaling";

/** A workload at the federation whose total is not its plan's. */
export interface Drift {
  readonly has: number;
  readonly planned: number;
  /** Who wrote the total last, as the API server calls them: `kubectl`. */
  readonly by: string;
}

/**
 * How a live workload of the federation departs from the plan that is written on it; undefined when it does not, or when an
 * autoscaler counts. Somebody has scaled it past the program then, and Karmada gives members more or less than their bounds.
 */
export function driftOf({ metadata, spec }: any): Drift | undefined {
  const { annotations = {}, labels = {}, managedFields = [] } = metadata;
  const counts = [...(annotations[PLAN_ANNOTATION] ?? "").matchAll(/=(\d+)/g)].map(([, count]) =>
    Number(count),
  );
  if (counts.length === 0 || Object.keys(RETAIN_LABEL).some((label) => label in labels)) return undefined;
  const planned = counts.reduce((a, b) => a + b, 0);
  const has: number = spec.replicas ?? 1;
  if (has === planned) return undefined;
  const writers: any[] = managedFields.filter((each: any) => each.fieldsV1?.["f:spec"]?.["f:replicas"]);
  return { has, planned, by: writers.at(-1)?.manager ?? "somebody" };
}

/** `told 7 replicas by kubectl, 3 planned`. */
export function describeDrift({ has, planned, by }: Drift): string {
  return `told ${has} replicas by ${by}, ${planned} planned`;
}

/**
 * Tells a workload at the federation its planned total again where somebody has scaled it. The state says so already, so
 * only a refresh would have the engine write it.
 *
 * @returns what was put right; undefined where there was nothing.
 */
async function putRight(federation: ApiCall, part: Part): Promise<string | undefined> {
  if (!part.plan) return undefined;
  const path = pathOf(part);
  const { status, body } = await federation(path);
  const drift = status === 200 ? driftOf(body) : undefined;
  if (!drift) return undefined;
  const scale = { spec: { replicas: drift.planned } };
  const answer = await federation(`${path}/scale?fieldManager=federation`, "PATCH", scale);
  if (answer.status !== 200)
    throw new Error(
      `the scale of ${title(part.object)} answers ${answer.status}: ${answer.body?.message ?? answer.body}`,
    );
  return `at the federation, ${titleInWords(part.object)} was ${describeDrift(drift)}: put back`;
}

/**
 * Puts right each workload that somebody scaled, once: whoever scales it again is not fought with, and what members lack then
 * says it. Gives what hindered it.
 *
 * @param warn told of each that was put right.
 */
export function puttingBack(
  warn: (line: string) => void,
): (federation: ApiCall, parts: readonly Part[]) => Promise<string[]> {
  const done = new Set<Part>();
  return async (federation, parts) => {
    const hindered: string[] = [];
    for (const part of new Set(parts.filter((each) => !done.has(each)))) {
      const line = await putRight(federation, part).catch(
        (error: Error) => void hindered.push(error.message),
      );
      if (line === undefined) continue;
      done.add(part);
      warn(line);
    }
    return hindered;
  };
}
