import * as fs from "node:fs";
import * as path from "node:path";
import { inTree, unpack } from "../debian/unpack";
import { iptablesNames } from "../debian/wrapper";
import type { Build } from "../step";
import type { Image } from "./table";

const libraries = "usr/lib/x86_64-linux-gnu";

/** Fills `root` with what an image contains. */
export async function fillRoot(build: Build, image: Image, root: string): Promise<void> {
  if (image.tree) await debianTree(build, image.tree, root);
  else fs.cpSync(path.join(__dirname, "common"), root, { recursive: true });
  if (image.debian) await debianPrograms(build, image.debian, root);
  for (const [target, [part, file]] of Object.entries(image.programs)) {
    fs.mkdirSync(path.dirname(path.join(root, target)), { recursive: true });
    fs.linkSync(path.join(build.part(part), file), path.join(root, target));
  }
  for (const name of ["tmp", "var/tmp"]) {
    fs.mkdirSync(path.join(root, name), { recursive: true });
    fs.chmodSync(path.join(root, name), 0o1777);
  }
  for (const name of ["etc/ssl/certs", "run", "root"])
    fs.mkdirSync(path.join(root, name), { recursive: true });
  // What a pod trusts is its image's affair: AWS's names are signed by the box's authority here.
  fs.copyFileSync(
    path.join(build.part("trust"), "bundle.crt"),
    path.join(root, "etc/ssl/certs/ca-certificates.crt"),
  );
}

/** A Debian tree with the files kept beside this one laid over it. */
async function debianTree(build: Build, tree: "nginx", root: string): Promise<void> {
  await unpack(build, tree, root);
  for (const name of ["passwd", "group"]) {
    fs.copyFileSync(path.join(root, "usr/share/base-passwd", `${name}.master`), path.join(root, "etc", name));
  }
  fs.cpSync(path.join(__dirname, tree), root, { recursive: true });
  fs.copyFileSync(path.join(__dirname, "common/etc/nsswitch.conf"), path.join(root, "etc/nsswitch.conf"));
  // Compiled into nginx and opened before its configuration is read.
  fs.mkdirSync(path.join(root, "var/log/nginx"), { recursive: true });
  fs.symlinkSync("/dev/stderr", path.join(root, "var/log/nginx/error.log"));
  fs.symlinkSync("/dev/stdout", path.join(root, "var/log/nginx/access.log"));
}

/** Programs of the machine's tree, under the same paths, with every library they load and iptables' extensions. */
async function debianPrograms(build: Build, programs: readonly string[], root: string): Promise<void> {
  const base = build.part("base");
  for (const [name, target] of Object.entries({
    bin: "usr/bin",
    sbin: "usr/sbin",
    lib: "usr/lib",
    lib64: "usr/lib64",
  })) {
    fs.mkdirSync(path.join(root, target), { recursive: true });
    fs.symlinkSync(target, path.join(root, name));
  }
  const extensions = fs
    .readdirSync(path.join(base, libraries, "xtables"))
    .map((name) => path.join(libraries, "xtables", name));
  const files = new Set([...programs, ...extensions]);
  // The extensions' own needs matter too: without libm kube-proxy finds no match `statistic` and opens no NodePort.
  for (const library of parseLibraries(
    await inTree(build, base, ["ldd", ...[...files].map((file) => `/${file}`)]),
  )) {
    files.add(library.replace(/^\/(usr\/)?/, "usr/"));
  }
  for (const file of files) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.copyFileSync(fs.realpathSync(path.join(base, file)), path.join(root, file));
  }
  for (const name of iptablesNames) fs.symlinkSync("xtables-nft-multi", path.join(root, "usr/sbin", name));
}

/** Paths of libraries in `ldd`'s output: `name => /path (0x…)` and the loader's `/path (0x…)`. */
export function parseLibraries(output: string): string[] {
  const found = output.matchAll(/^\s+(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm);
  return [...new Set([...found].map((match) => match[1]))];
}
