import { spawn } from "child_process";
import * as fs from "fs";
import * as path from "path";
import { socketDir } from "../cloud/names";
import { cleanupRemains } from "../machines/remains";
import { Prepared, prepared } from "../prepare";
import { control } from "./control";
import { boxEnvironment } from "./environment";
import { releaseHostSettings, takeHostSettings } from "./host-settings";
import { checkout, place } from "./place";

const OPEN_SECONDS = 90;

/** The process that is PID 1 of an open box, as the host sees it; undefined when no box of this checkout is open. */
export function openBox(): number | undefined {
  const { file } = place();
  if (!fs.existsSync(file)) return undefined;
  const { pid, started } = JSON.parse(fs.readFileSync(file, "utf8")) as { pid: number; started: string };
  // A process id alone may have been given to another process since; with its start time it is unique.
  return startTime(pid) === started ? pid : undefined;
}

/** Opens this checkout's box, unless it is open; removes first what a killed one left. Resolves when it answers. */
export async function open(log: (line: string) => void): Promise<number> {
  const running = openBox();
  if (running) return running;
  const here = place();
  await remove(log);
  fs.mkdirSync(here.logs, { recursive: true });
  const parts = prepared();
  const daemonLog = fs.openSync(path.join(here.logs, "daemon.log"), "a");
  const namespaces = ["--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child=KILL", "--mount-proc", "--propagation", "private"];
  const daemon = [process.execPath, "--import", "tsx", path.join(__dirname, "daemon.ts")];
  const holder = spawn("unshare", [...namespaces, path.join(parts.tools, "tini"), "--", ...daemon], {
    cwd: checkout,
    detached: true,
    stdio: ["ignore", daemonLog, daemonLog],
    env: boxEnvironment(parts),
  });
  fs.closeSync(daemonLog);
  let ended = "";
  holder.once("error", (error) => (ended = error.message));
  holder.once("exit", (code, signal) => (ended = `ended with ${signal ?? `code ${code}`}`));
  holder.unref();

  const deadline = Date.now() + OPEN_SECONDS * 1000;
  let pid: number | undefined;
  while (Date.now() < deadline && !ended) {
    pid ??= firstChild(holder.pid);
    if (pid && !fs.existsSync(here.file)) {
      takeHostSettings(here.id, pid);
      fs.writeFileSync(here.file, JSON.stringify({ pid, started: startTime(pid) }));
    }
    if (pid && fs.existsSync(here.socket) && (await answers(here.socket))) return pid;
    await new Promise((done) => setTimeout(done, 100));
  }
  const tail = fs.readFileSync(path.join(here.logs, "daemon.log"), "utf8").split("\n").slice(-20).join("\n");
  await close(log);
  throw new Error(`the box did not open within ${OPEN_SECONDS} s${ended ? ` (${ended})` : ""}. The end of its log:\n${tail}`);
}

/** Ends the box with everything in it and removes what it had on this host; nothing to do when none is open. */
export async function close(log: (line: string) => void): Promise<void> {
  const pid = openBox();
  if (pid) {
    process.kill(pid, "SIGKILL"); // PID 1 of the box: the kernel ends everything in it.
    const deadline = Date.now() + 20_000;
    while (startTime(pid) !== undefined && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50));
  }
  await remove(log);
}

/** Removes what a box that is no more left: control groups, loop devices, disks, host settings. */
async function remove(log: (line: string) => void): Promise<void> {
  const here = place();
  if (!fs.existsSync(here.dir)) return;
  await cleanupRemains(here.dir, log);
  fs.rmSync(socketDir(here.dir), { recursive: true, force: true });
  releaseHostSettings(here.id);
  fs.rmSync(here.dir, { recursive: true, force: true });
}

/** The command that runs `command` inside the open box. */
export function inBox(pid: number, parts: Prepared, command: readonly string[]): { command: string; args: string[]; env: NodeJS.ProcessEnv } {
  return {
    command: "nsenter",
    args: ["--target", String(pid), "--mount", "--net", "--pid", "--uts", "--ipc", `--wdns=${process.cwd()}`, "--", ...command],
    env: boxEnvironment(parts),
  };
}

async function answers(socket: string): Promise<boolean> {
  return control(socket, "GET", "/status", undefined, 5).then(
    () => true,
    () => false,
  );
}

function firstChild(pid: number | undefined): number | undefined {
  if (pid === undefined || !fs.existsSync(`/proc/${pid}/task/${pid}/children`)) return undefined;
  const child = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0];
  return child ? Number(child) : undefined;
}

/** A process's start time in clock ticks since boot (field 22 of its stat), or undefined when there is none. */
function startTime(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
