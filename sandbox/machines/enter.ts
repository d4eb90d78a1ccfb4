import { spawn } from "node:child_process";

/** What a command in a machine did. */
export interface ExecResult {
  /** Exit code; 137 when it was killed at its limit. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface ExecOptions {
  /** Text for standard input. */
  input?: string;
  /** Added to a login's plain environment. */
  env?: Record<string, string>;
  /** Seconds until it is killed. @default 300 */
  timeout?: number;
}

/** What a running machine is entered by. */
export interface Entrance {
  /** Its PID 1 as the caller sees it. */
  pid: number;
  /** Directories of its control groups. */
  groups: readonly string[];
}

const LOGIN = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LANG: "C.UTF-8",
  TERM: "dumb",
};

/**
 * The command line that runs `command` inside a machine, for `sh`: into the control groups first, since from within the
 * namespaces they cannot be reached. `timeout` runs inside, so that it ends the command itself and not only its gate.
 */
export function entering(to: Entrance, command: readonly string[], options: ExecOptions = {}): string[] {
  const script = 'for group in $1; do echo $$ > "$group/cgroup.procs"; done; shift; exec nsenter "$@"';
  const environment = Object.entries({ ...LOGIN, ...options.env }).map(([name, value]) => `${name}=${value}`);
  const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"];
  const limit = ["timeout", "--signal=KILL", String(options.timeout ?? 300)];
  return [
    "-c",
    script,
    "enter",
    to.groups.join(" "),
    `--target=${to.pid}`,
    ...namespaces,
    "--",
    "env",
    "-i",
    ...environment,
    ...limit,
    ...command,
  ];
}

/** Runs a command inside a machine and collects what it says. A code other than 0 is a result, not an error. */
export function enter(
  to: Entrance,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const child = spawn("sh", entering(to, command, options), { cwd: "/", stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (data: Buffer) => out.push(data));
    child.stderr.on("data", (data: Buffer) => err.push(data));
    child.stdin.on("error", () => undefined); // it need not read its input to the end
    child.stdin.end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({
        code: code ?? 137,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      });
    });
  });
}
