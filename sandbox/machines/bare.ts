import * as fs from "node:fs";
import * as path from "node:path";
import type { MachinePaths } from "./spec";

/** What the box's image has beyond an Ubuntu without Kubernetes and container runtime; by path in a machine's root. */
export const BAKED: readonly string[] = [
  ...["containerd", "containerd-shim-runc-v2", "ctr", "runc", "kubelet", "kubeadm", "kubectl"].map(
    (name) => `usr/bin/${name}`,
  ),
  "usr/libexec/kubernetes",
  ...["containerd.service", "kubelet.service", "kubelet.service.d"].map(
    (name) => `usr/lib/systemd/system/${name}`,
  ),
  ...["bridge", "host-local", "loopback", "portmap"].map((name) => `opt/cni/bin/${name}`),
  ...["containerd.service", "kubelet.service"].map(
    (name) => `etc/systemd/system/multi-user.target.wants/${name}`,
  ),
  "etc/containerd/config.toml",
  "var/lib/containerd",
];

/** What any image has to tell a container runtime on this kernel: cgroup v1, and no way to lower an OOM score. */
const KERNEL = `version = 3
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  disable_apparmor = true
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = false
`;

/** Makes a new disk that of the bare image. Layers are mounted by the boot only, which removes there what `absent` names. */
export function makeBare(disk: string, paths: Pick<MachinePaths, "absent">): void {
  for (const name of BAKED) fs.rmSync(path.join(disk, name), { recursive: true, force: true });
  fs.writeFileSync(path.join(disk, "etc/containerd/conf.d/00-kernel.toml"), KERNEL);
  fs.writeFileSync(paths.absent, `${BAKED.filter((name) => /^(usr|opt)\//.test(name)).join("\n")}\n`);
}
