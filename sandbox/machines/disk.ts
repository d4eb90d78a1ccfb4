import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Prepared } from "../prepare";
import { run } from "../prepare/command";
import { makeBare } from "./bare";
import type { MachinePaths, MachineSpec } from "./spec";

/** What a disk is made of. */
export interface DiskPlan {
  /** Files and directories to copy into its root. */
  copied: string[];
  /** A directory whose files are linked, and its name on the disk. */
  linked: { from: string; to: string };
}

/** Mounted at boot: nothing of them is on the disk itself. */
export const MOUNT_POINTS = ["dev", "opt", "proc", "run", "sys", "tmp", "usr"];

/** Of containerd's root: what it never writes to again once it is there, so that machines can share it. */
const CONTAINERD = "var/lib/containerd";

/**
 * How a disk comes from the template. Small files are really copied, since anybody may write into them in place (a line
 * appended to `/etc/hosts` must not reach another machine); `/opt` and `/usr` are layers, mounted at boot; containerd's
 * root, hundreds of MB whose files are written once and then only removed, is hard-linked.
 * @param entries names in the template's root
 */
export function diskPlan(prepared: Pick<Prepared, "disk" | "images">, entries: readonly string[]): DiskPlan {
  const copied = entries.filter((name) => !MOUNT_POINTS.includes(name));
  return {
    copied: copied.map((name) => path.join(prepared.disk, name)),
    linked: { from: path.join(prepared.images, "containerd-control-plane"), to: CONTAINERD },
  };
}

/** Whether a file of containerd's root is written in place (its bolt databases and their locks), so must be copied. */
export function writtenInPlace(file: string): boolean {
  return /\.db$/.test(file);
}

/** Files that tell a machine from its image, as an instance's first boot and DHCP make them; by path on the disk. */
export function identityFiles(spec: Pick<MachineSpec, "id" | "hostname" | "dns">): Record<string, string> {
  const domain = spec.hostname.split(".").slice(1).join(".");
  return {
    "etc/hostname": `${spec.hostname}\n`,
    "etc/hosts": "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n",
    "etc/machine-id": `${createHash("sha256").update(spec.id).digest("hex").slice(0, 32)}\n`,
    "etc/resolv.conf": `nameserver ${spec.dns}\n${domain ? `search ${domain}\n` : ""}`,
  };
}

/** Makes the disk of a machine, unless it has one; an interrupted attempt is thrown away. */
export async function createDisk(
  spec: MachineSpec,
  prepared: Pick<Prepared, "disk" | "images">,
  paths: MachinePaths,
): Promise<void> {
  if (fs.existsSync(paths.disk)) return;
  const partial = `${paths.disk}.partial`;
  if (fs.existsSync(partial)) await removeTree(partial);
  const layers = ["usr", "opt"].flatMap((name) =>
    ["upper", "work"].map((part) => path.join(paths.layers, name, part)),
  );
  for (const dir of [partial, ...MOUNT_POINTS.map((name) => path.join(partial, name)), ...layers]) {
    fs.mkdirSync(dir, { recursive: true });
    fs.chmodSync(dir, 0o755); // whatever the caller's umask: the machine's own users must get in
  }
  const plan = diskPlan(prepared, fs.readdirSync(prepared.disk));
  await run("cp", ["-a", "-t", partial, ...plan.copied]);
  if (spec.bare) makeBare(partial, paths);
  else await linkTree(plan.linked.from, path.join(partial, plan.linked.to));
  for (const [file, text] of Object.entries(identityFiles(spec))) replace(path.join(partial, file), text);
  fs.renameSync(partial, paths.disk);
}

/** Removes a directory, not crossing into what may be mounted in it. */
export async function removeTree(dir: string): Promise<void> {
  await run("rm", ["-rf", "--one-file-system", dir]);
}

async function linkTree(from: string, to: string): Promise<void> {
  // The template may have an empty directory there; `cp` would make its copy inside.
  fs.rmSync(to, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(to), { recursive: true });
  await run("cp", ["-al", from, to]);
  for (const file of fs.readdirSync(to, { recursive: true, encoding: "utf8" }).filter(writtenInPlace)) {
    const own = path.join(to, file);
    fs.copyFileSync(own, `${own}.own`);
    fs.renameSync(`${own}.own`, own);
  }
}

/** Writes a file in place of whatever has its name: a link there may lead to the host's own file. */
function replace(file: string, text: string): void {
  fs.rmSync(file, { force: true });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
