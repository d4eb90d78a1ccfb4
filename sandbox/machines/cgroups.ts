import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readText, unlessGone } from "./kernel-files";

/** One version 1 hierarchy of control groups, as the calling process sees it. */
export interface Hierarchy {
  /** What `mount -o` calls it: `memory`, `cpu,cpuacct` or `none,name=systemd`. */
  option: string;
  /** Where it is mounted, `/sys/fs/cgroup/memory`. */
  mount: string;
  /** The caller's own group in it, `/` or below. */
  own: string;
}

/** Hierarchies a machine cannot do without: systemd's own, and what kubelet and runc set limits in. */
const NEEDED = ["name=systemd", "cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "pids"];

/**
 * The mounted version 1 hierarchies.
 * @param membership text of `/proc/self/cgroup`
 * @param mounts text of `/proc/self/mountinfo`
 * @throws naming the controllers a machine needs and the host does not have in version 1
 */
export function hierarchies(membership: string, mounts: string): Hierarchy[] {
  const mountOf = new Map<string, string>();
  for (const line of mounts.split("\n")) {
    const [before, after] = line.split(" - ");
    const [type, , options] = (after ?? "").split(" ");
    if (type === "cgroup") for (const option of options.split(",")) mountOf.set(option, before.split(" ")[4]);
  }
  const found = membership.split("\n").flatMap((line): Hierarchy[] => {
    const [, controllers, own] = /^[1-9]\d*:([^:]+):(.*)$/.exec(line) ?? [];
    const mount = controllers && mountOf.get(controllers.split(",")[0]);
    if (!mount) return [];
    return [{ option: controllers.startsWith("name=") ? `none,${controllers}` : controllers, mount, own }];
  });
  const have = found.flatMap(({ option }) => option.split(","));
  const missing = NEEDED.filter((name) => !have.includes(name));
  if (missing.length) {
    throw new Error(
      `this host lacks the version 1 control groups ${missing.join(", ")}, which machines need; ` +
        "boot it with systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1",
    );
  }
  return found;
}

/** The caller's hierarchies. */
export function ownHierarchies(): Hierarchy[] {
  return hierarchies(readText("/proc/self/cgroup"), readText("/proc/self/mountinfo"));
}

/** Name of the group that holds a box's machines, below the group of whoever opened the box. */
export function boxGroup(runDir: string): string {
  return `fedbox-${path.basename(runDir)}`;
}

/** Directory of a machine's group in a hierarchy. */
export function groupDir(hierarchy: Hierarchy, runDir: string, machine: string): string {
  return path.join(hierarchy.mount, hierarchy.own, boxGroup(runDir), machine);
}

/** Makes a machine's groups in every hierarchy; returns their directories. */
export function createGroups(
  all: readonly Hierarchy[],
  runDir: string,
  machine: string,
  memoryMiB: number,
): string[] {
  return all.map((hierarchy) => {
    const dir = groupDir(hierarchy, runDir, machine);
    for (const one of [path.dirname(dir), dir]) {
      fs.mkdirSync(one, { recursive: true });
      // A fresh group of this hierarchy has no CPU, and no process may enter it until it has.
      if (hierarchy.option.split(",").includes("cpuset")) inheritCpus(one);
    }
    if (hierarchy.option === "memory") {
      fs.writeFileSync(path.join(dir, "memory.limit_in_bytes"), String(memoryMiB * 1024 * 1024));
    }
    return dir;
  });
}

function inheritCpus(dir: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    fs.writeFileSync(path.join(dir, file), fs.readFileSync(path.join(path.dirname(dir), file)));
  }
}

/** Process ids in a group and all below it; empty when there is no such group. */
export function processes(dir: string): number[] {
  return unlessGone(() => {
    const own = readText(path.join(dir, "cgroup.procs")).split("\n").filter(Boolean).map(Number);
    const below = fs.readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...own, ...below.flatMap(({ name }) => processes(path.join(dir, name)))];
  }, []);
}

/** Removes the groups that held a box's machines, where the last of them has gone. */
export function removeEmptyParents(dirs: readonly string[]): void {
  for (const parent of new Set(dirs.map((dir) => path.dirname(dir)))) {
    // Another machine's group in it, with or without processes, keeps it.
    if (
      fs.existsSync(parent) &&
      !fs.readdirSync(parent, { withFileTypes: true }).some((entry) => entry.isDirectory())
    )
      fs.rmdirSync(parent);
  }
}

/**
 * Ends every process in the groups and removes them. Groups that are gone count as removed.
 * @param seconds limit; @throws with what is left then
 */
export async function removeGroups(dirs: readonly string[], seconds = 20): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const left = [...new Set(dirs.flatMap(processes))].filter((pid) => pid > 0);
    for (const pid of left) kill(pid);
    if (left.length === 0 && dirs.every(removeGroup)) return;
    if (Date.now() > deadline) {
      const still = dirs.filter((dir) => fs.existsSync(dir));
      throw new Error(
        `control groups ${still.join(", ")} not removed in ${seconds} s; processes in them: ${left.join(" ") || "none"}`,
      );
    }
    await sleep(20);
  }
}

function kill(pid: number): void {
  unlessGone(() => process.kill(pid, "SIGKILL"), true);
}

/** Removes a group with all below it; false when something in it is still in use. */
function removeGroup(dir: string): boolean {
  if (!fs.existsSync(dir)) return true;
  try {
    for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
      if (entry.isDirectory() && !removeGroup(path.join(dir, entry.name))) return false;
    }
    fs.rmdirSync(dir);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (code === "ENOENT") return true;
    if (code === "EBUSY") return false;
    throw error;
  }
}

/** Every group of a box in every hierarchy, wherever the process was that made it. */
export function findBoxGroups(runDir: string, mounts: readonly string[], depth = 6): string[] {
  const name = boxGroup(runDir);
  const search = (dir: string, left: number): string[] => {
    const entries = unlessGone(() => fs.readdirSync(dir, { withFileTypes: true }), []);
    return entries
      .filter((entry) => entry.isDirectory())
      .flatMap((entry) => {
        const full = path.join(dir, entry.name);
        if (entry.name === name) return [full];
        return left > 0 ? search(full, left - 1) : [];
      });
  };
  return mounts.flatMap((mount) => search(mount, depth));
}
