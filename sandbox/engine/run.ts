/**
 * Runs the program's stack with the real engine, inside the box: `up`, `preview`, `refresh` or `destroy`. The outcome goes to
 * the file given by `--result` for whoever started it, the engine's events to that of `--events`; progress goes to standard
 * output. The end of standard input stops it as Ctrl-C would: the engine finishes what is under way.
 */
import * as fs from "fs";
import { parseArgs } from "util";
import type { EngineEvent, OutputMap, Stack } from "@pulumi/pulumi/automation";
import { takeUp } from "../../operate/recover/take-up";
import { plainOutputs } from "../../operate/stack";
import { ending } from "./ending";
import { Progress } from "./progress";
import { ConfigOverrides, stackOf } from "./workspace";

/** What a run leaves for its caller. */
export interface RunResult {
  readonly ok: boolean;
  readonly seconds: number;
  /** Operations by kind, `same` among them. */
  readonly changes: Record<string, number>;
  readonly plans: readonly string[];
  /** The stack's outputs after anything but a preview, secret ones in the clear: the file is root's alone. */
  readonly outputs: Record<string, unknown>;
  readonly error?: string;
}

const REJECTION_GRACE_MS = 2_000;
const VERBS = ["up", "preview", "refresh", "destroy"] as const;
type Verb = (typeof VERBS)[number];

/** What of the stack a run is about. */
interface Scope {
  /** Whether an update begins by looking at what is there. */
  readonly refresh?: boolean;
  /** URNs, with `**` for any text; all when there is none. */
  readonly target?: string[];
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { result: { type: "string" }, events: { type: "string" }, refresh: { type: "boolean" }, target: { type: "string", multiple: true }, set: { type: "string", multiple: true, default: [] } },
  });
  const verb = positionals[0] as Verb;
  if (!VERBS.includes(verb)) throw new Error(`what to run? one of ${VERBS.join(", ")}`);
  const started = Date.now();
  const progress = new Progress((line) => console.log(line), verb === "preview");
  const stack = await stackOf(overridesOf(values.set ?? []));
  // The engine leaves its lock behind when it is killed; whoever calls this run makes sure that no other goes on.
  await stack.cancel();
  let error: string | undefined;
  let outputs: OutputMap | undefined;
  try {
    await takeUp(stack, (line) => console.log(line));
    outputs = await perform(stack, verb, { refresh: values.refresh, target: values.target }, told(progress, values.events));
  } catch (failure) {
    // The engine's own text repeats all that it did; its errors are what went wrong.
    error = progress.errors.join("\n") || ending(failure as Error);
  }
  const result: RunResult = { ok: !error, seconds: (Date.now() - started) / 1000, changes: progress.changes, plans: progress.plans, outputs: plainOutputs(outputs ?? (await stack.outputs())), error };
  if (values.result) fs.writeFileSync(values.result, JSON.stringify(result), { mode: 0o600 });
  process.exitCode = error ? 1 : 0;
}

/** Tells of the engine's events as they come; a file gets them one a line, as `pulumi --event-log` writes them. Their debug output has secrets in it. */
function told(progress: Progress, file: string | undefined): (event: EngineEvent) => void {
  if (file) fs.writeFileSync(file, "", { mode: 0o600 });
  return (event) => {
    progress.event(event);
    if (file) fs.appendFileSync(file, `${JSON.stringify(event)}\n`);
  };
}

/** @returns the stack's outputs, where they are known by now or nobody asks for them. */
async function perform(stack: Stack, verb: Verb, scope: Scope, onEvent: (event: EngineEvent) => void): Promise<OutputMap | undefined> {
  // An output of the program that fails leaves the engine waiting for a program that never ends: it is told to stop,
  // as by Ctrl-C, once what it was told before has had time to arrive.
  const abort = new AbortController();
  process.on("unhandledRejection", () => setTimeout(() => abort.abort(), REJECTION_GRACE_MS));
  // Whoever started this run holds the other end: it lets go on Ctrl-C, and when it dies.
  process.stdin.on("end", () => abort.abort()).resume();
  // The engine's own text is not shown (our progress lines stand for it) but belongs to an error's message.
  const options = { onEvent, ...scope, signal: abort.signal, color: "never" as const, suppressOutputs: true, suppressProgress: true };
  if (verb === "up") return (await stack.up(options)).outputs;
  if (verb === "preview") {
    await stack.preview(options);
    return {};
  }
  if (verb === "refresh") await stack.refresh(options);
  if (verb === "destroy") await stack.destroy(options);
  return undefined;
}

/** `--set apps.nginx.replicas=10`: values are JSON where they read as such, else text. */
function overridesOf(sets: readonly string[]): ConfigOverrides {
  return Object.fromEntries(
    sets.map((one) => {
      const at = one.indexOf("=");
      if (at < 1) throw new Error(`--set takes path=value, for instance apps.nginx.replicas=10; got ${one}`);
      const text = one.slice(at + 1);
      try {
        return [one.slice(0, at), JSON.parse(text) as unknown];
      } catch {
        return [one.slice(0, at), text];
      }
    }),
  );
}

main().then(
  () => process.exit(),
  (error: Error) => {
    console.error(error.message);
    process.exit(2);
  },
);
