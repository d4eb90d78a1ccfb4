import * as fs from "node:fs";
import * as path from "node:path";
import type { Build } from "../step";
import { enabled, masked } from "./units";

/** Directories of a machine's root that are its own, with their modes; the first group is only mounted upon. */
const directories: Record<string, number> = {
  ...Object.fromEntries(["usr", "proc", "sys", "dev", "run"].map((name) => [name, 0o755])),
  tmp: 0o1777,
  "var/tmp": 0o1777,
  root: 0o700,
  ...Object.fromEntries(
    ["boot", "home", "mnt", "srv", "opt/cni/bin", "etc/cni/net.d"].map((name) => [name, 0o755]),
  ),
  ...Object.fromEntries(
    ["etc/containerd/conf.d", "etc/kubernetes/manifests", "etc/ssl/certs"].map((name) => [name, 0o755]),
  ),
  ...Object.fromEntries(
    ["var/lib/containerd", "var/lib/kubelet", "var/lib/cloud"].map((name) => [name, 0o755]),
  ),
  "var/log/journal": 0o2755,
};

const plugins = ["bridge", "host-local", "loopback", "portmap"];

/** The template of a machine's disk: everything of its root but /usr, configured as the box's image is. */
export async function makeDisk(build: Build): Promise<void> {
  const [root, base] = [build.partial, build.part("base")];
  // by `cp`, which keeps owners: the journal and the shadow file belong to groups of their own
  await build.run("cp", ["-a", path.join(base, "etc"), path.join(base, "var"), root]);
  for (const [name, mode] of Object.entries(directories)) {
    fs.mkdirSync(path.join(root, name), { recursive: true });
    fs.chmodSync(path.join(root, name), mode);
  }
  for (const name of ["bin", "sbin", "lib", "lib64"])
    fs.symlinkSync(path.join("usr", name), path.join(root, name));
  for (const [name, target] of [
    ["var/run", "/run"],
    ["var/lock", "/run/lock"],
  ]) {
    fs.rmSync(path.join(root, name), { recursive: true, force: true });
    fs.symlinkSync(target, path.join(root, name));
  }
  fs.cpSync(path.join(__dirname, "disk"), root, { recursive: true });
  for (const name of ["dot.profile", "dot.bashrc"]) {
    fs.copyFileSync(path.join(base, "usr/share/base-files", name), path.join(root, "root", name.slice(3)));
  }
  fs.copyFileSync(path.join(base, "usr/share/base-files/profile"), path.join(root, "etc/profile"));
  fs.copyFileSync(
    path.join(build.part("trust"), "bundle.crt"),
    path.join(root, "etc/ssl/certs/ca-certificates.crt"),
  );
  for (const plugin of plugins)
    fs.linkSync(path.join(build.part("go-cni"), plugin), path.join(root, "opt/cni/bin", plugin));
  // Empty, not absent: every machine gets an identity of its own, and systemd does not take it for a first boot.
  fs.writeFileSync(path.join(root, "etc/machine-id"), "");
  fs.writeFileSync(path.join(root, "etc/fstab"), "");
  fs.writeFileSync(path.join(root, "etc/shells"), "/bin/sh\n/bin/bash\n");
  units(root);
}

/** What `systemctl enable` and `mask` would have linked. */
function units(root: string): void {
  const system = path.join(root, "etc/systemd/system");
  for (const [target, names] of Object.entries(enabled)) {
    const wants = path.join(system, `${target}.wants`);
    fs.mkdirSync(wants, { recursive: true });
    for (const name of names)
      fs.symlinkSync(path.join("/usr/lib/systemd/system", name), path.join(wants, name));
  }
  fs.symlinkSync("/usr/lib/systemd/system/multi-user.target", path.join(system, "default.target"));
  for (const name of masked) fs.symlinkSync("/dev/null", path.join(system, name));
}
