import { spawn } from "child_process";
import * as fs from "fs";
import * as path from "path";
import { inBox, openBox } from "../box/box";
import { checkout, place } from "../box/place";
import { prepared } from "../prepare";
import type { StackOutputs } from "../../operate/status/outputs";
import type { RunResult } from "../engine/run";

/** What a program in the box answered. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
}

interface RunOptions {
  /** Keep its output instead of passing it through. */
  readonly capture?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the program's standard input, which tells it to stop; Ctrl-C itself does not reach it then. */
  readonly stop?: AbortSignal;
}

/** Runs a program in the open box. */
export async function runInBox(command: readonly string[], options: RunOptions = {}): Promise<Answer> {
  const entry = inBox(requireBox(), prepared(), command);
  return new Promise((done, fail) => {
    const child = spawn(entry.command, entry.args, {
      cwd: checkout,
      env: { ...entry.env, ...options.env },
      stdio: [options.stop ? "pipe" : options.capture ? "ignore" : "inherit", options.capture ? "pipe" : "inherit", "inherit"],
      detached: !!options.stop,
    });
    options.stop?.addEventListener("abort", () => child.stdin?.end());
    let stdout = "";
    child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.once("error", fail);
    child.once("exit", (code, signal) => done({ code: signal ? 1 : (code ?? 1), stdout }));
  });
}

/** The open box of this checkout; throws when there is none. */
export function requireBox(): number {
  const pid = openBox();
  if (!pid) throw new Error("No box is open for this checkout. Open one with: npm start");
  return pid;
}

/** Runs the engine on the stack in the box; throws when the run fails, since its lines have said why. */
export async function runEngine(verb: "up" | "preview" | "refresh" | "destroy", args: readonly string[] = []): Promise<RunResult> {
  requireBox();
  const release = takeEngine(verb);
  // The engine finishes what it is doing and keeps its state whole; this process waits for that.
  const stop = new AbortController();
  const interrupted = () => {
    console.error("\nstopping: the engine finishes what is under way, so that nothing is lost (again later: the same command)");
    stop.abort();
  };
  process.on("SIGINT", interrupted);
  const file = path.join(place().dir, "result.json");
  fs.rmSync(file, { force: true });
  try {
    const script = path.join(checkout, "sandbox/engine/run.ts");
    const answer = await runInBox([process.execPath, "--import", "tsx", script, verb, "--result", file, ...args], { stop: stop.signal });
    const result = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as RunResult) : undefined;
    if (!result) throw new Error(`the ${verb} ended without a result (exit code ${answer.code})`);
    if (verb !== "preview") fs.writeFileSync(outputsFile(), JSON.stringify(result.outputs), { mode: 0o600 });
    if (!result.ok) throw new Error(`the ${verb} failed after ${result.seconds.toFixed(0)} s:\n${result.error}`);
    return result;
  } finally {
    process.off("SIGINT", interrupted);
    release();
  }
}

/** Where they are kept for root alone, the secret ones in the clear. */
export const outputsFile = (): string => path.join(place().dir, "outputs.json");

/** The stack's outputs as the last `up` or `destroy` left them; empty before the first. */
export function stackOutputs(): StackOutputs {
  return fs.existsSync(outputsFile()) ? (JSON.parse(fs.readFileSync(outputsFile(), "utf8")) as StackOutputs) : {};
}

/** One engine run at a time in a box: the file names the process that has it. */
function takeEngine(verb: string): () => void {
  const file = path.join(place().dir, "engine.pid");
  if (fs.existsSync(file)) {
    const [pid, other] = fs.readFileSync(file, "utf8").split(" ");
    if (Number(pid) !== process.pid && fs.existsSync(`/proc/${pid}`)) throw new Error(`a ${other} goes on in this box (process ${pid}); wait for it or end it`);
  }
  fs.writeFileSync(file, `${process.pid} ${verb}`);
  return () => fs.rmSync(file, { force: true });
}
