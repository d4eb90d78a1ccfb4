import * as fs from "node:fs";
import * as path from "node:path";
import { inTree, unpack } from "../debian/unpack";
import { iptablesNames } from "../debian/wrapper";
import type { Build } from "../step";

/** Programs that the image has beyond Debian's, in /usr/bin, by the part that has them. */
const programs: Record<string, readonly string[]> = {
  "go-containerd": ["containerd", "containerd-shim-runc-v2", "ctr"],
  "go-kubernetes": ["kubelet", "kubectl"],
  native: ["runc"],
};

/** What Debian's alternatives system would link: name → program beside it. */
const alternatives: Record<string, string> = {
  ...Object.fromEntries(iptablesNames.map((name) => [`usr/sbin/${name}`, "xtables-nft-multi"])),
  "usr/bin/awk": "gawk",
  "usr/bin/pager": "less",
};

/** The root of the box's image, complete with the accounts and links that packages make when installed. */
export async function makeBase(build: Build): Promise<void> {
  const root = build.partial;
  await unpack(build, "base", root);
  for (const [name, program] of Object.entries(alternatives)) {
    const link = path.join(root, name);
    fs.rmSync(link, { force: true });
    fs.symlinkSync(program, link);
  }
  // A machine has its address before it boots and the box has no DHCP server: with a client at hand cloud-init would
  // ask for a lease before it reads its user data, and wait five minutes for none.
  fs.rmSync(path.join(root, "usr/sbin/dhclient"), { force: true });
  await accounts(build, root);
  // Modules without byte code would be compiled anew at every start of cloud-init, /usr being read-only.
  await inTree(build, root, [
    "python3",
    "-m",
    "compileall",
    "-q",
    "--invalidation-mode",
    "unchecked-hash",
    "/usr/lib/python3",
    "/usr/lib/python3.11",
  ]);

  for (const [part, names] of Object.entries(programs)) {
    for (const name of names)
      fs.linkSync(path.join(build.part(part), name), path.join(root, "usr", "bin", name));
  }
  const kubernetes = path.join(root, "usr", "libexec", "kubernetes");
  fs.mkdirSync(kubernetes, { recursive: true });
  fs.linkSync(path.join(build.part("go-kubernetes"), "kubeadm"), path.join(kubernetes, "kubeadm"));
  fs.cpSync(path.join(__dirname, "base"), root, { recursive: true });
  // base-files makes these when it is installed; user data puts its own programs there
  for (const name of ["bin", "sbin", "etc", "include", "lib", "share", "src"]) {
    fs.mkdirSync(path.join(root, "usr", "local", name), { recursive: true });
  }
  // kube-proxy mounts it from the node
  fs.mkdirSync(path.join(root, "usr", "lib", "modules"), { recursive: true });
}

/** /etc/passwd and its kin: the masters of base-passwd, then what the packages declare. */
async function accounts(build: Build, root: string): Promise<void> {
  for (const name of ["passwd", "group"]) {
    fs.copyFileSync(path.join(root, "usr/share/base-passwd", `${name}.master`), path.join(root, "etc", name));
  }
  await inTree(build, root, ["systemd-sysusers"]);
  await inTree(build, root, ["pwconv"]);
  await inTree(build, root, ["grpconv"]);
}
