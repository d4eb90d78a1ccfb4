import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";

export interface RunOptions {
  /** Added to the caller's environment; `undefined` takes a variable out. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** File that standard output and error are appended to. */
  log?: string;
  /** Text for standard input. */
  input?: string;
  /** Seconds until it is killed, @default 3600 */
  timeout?: number;
}

/** A command that ended badly, with where to read on. */
export class CommandError extends Error {}

/** Commands under way: they end with this process, unless it is killed outright. */
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGTERM")));

/** Runs a command without a shell and returns its standard output; throws with the tail of its log. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const seconds = options.timeout ?? 3600;
  const log = options.log ? fs.openSync(options.log, "a") : undefined;
  if (log !== undefined) fs.writeSync(log, `$ ${[command, ...args].join(" ")}\n`);
  return new Promise<string>((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    running.add(child);
    const out: Buffer[] = [];
    const all: Buffer[] = [];
    const keep = (data: Buffer): void => {
      all.push(data);
      if (log !== undefined) fs.writeSync(log, data);
    };
    child.stdout.on("data", (data: Buffer) => (out.push(data), keep(data)));
    child.stderr.on("data", keep);
    child.stdin.on("error", () => undefined); // it need not read its input to the end
    child.stdin.end(options.input ?? "");
    const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
    const fail = (how: string): void => {
      const where = options.log ? ` (whole output: ${options.log})` : "";
      reject(
        new CommandError(
          `${command} ${args.join(" ").slice(0, 200)}: ${how}${where}\n${tail(Buffer.concat(all).toString())}`,
        ),
      );
    };
    child.on("error", (error) => (clearTimeout(timer), fail(error.message)));
    child.on("close", (code, signal) => {
      running.delete(child);
      clearTimeout(timer);
      if (log !== undefined) fs.closeSync(log);
      if (code === 0) resolve(Buffer.concat(out).toString());
      else fail(signal === "SIGKILL" ? `killed (limit ${seconds} s)` : `ended with ${signal ?? code}`);
    });
  });
}

/** The last `lines` lines of a text, indented. */
export function tail(text: string, lines = 15): string {
  return text
    .trimEnd()
    .split("\n")
    .slice(-lines)
    .map((line) => `  | ${line}`)
    .join("\n");
}
