/** Runs one command to its end. */

import { spawn } from "node:child_process";
import { Context, Props } from "../runtime";

export interface Output {
  stdout: string;
  stderr: string;
}

/** How long a command that was told to stop may take before it is killed. */
const GRACE_MS = 5000;
const TAIL_LINES = 20;

/**
 * Runs `command` as the resource's inputs say (interpreter, dir, environment, stdin); `previous` is what the last run
 * printed and is handed on in the environment.
 */
export function run(
  command: string,
  inputs: Props,
  ctx: Context,
  previous?: Partial<Output>,
): Promise<Output> {
  for (const name of ["assetPaths", "archivePaths"])
    if (inputs[name]?.length)
      throw new Error(`${name}: the sandbox's command provider collects no files; leave it out`);
  const [program, ...rest]: string[] = inputs.interpreter?.length ? inputs.interpreter : ["/bin/sh", "-c"];
  const handed = inputs.addPreviousOutputInEnv !== false && previous !== undefined;
  const env = {
    ...process.env,
    ...(handed
      ? { PULUMI_COMMAND_STDOUT: previous.stdout ?? "", PULUMI_COMMAND_STDERR: previous.stderr ?? "" }
      : {}),
    ...inputs.environment,
  };
  // A process group of its own: a cancelled shell must not leave its children running.
  const child = spawn(program, [...rest, command], { cwd: inputs.dir || undefined, env, detached: true });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    collect(child[stream], stream, output, inputs.logging, ctx);
  child.stdin.on("error", () => undefined); // a command that does not read its input is fine
  child.stdin.end(inputs.stdin ?? "");
  return new Promise((resolve, reject) => {
    let stopped: string | undefined;
    let kill: NodeJS.Timeout | undefined;
    const stop = (why: string) => {
      stopped ??= why;
      signalGroup(child.pid, "SIGTERM");
      kill ??= setTimeout(() => signalGroup(child.pid, "SIGKILL"), GRACE_MS);
    };
    const onAbort = () => stop("cancelled");
    ctx.signal.addEventListener("abort", onAbort);
    const limit = ctx.timeout
      ? setTimeout(() => stop(`not done after ${ctx.timeout} s`), ctx.timeout * 1000)
      : undefined;
    const settle = () => {
      clearTimeout(kill);
      clearTimeout(limit);
      ctx.signal.removeEventListener("abort", onAbort);
    };
    child.on("error", (error) => {
      settle();
      reject(new Error(`cannot run ${program}${inputs.dir ? ` in ${inputs.dir}` : ""}: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      settle();
      if (code === 0 && !stopped)
        return resolve({ stdout: chomp(output.stdout), stderr: chomp(output.stderr) });
      const why = stopped ?? (signal ? `killed by ${signal}` : `exit status ${code}`);
      const error = new Error(`${why}${tail(output)}`);
      // A command that was cut off may have done its work.
      reject(ctx.signal.aborted ? Object.assign(error, { cause: ctx.signal.reason }) : error);
    });
  });
}

function collect(
  from: NodeJS.ReadableStream,
  stream: keyof Output,
  output: Output,
  logging: string | undefined,
  ctx: Context,
): void {
  const shown = !logging || logging === "stdoutAndStderr" || logging === stream;
  let line = "";
  from.setEncoding("utf8");
  from.on("data", (text: string) => {
    output[stream] += text;
    const lines = (line + text).split("\n");
    line = lines.pop()!;
    if (shown) for (const whole of lines) if (whole) ctx.log("info", whole);
  });
  from.on("end", () => {
    if (shown && line) ctx.log("info", line);
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (!pid) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function chomp(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

/** The end of what it said, standard error first since that is where the reason usually is. */
function tail({ stdout, stderr }: Output): string {
  const text = stderr.trim() || stdout.trim();
  if (!text) return "";
  const lines = text.split("\n");
  return `:\n${lines.length > TAIL_LINES ? "…\n" : ""}${lines.slice(-TAIL_LINES).join("\n")}`;
}
