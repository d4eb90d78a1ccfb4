/** Units that the image starts: target → units. */
export const enabled: Readonly<Record<string, readonly string[]>> = {
  "multi-user.target": ["containerd.service", "kubelet.service", "cloud-init.target"],
  "cloud-init.target": ["cloud-init.service", "cloud-final.service"],
};

/**
 * Units that a machine must not start: the kernel, its modules, clock, devices and mounts are the host's, network and
 * host name are given from outside, and nobody logs in.
 */
export const masked: readonly string[] = [
  // devices and modules
  "systemd-udevd.service",
  "systemd-udev-trigger.service",
  "systemd-modules-load.service",
  "kmod-static-nodes.service",
  "systemd-tmpfiles-setup-dev.service",
  "systemd-binfmt.service",
  "proc-sys-fs-binfmt_misc.automount",
  "systemd-pcrphase.service",
  "systemd-pcrphase-sysinit.service",
  "systemd-repart.service",
  // mounts
  "systemd-remount-fs.service",
  "dev-hugepages.mount",
  "dev-mqueue.mount",
  "sys-fs-fuse-connections.mount",
  "sys-kernel-config.mount",
  "sys-kernel-debug.mount",
  "sys-kernel-tracing.mount",
  // network, names, time, kernel settings
  "systemd-networkd.service",
  "systemd-networkd.socket",
  "systemd-resolved.service",
  "systemd-timesyncd.service",
  "systemd-sysctl.service",
  "systemd-random-seed.service",
  "hwclock.service",
  // stages of cloud-init with nothing to do here: the network is there, and cloud.cfg gives their modules to the other two
  "cloud-init-local.service",
  "cloud-config.service",
  // logins
  "systemd-logind.service",
  "getty.target",
  "console-getty.service",
  "systemd-firstboot.service",
  "systemd-ask-password-console.path",
  "systemd-ask-password-wall.path",
  // upkeep of a system that lives for hours
  "systemd-journald-audit.socket",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "fstrim.timer",
];
