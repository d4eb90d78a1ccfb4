import * as fs from "node:fs";
import * as path from "node:path";
import type { Build } from "../step";
import { packageFiles } from "./apt";
import type { Tree } from "./packages";

/** Never read in a box; a third of the bytes. */
const dropped = ["doc", "man", "info", "lintian", "locale", "i18n", "bug", "doc-base"];

/**
 * Unpacks a tree's packages into `root`, merged-usr layout, and writes its loader's cache. No maintainer script runs:
 * whoever needs what those would make, makes it.
 */
export async function unpack(build: Build, tree: Tree, root: string): Promise<void> {
  fs.mkdirSync(root, { recursive: true });
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    fs.mkdirSync(path.join(root, "usr", name), { recursive: true });
    fs.symlinkSync(path.join("usr", name), path.join(root, name));
  }
  const script =
    'root=$1; shift; for deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$root" || exit; done';
  await build.run("sh", ["-c", script, "unpack", root, ...packageFiles(build.part("debian"), tree)]);
  for (const name of dropped)
    fs.rmSync(path.join(root, "usr", "share", name), { recursive: true, force: true });
  await inTree(build, root, ["ldconfig"]);
}

/** Runs a program of a tree with that tree as its root: the host's libraries play no part. */
export function inTree(build: Build, root: string, command: string[], input?: string): Promise<string> {
  const env = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C.UTF-8",
    HOME: "/root",
  };
  return build.run("chroot", [root, ...command], { env, input });
}
