/** What an image is made of. */
export interface Image {
  /** Full name as pulled: host, repository, tag. */
  name: string;
  /** Programs: path in the image → part and file in it. */
  programs: Readonly<Record<string, readonly [part: string, file: string]>>;
  /** Programs of the machine's tree that come along with their libraries (kube-proxy calls them). */
  debian?: readonly string[];
  /** A whole tree of Debian packages below the programs. */
  tree?: "nginx";
  entrypoint?: readonly string[];
  command?: readonly string[];
  user?: string;
  stopSignal?: string;
  /** Which machines have it already when they boot. */
  baked?: readonly ("control-plane" | "worker")[];
}

const everywhere = ["control-plane", "worker"] as const;

/**
 * kubeadm's images: names as `kubeadm config images list` prints them, so that kubeadm finds what it asks for.
 * @param part holds Kubernetes' programs.
 */
export function kubeadmImages(list: string, part = "go-kubernetes"): Image[] {
  const names = list.split("\n").filter((line) => line.includes("/"));
  const named = (short: string): string => {
    const found = names.find((name) => name.slice(name.lastIndexOf("/") + 1).startsWith(`${short}:`));
    if (!found) throw new Error(`kubeadm of ${part} names no image ${short}: ${names.join(", ")}`);
    return found;
  };
  const kubernetes = (short: string): Image => ({
    name: named(short),
    programs: { [`usr/local/bin/${short}`]: [part, short] },
    baked: ["control-plane"],
  });
  return [
    kubernetes("kube-apiserver"),
    kubernetes("kube-controller-manager"),
    kubernetes("kube-scheduler"),
    {
      ...kubernetes("kube-proxy"),
      debian: ["usr/sbin/nft", "usr/sbin/xtables-nft-multi", "usr/sbin/conntrack", "usr/bin/ip"],
      baked: everywhere,
    },
    {
      name: named("etcd"),
      programs: { "usr/local/bin/etcd": ["go-etcd", "etcd"] },
      baked: ["control-plane"],
    },
    {
      name: named("coredns"),
      programs: { coredns: ["go-coredns", "coredns"] },
      entrypoint: ["/coredns"],
      baked: everywhere,
    },
    {
      name: named("pause"),
      programs: { pause: ["native", "pause"] },
      entrypoint: ["/pause"],
      user: "65535:65535",
      baked: everywhere,
    },
  ];
}

/** Images that machines pull from the registry. */
export const pulledImages: readonly Image[] = [
  {
    name: "registry.k8s.io/provider-aws/cloud-controller-manager:v1.33.0",
    programs: { "bin/aws-cloud-controller-manager": ["go-ccm", "aws-cloud-controller-manager"] },
    entrypoint: ["/bin/aws-cloud-controller-manager"],
  },
  ...["controller-manager", "scheduler", "webhook", "aggregated-apiserver"].map((short) => ({
    name: `docker.io/karmada/karmada-${short}:v1.16.0`,
    programs: { [`bin/karmada-${short}`]: ["go-karmada", `karmada-${short}`] as const },
  })),
  {
    name: "docker.io/library/nginx:1.29",
    programs: {},
    tree: "nginx",
    command: ["nginx", "-g", "daemon off;"],
    stopSignal: "SIGQUIT",
  },
];

/** Repository and tag as a registry of one namespace has them: the host is only where the name is resolved. */
export function repository(name: string): { repository: string; tag: string } {
  const found = /^[^/]+\/(.+):([^:/]+)$/.exec(name);
  if (!found) throw new Error(`${name} is not a full image name (host/repository:tag)`);
  return { repository: found[1], tag: found[2] };
}

/** Folder name for an image. */
export function folder(name: string): string {
  const { repository: path, tag } = repository(name);
  return `${path.replaceAll("/", "_")}_${tag}`;
}
