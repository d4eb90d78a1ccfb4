import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../prepare/command";
import { readText, unlessGone } from "./kernel-files";
import type { VolumeSpec } from "./spec";

/** A loop device and the file behind it. */
export interface Loop {
  /** `loop3` */
  name: string;
  /** `7:3` */
  number: string;
  file: string;
}

/** A volume with the loop device it has while its machine runs. */
export interface AttachedVolume extends VolumeSpec {
  loop: Loop;
}

/** Name under `/dev/disk/by-id` that a volume has on an instance with NVMe. */
export function byIdName(volume: string): string {
  return `nvme-Amazon_Elastic_Block_Store_${volume.replace(/-/g, "")}`;
}

/**
 * Shell commands, for inside the machine, that make a volume's device known: node, link, and the entry of udev's database
 * that udev would write. No udev runs in a machine, and without the entry systemd waits for a device of `/etc/fstab` in vain.
 */
export function appearScript({ id, device, loop }: Pick<AttachedVolume, "id" | "device" | "loop">): string {
  const [major, minor] = loop.number.split(":");
  const link = `disk/by-id/${byIdName(id)}`;
  const entry = [`S:${path.basename(device)}`, `S:${link}`, "I:1", "G:systemd", "Q:systemd", "V:1", ""].join(
    "\\n",
  );
  return [
    `mkdir -p /dev/disk/by-id /run/udev/data /run/udev/tags/systemd`,
    `rm -f ${device}; mknod -m 660 ${device} b ${major} ${minor}`,
    `ln -sfn ../..${device.slice("/dev".length)} /dev/${link}`,
    `printf '${entry}' > /run/udev/data/b${loop.number}; : > /run/udev/tags/systemd/b${loop.number}`,
    "",
  ].join("\n");
}

/** Shell commands, for inside the machine, that take a volume's device away. */
export function vanishScript({ id, device, loop }: Pick<AttachedVolume, "id" | "device" | "loop">): string {
  const files = [
    device,
    `/dev/disk/by-id/${byIdName(id)}`,
    `/run/udev/data/b${loop.number}`,
    `/run/udev/tags/systemd/b${loop.number}`,
  ];
  return `rm -f ${files.join(" ")}\n`;
}

/** Loop devices whose file is `file` or below it. A file that was deleted still counts: the kernel marks it ` (deleted)`. */
export function loopsOf(file: string, blocks = "/sys/block"): Loop[] {
  const real = fs.existsSync(file) ? fs.realpathSync(file) : file;
  return fs.readdirSync(blocks).flatMap((name): Loop[] => {
    const backing = path.join(blocks, name, "loop", "backing_file");
    if (!/^loop\d+$/.test(name) || !fs.existsSync(backing)) return [];
    return unlessGone(() => {
      const behind = readText(backing)
        .trim()
        .replace(/ \(deleted\)$/, "");
      if (behind !== real && !behind.startsWith(`${real}/`)) return [];
      return [{ name, number: readText(path.join(blocks, name, "dev")).trim(), file: behind }];
    }, []);
  });
}

/** Puts a loop device over a volume's image, which must have none: two would write past each other. */
export async function attach(volume: VolumeSpec): Promise<AttachedVolume> {
  if (!fs.existsSync(volume.image)) throw new Error(`volume ${volume.id} has no image file ${volume.image}`);
  await freed(volume.image, 10);
  const device = (await run("losetup", ["--find", "--show", volume.image], { timeout: 30 })).trim();
  const name = path.basename(device);
  const loop = loopsOf(volume.image).find((one) => one.name === name);
  if (!loop)
    throw new Error(
      `volume ${volume.id}: losetup said ${device}, but that device has not the file ${volume.image}`,
    );
  return { ...volume, loop };
}

/** Frees the loop devices of a file, or of all files below a directory; one still mounted is freed when it no longer is. */
export async function detach(file: string): Promise<void> {
  for (const loop of loopsOf(file)) {
    await run("losetup", ["--detach", `/dev/${loop.name}`], { timeout: 30 }).catch((error: Error) => {
      // It may have been freed by its last user since the list was read.
      if (loopsOf(file).some((one) => one.name === loop.name)) throw error;
    });
  }
}

/** Waits until no loop device has the file, so that all that was written is in it. */
export async function freed(file: string, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (loopsOf(file).length > 0) {
    if (Date.now() > deadline) {
      const names = loopsOf(file).map(({ name }) => `/dev/${name}`);
      throw new Error(
        `${file} is still in use by ${names.join(", ")} after ${seconds} s: some machine has it attached or mounted`,
      );
    }
    await sleep(20);
  }
}
