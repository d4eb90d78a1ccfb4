import { createHash, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { MachineSpec } from "./spec";

/** A machine's `/proc/meminfo`: the host's, with the machine's own memory in the lines that tools read a size from. */
export function meminfo(host: string, memoryMiB: number): string {
  const total = memoryMiB * 1024;
  const own: Record<string, number> = {
    MemTotal: total,
    MemFree: Math.floor(total * 0.8),
    MemAvailable: Math.floor(total * 0.9),
  };
  return host.replace(/^(\w+):(\s*)(\d+) kB$/gm, (line, name: string) =>
    name in own ? `${name}:${String(own[name]).padStart(23 - name.length)} kB` : line,
  );
}

/**
 * A machine's `/proc/cgroups`: only what it has been given. Any other controller systemd would mount by itself, and with
 * it the host's own groups.
 */
export function controllers(host: string, given: readonly string[]): string {
  return host
    .split("\n")
    .filter((line) => line === "" || line.startsWith("#") || given.includes(line.split(/\s/)[0]))
    .join("\n");
}

/** Where hardware tells who it is; not every host has it, and a machine must not tell the host's. */
const dmi = "sys/class/dmi/id";

/** The hypervisor's id of an instance: it begins with `ec2`, by which cloud-init and others know where they are. */
export function hypervisorId(instance: string): string {
  const hex = createHash("sha256").update(instance).digest("hex");
  return `ec2${hex.slice(0, 5)}-${hex.slice(5, 9)}-4${hex.slice(9, 12)}-8${hex.slice(12, 15)}-${hex.slice(15, 27)}`;
}

/**
 * What the kernel has once for all machines and each machine must have for itself, by path in the machine: the boot's
 * id (a node whose id changed has rebooted), the memory, the hypervisor's names, and settings that the kubelet and
 * systemd write, which must not reach the host's.
 * @param given controllers of control groups that the machine has
 * @param read text of a file of the host, undefined when there is none
 */
export function bootFacts(
  spec: Pick<MachineSpec, "id" | "memoryMiB">,
  given: readonly string[],
  read: (file: string) => string | undefined,
): Record<string, string> {
  const id = hypervisorId(spec.id);
  const hardware: Record<string, string> = {
    product_uuid: id,
    product_serial: id,
    sys_vendor: "Amazon EC2",
    board_asset_tag: spec.id,
  };
  const shown = Object.entries(hardware).filter(([name]) => read(`/${dmi}/${name}`) !== undefined);
  return {
    "proc/sys/kernel/random/boot_id": `${randomUUID()}\n`,
    "proc/meminfo": meminfo(read("/proc/meminfo") ?? "", spec.memoryMiB),
    "proc/cgroups": controllers(read("/proc/cgroups") ?? "", given),
    "proc/sys/vm/overcommit_memory": "1\n",
    "proc/sys/kernel/panic": "10\n",
    "proc/sys/kernel/panic_on_oops": "1\n",
    "proc/sys/fs/file-max": read("/proc/sys/fs/file-max") ?? "",
    "proc/sys/fs/nr_open": read("/proc/sys/fs/nr_open") ?? "",
    "sys/hypervisor/uuid": `${id}\n`,
    ...Object.fromEntries(shown.map(([name, value]) => [`${dmi}/${name}`, `${value}\n`])),
  };
}

/** Writes the facts of a boot into a directory that the boot binds over the machine's files. */
export function writeFacts(dir: string, facts: Readonly<Record<string, string>>): void {
  fs.rmSync(dir, { recursive: true, force: true });
  for (const [name, text] of Object.entries(facts)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), text);
  }
}
