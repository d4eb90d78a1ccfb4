/** The Debian release all trees are made of. */
export const release = "bookworm";

/** What any tree needs to run programs and shell scripts: Debian's essential set without dpkg's own tools. */
const essential = [
  "base-files base-passwd bash bsdutils coreutils dash debianutils diffutils findutils gawk grep gzip hostname",
  "libc-bin login ncurses-base ncurses-bin passwd sed tar usr-is-merged util-linux",
];

/**
 * The trees, each a list of packages that apt completes with their dependencies. Versions are those of the release's
 * signed index on the day of preparation (its archive keeps no older ones); what was taken is written down beside the
 * packages.
 */
export const trees = {
  /** A machine: the system of the box's image, before containerd and Kubernetes are laid over it. */
  base: words(
    ...essential,
    "systemd systemd-sysv dbus cloud-init python3 mount procps psmisc less netbase",
    "iproute2 iptables nftables conntrack ethtool socat iputils-ping kmod e2fsprogs fdisk",
    "curl ca-certificates openssl jq xz-utils zstd",
  ),
  /** Programs the box itself runs, beside the host's: see wrapper.ts. */
  tools: words(
    "haproxy tini nftables iptables iproute2 conntrack ethtool socat iputils-ping bind9-dnsutils curl openssl",
    "e2fsprogs util-linux bsdutils mount kmod procps jq ca-certificates libc-bin",
  ),
  /** The nginx image's root, with a shell as the real image has. */
  nginx: words("nginx-light base-files base-passwd dash coreutils libc-bin curl"),
  /** A C compiler with what runc links in, for the one build that needs C. */
  toolchain: words(
    "gcc libc6-dev libseccomp-dev pkg-config ca-certificates coreutils dash sed grep libc-bin",
  ),
} as const;

export type Tree = keyof typeof trees;

function words(...lines: string[]): string[] {
  return lines.flatMap((line) => line.split(" "));
}
