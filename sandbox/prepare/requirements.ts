import { spawnSync } from "node:child_process";
import * as fs from "node:fs";

/** One thing a host must have, with how to get it. */
export interface Requirement {
  what: string;
  remedy: string;
  met(): boolean;
}

/** True when a program runs and its output, where a least version is given, names that or a later one. */
function runs(program: string, args: string[], least?: readonly number[]): boolean {
  const result = spawnSync(program, args, { encoding: "utf8", timeout: 30_000 });
  if (result.error || result.status !== 0) return false;
  return least === undefined || atLeast(`${result.stdout}${result.stderr}`, least);
}

/** Whether the first dotted number in a text is `least` or later. */
export function atLeast(text: string, least: readonly number[]): boolean {
  const found = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text);
  if (!found) return false;
  for (const [index, wanted] of least.entries()) {
    const have = Number(found[index + 1] ?? 0);
    if (have !== wanted) return have > wanted;
  }
  return true;
}

const requirements: readonly Requirement[] = [
  {
    what: "Linux on x86-64",
    remedy: "use a Linux machine or VM",
    met: () => process.platform === "linux" && process.arch === "x64",
  },
  {
    what: "root",
    remedy: "start as root (namespaces, mounts and loop devices need it)",
    met: () => process.getuid?.() === 0,
  },
  {
    what: "Node.js 20 or later",
    remedy: "https://nodejs.org",
    met: () => atLeast(process.versions.node, [20]),
  },
  {
    what: "Go 1.21 or later (it fetches the tool chain that the modules ask for)",
    remedy: "https://go.dev/dl",
    met: () => runs("go", ["version"], [1, 21]),
  },
  {
    what: "Python 3.11 or later with venv",
    remedy: "apt-get install python3-venv",
    met: () => runs("python3", ["--version"], [3, 11]) && runs("python3", ["-c", "import venv, ensurepip"]),
  },
  {
    what: "apt-get and dpkg-deb",
    remedy: "use Debian or a descendant of it",
    met: () => runs("apt-get", ["--version"]) && runs("dpkg-deb", ["--version"]),
  },
  {
    what: "Debian's archive keys",
    remedy: "apt-get install debian-archive-keyring",
    met: () => fs.existsSync("/usr/share/keyrings/debian-archive-keyring.gpg"),
  },
  {
    what: "tar, chroot, unshare and mount",
    remedy: "apt-get install tar coreutils util-linux mount",
    met: () => ["tar", "chroot", "unshare", "mount"].every((program) => runs(program, ["--version"])),
  },
];

/** What is not met, one line each. */
export function unmet(list: readonly Requirement[] = requirements): string[] {
  return list.filter((requirement) => !requirement.met()).map(({ what, remedy }) => `${what}: ${remedy}`);
}

/** @throws one error that names everything missing */
export function checkRequirements(list: readonly Requirement[] = requirements): void {
  const missing = unmet(list);
  if (missing.length === 0) return;
  throw new Error(
    `this machine lacks what preparing the sandbox needs:\n${missing.map((line) => `  - ${line}`).join("\n")}`,
  );
}
