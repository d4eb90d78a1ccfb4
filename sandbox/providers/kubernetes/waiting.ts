/** Waits until an object is ready, or gone, and says why if it does not come to that. */

import { setTimeout as sleep } from "node:timers/promises";
import { Context, Props } from "../runtime";
import { Cluster } from "./cluster";
import { explain } from "./explain";
import { annotation, ANNOTATIONS, title } from "./objects";
import { Rule, ruleOf, Verdict } from "./readiness";
import { parseWaitFor } from "./wait-for";

const FIRST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 1500;
const DEFAULT_DELETE_S = 600;
const DEFAULT_WAIT_FOR_S = 600;

/** It exists but did not become ready; `live` is how it was last seen. */
export class NotReady extends Error {
  constructor(
    readonly live: Props,
    readonly reasons: string[],
  ) {
    super(reasons.join("\n"));
  }
}

/** Seconds: `customTimeouts` first, then the annotation, then the kind's default. */
function limit(inputs: Props, ctx: Context, standard: number): number {
  return ctx.timeout || Number(annotation(inputs, ANNOTATIONS.timeoutSeconds)) || standard;
}

/** What is to be waited for: `waitFor` instead of the kind's own rule; nothing with `skipAwait`. */
export function ruleFor(inputs: Props): Rule | undefined {
  if (annotation(inputs, ANNOTATIONS.skipAwait) === "true") return undefined;
  const text = annotation(inputs, ANNOTATIONS.waitFor);
  if (!text) return ruleOf(inputs);
  const missing = parseWaitFor(text);
  const check = (live: Props): Verdict => {
    const message = missing(live);
    return message === undefined ? { state: "ready" } : { state: "waiting", message };
  };
  return { timeout: DEFAULT_WAIT_FOR_S, check };
}

/** The live object once it is ready; throws `NotReady` with conditions, pods and events otherwise. */
export async function untilReady(
  cluster: Cluster,
  inputs: Props,
  applied: Props,
  ctx: Context,
): Promise<Props> {
  const rule = ruleFor(inputs);
  if (!rule) return applied;
  const seconds = limit(inputs, ctx, rule.timeout);
  const end = Date.now() + seconds * 1000;
  let live = applied;
  const notReady = async (why: string) =>
    new NotReady(live, [`${title(live)} is not ready: ${why}`, ...(await explain(cluster, live))]);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    let verdict: Verdict;
    try {
      verdict = await rule.check(live, cluster);
    } catch (error) {
      // The object is there already: whatever keeps us from judging it must not lose it.
      throw new NotReady(live, [
        `${title(live)}: cannot tell whether it is ready: ${(error as Error).message}`,
      ]);
    }
    if (verdict.state === "ready") return live;
    if (verdict.state === "failed") throw await notReady(verdict.message);
    ctx.status(verdict.message);
    if (Date.now() >= end) throw await notReady(`${verdict.message} (waited ${seconds} s)`);
    if (ctx.signal.aborted)
      throw new NotReady(live, [`${title(live)} is not ready: ${verdict.message} (cancelled)`]);
    await sleep(Math.min(pause, Math.max(end - Date.now(), 1)), undefined, { signal: ctx.signal }).catch(
      () => undefined,
    );
    const fresh = await cluster.find(live).catch((error: Error) => {
      throw new NotReady(live, [`${title(live)}: ${error.message}`]);
    });
    if (!fresh) throw new NotReady(live, [`${title(live)} was deleted by somebody while we waited for it`]);
    live = fresh;
  }
}

/** Waits until the object is gone; the error names the finalizers that hold it. */
export async function untilGone(cluster: Cluster, state: Props, ctx: Context): Promise<void> {
  const seconds = limit(state, ctx, DEFAULT_DELETE_S);
  const end = Date.now() + seconds * 1000;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const live = await cluster.find(state, ctx.signal);
    // Another object of the same name is not ours to wait for.
    if (!live || (state.metadata.uid && live.metadata.uid !== state.metadata.uid)) return;
    const held = holders(live);
    ctx.status(`being deleted${held}`);
    if (Date.now() >= end) throw new Error(`${title(state)} still exists after ${seconds} s${held}`);
    await sleep(pause, undefined, { signal: ctx.signal });
  }
}

function holders(live: Props): string {
  const finalizers: string[] = [
    ...(live.metadata.finalizers ?? []),
    ...(live.kind === "Namespace" ? (live.spec?.finalizers ?? []) : []),
  ];
  const remarks = (live.status?.conditions ?? [])
    .filter((item: Props) => live.kind === "Namespace" && item.status === "True")
    .map((item: Props) => item.message);
  const text = [...(finalizers.length ? [`finalizers left: ${finalizers.join(", ")}`] : []), ...remarks].join(
    "; ",
  );
  return text ? ` (${text})` : "";
}
