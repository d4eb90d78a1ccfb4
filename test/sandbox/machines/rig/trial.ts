import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { readText } from "../../../../sandbox/machines/kernel-files";
import { loopsOf } from "../../../../sandbox/machines/volumes";
import type { MachineSpec } from "../../../../sandbox/machines/machine";
import { prepared, type Prepared } from "../../../../sandbox/prepare";

/** The preparation, or why trials with real machines cannot run here. */
export function preparation(): { parts: Prepared } | { missing: string } {
  if (process.getuid?.() !== 0) return { missing: "they need root" };
  try {
    return { parts: prepared() };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

/** `describe` for trials that need the preparation; where it is missing they are skipped, and the title says why. */
export function describeReal(title: string, body: (parts: Prepared) => void): void {
  const found = preparation();
  if ("parts" in found) return describe(title, () => body(found.parts));
  // jest tells of a skipped suite only in its verbose report
  process.stderr.write(`SKIPPED ${title}: ${found.missing}\n`);
  describe.skip(`${title} [skipped: ${found.missing}]`, () =>
    test("needs a prepared sandbox", () => undefined));
}

/** Machine number `n` of a trial, on a router's 10.77.0.0/24. */
export function trialSpec(n: number, netns: string, more: Partial<MachineSpec> = {}): MachineSpec {
  const hex = n.toString(16).padStart(8, "0");
  return {
    id: `i-0${process.pid.toString(16)}${hex}`,
    hostname: `ip-10-77-0-${10 + n}.us-west-2.compute.internal`,
    netns,
    veth: `eni${hex}`,
    mac: `02:00:00:00:00:${(10 + n).toString(16).padStart(2, "0")}`,
    address: `10.77.0.${10 + n}/24`,
    gateway: "10.77.0.1",
    dns: "10.77.0.2",
    memoryMiB: 4096,
    bare: false,
    volumes: [],
    ...more,
  };
}

/** A run directory of its own, below the cache so that disks can be hard links of the template. */
export function trialRunDir(parts: Prepared): string {
  const id = process.pid.toString(16).padStart(8, "0");
  const dir = path.join(parts.root, "boxes", id);
  fs.mkdirSync(dir, { recursive: true });
  return dir;
}

/** Everything of a run directory that the host still has; empty when nothing is left. */
export function leftovers(runDir: string): string[] {
  const find = (dir: string, name: string): string[] =>
    execFileSync("find", [dir, "-name", name]).toString().split("\n").filter(Boolean);
  const containing = (text: string): boolean => text.includes(runDir);
  const commands = fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter(
      (pid) => containing(readOr(`/proc/${pid}/cmdline`)) || containing(readOr(`/proc/${pid}/environ`)),
    );
  return [
    ...find("/sys/fs/cgroup", `fedbox-${path.basename(runDir)}`),
    ...fs.readFileSync("/proc/self/mountinfo", "utf8").split("\n").filter(containing),
    ...loopsOf(runDir).map(({ name }) => name),
    // systemd must not have mounted the unified hierarchy, whose root is the host's
    ...["init.scope", "system.slice"]
      .map((name) => `/sys/fs/cgroup/unified/${name}`)
      .filter((dir) => fs.existsSync(dir)),
    ...find("/run/netns", `machine-i-0${process.pid.toString(16)}*`),
    ...commands.map((pid) => `process ${pid}`),
    ...(fs.existsSync(path.join(runDir, "machines")) ? fs.readdirSync(path.join(runDir, "machines")) : []),
  ];
}

function readOr(file: string): string {
  try {
    return readText(file);
  } catch {
    return ""; // the process has ended meanwhile
  }
}

/** Asks until `question` gives an answer. @throws naming what was waited for */
export async function until<T>(
  what: string,
  seconds: number,
  question: () => Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await question();
    if (answer !== undefined && answer !== false) return answer as T;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}
