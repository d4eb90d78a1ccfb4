import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Prepared } from "../prepare";
import type { Hierarchy } from "./cgroups";
import { kernelLines, lastBoot, trimConsole } from "./console";
import { readText } from "./kernel-files";
import { bootFacts, writeFacts } from "./facts";
import { netnsFile } from "./network";
import { machineNetns, type MachinePaths, type MachineSpec } from "./spec";
import { appearScript, type AttachedVolume } from "./volumes";

/** What a boot needs beside the machine's own description. */
export interface BootParts {
  spec: MachineSpec;
  paths: MachinePaths;
  prepared: Pick<Prepared, "base" | "disk">;
  hierarchies: readonly Hierarchy[];
  /** Directories of the machine's control groups, made. */
  groups: readonly string[];
  volumes: readonly AttachedVolume[];
}

/** What `launch.sh` and `boot.sh` are told, as environment. */
export function bootEnvironment({
  spec,
  paths,
  prepared,
  hierarchies,
  groups,
  volumes,
}: BootParts): Record<string, string> {
  return {
    MACHINE: paths.dir,
    MACHINE_GROUPS: groups.join(" "),
    NETNS: netnsFile(machineNetns(spec.id)),
    BOOT: path.join(__dirname, "boot.sh"),
    BASE: prepared.base,
    TEMPLATE: prepared.disk,
    HIERARCHIES: hierarchies.map(({ option }) => option).join(" "),
    HOSTNAME_: spec.hostname,
    DEVICES: volumes.map(appearScript).join(""),
    KERNEL_LINES: kernelLines(readText("/proc/version"), spec.hostname, spec.memoryMiB),
  };
}

/**
 * Boots a machine whose groups, network and loop devices are there; resolves with its PID 1 (as the caller sees it) when
 * systemd answers on its private socket.
 * @param seconds limit; @throws with the end of the console
 */
export async function boot(parts: BootParts, seconds: number): Promise<number> {
  const { spec, paths } = parts;
  const given = parts.hierarchies.flatMap(({ option }) => option.split(","));
  writeFacts(
    paths.facts,
    bootFacts(spec, given, (file) => (fs.existsSync(file) ? readText(file) : undefined)),
  );
  fs.rmSync(paths.pid, { force: true });
  trimConsole(paths.console);

  // `script` records a terminal, which systemd and journald insist on for a console; the machine ends with it and it with
  // the machine, since it waits for the process that holds the namespaces.
  const recorder = spawn(
    "script",
    ["-q", "-e", "-f", "-a", "-c", `exec /bin/sh ${quote(path.join(__dirname, "launch.sh"))}`, paths.console],
    {
      cwd: "/",
      detached: true,
      stdio: "ignore",
      env: { PATH: process.env.PATH, SHELL: "/bin/sh", TERM: "dumb", ...bootEnvironment(parts) },
    },
  );
  let ended: string | undefined;
  recorder.once("error", (error) => (ended = error.message));
  recorder.once("exit", (code, signal) => (ended = `it ended with ${signal ?? `code ${code}`}`));
  recorder.unref();

  const deadline = Date.now() + seconds * 1000;
  while (ended === undefined && Date.now() < deadline) {
    const pid = readPid(paths.pid);
    if (pid !== undefined && fs.existsSync(`/proc/${pid}/root/run/systemd/private`)) return pid;
    await sleep(20);
  }
  throw new Error(
    `machine ${spec.id} did not boot within ${seconds} s${ended ? `: ${ended}` : ""}. The end of its console:\n${lastBoot(paths.console)}`,
  );
}

function readPid(file: string): number | undefined {
  if (!fs.existsSync(file)) return undefined;
  return Number(readText(file));
}

function quote(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
