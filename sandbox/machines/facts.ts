import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** A machine's `/proc/meminfo`: the host's, with the machine's own memory in the lines that tools read a size from. */
export function meminfo(host: string, memoryMiB: number): string {
  const total = memoryMiB * 1024;
  const own: Record<string, number> = { MemTotal: total, MemFree: Math.floor(total * 0.8), MemAvailable: Math.floor(total * 0.9) };
  return host.replace(/^(\w+):(\s*)(\d+) kB$/gm, (line, name: string) =>
    name in own ? `${name}:${String(own[name]).padStart(23 - name.length)} kB` : line,
  );
}

/**
 * What the kernel has once for all machines and each machine must have for itself, by path below `/proc`: the boot's
 * id (a node whose id changed has rebooted), the memory, and settings that the kubelet and systemd write, which must
 * not reach the host's.
 */
export function bootFacts(memoryMiB: number, read: (file: string) => string): Record<string, string> {
  return {
    "sys/kernel/random/boot_id": `${randomUUID()}\n`,
    meminfo: meminfo(read("/proc/meminfo"), memoryMiB),
    "sys/vm/overcommit_memory": "1\n",
    "sys/kernel/panic": "10\n",
    "sys/kernel/panic_on_oops": "1\n",
    "sys/fs/file-max": read("/proc/sys/fs/file-max"),
    "sys/fs/nr_open": read("/proc/sys/fs/nr_open"),
  };
}

/** Writes the facts of a boot into a directory that the boot binds over `/proc`. */
export function writeFacts(dir: string, facts: Readonly<Record<string, string>>): void {
  fs.rmSync(dir, { recursive: true, force: true });
  for (const [name, text] of Object.entries(facts)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), text);
  }
}
