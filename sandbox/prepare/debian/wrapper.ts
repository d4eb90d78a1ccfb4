import * as fs from "node:fs";
import * as path from "node:path";
import type { Build } from "../step";
import { unpack } from "./unpack";

/** Directories of a tree that hold programs, the first one winning. */
const programDirectories = ["usr/sbin", "usr/bin"];

/** Programs that the host's own shell scripts and ours expect to be the host's; a wrapper would only slow them. */
const hostOwn =
  /^(sh|dash|bash|perl.*|ld\.so|ldd|ldconfig.*|c_rehash|update-.*|dpkg.*|deb-systemd.*|.*\.(pl|sh))$/;

/**
 * A script that runs a program of an unpacked tree by the tree's own loader and libraries, the host's loader cache unread:
 * so it runs alike on any Linux, whatever its libc.
 */
export function wrapper(tree: string, program: string): string {
  const library = `${tree}/usr/lib/x86_64-linux-gnu`;
  return [
    "#!/bin/sh",
    // iptables' and nft's extensions are shared objects looked up under a fixed path
    `export XTABLES_LIBDIR=${library}/xtables`,
    `exec ${tree}/usr/lib64/ld-linux-x86-64.so.2 --inhibit-cache --library-path ${library} --argv0 "$0" ${tree}/${program} "$@"`,
    "",
  ].join("\n");
}

/** True for a dynamically linked program (an ELF file): scripts cannot be given to the loader. */
function isElf(file: string): boolean {
  const handle = fs.openSync(file, "r");
  try {
    const magic = Buffer.alloc(4);
    fs.readSync(handle, magic, 0, 4, 0);
    return magic.toString("latin1") === "\x7fELF";
  } finally {
    fs.closeSync(handle);
  }
}

/** The tools' tree with a wrapper in `bin/` for each of its programs, and the multi-call links of iptables. */
export async function makeTools(build: Build): Promise<void> {
  const tree = path.join(build.partial, "tree");
  await unpack(build, "tools", tree);
  const bin = path.join(build.partial, "bin");
  fs.mkdirSync(bin);
  const write = (name: string, program: string): void => {
    if (!fs.existsSync(path.join(bin, name))) {
      fs.writeFileSync(path.join(bin, name), wrapper(path.join(build.final, "tree"), program), {
        mode: 0o755,
      });
    }
  };
  for (const directory of programDirectories) {
    for (const name of fs.readdirSync(path.join(tree, directory)).sort()) {
      const file = path.join(tree, directory, name);
      // A link out of the tree (an alternative, made by a script that did not run) leads nowhere here.
      if (hostOwn.test(name) || !fs.existsSync(file) || !fs.statSync(file).isFile() || !isElf(file)) continue;
      write(name, path.join(directory, name));
    }
  }
  for (const name of iptablesNames) write(name, "usr/sbin/xtables-nft-multi");
}

/** Names under which the nftables variant of iptables is called; it goes by its own name. */
export const iptablesNames = ["iptables", "ip6tables"].flatMap((name) => [
  name,
  `${name}-save`,
  `${name}-restore`,
]);
