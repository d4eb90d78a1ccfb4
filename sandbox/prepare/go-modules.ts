/** One Go module below `go/`: its tools are built together and land in one part. */
export interface GoModule {
  /** Folder below `go/`. */
  name: string;
  /** Seconds with an empty build cache on two cores. */
  estimate: number;
  /** Package variables set at link time: what the program says its version is. */
  versions?: Readonly<Record<string, string>>;
  /** Prefix of the programs' names, where the module's own are too general to stand beside others. */
  prefix?: string;
}

export const kubernetesVersion = "v1.36.3";

/** An older release of the same minor version, to show an upgrade from; made only when it is asked for. */
export const previousKubernetesVersion = "v1.36.1";

const kubernetes = (version: string): Record<string, string> => {
  const [major, minor] = version.slice(1).split(".");
  const variables = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`k8s.io/component-base/version.${name}`, value]),
  );
};

/** Versions themselves are in each module's go.mod and go.sum; those here only tell the programs. */
export const goModules: readonly GoModule[] = [
  {
    name: "pulumi",
    estimate: 290,
    versions: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.246.0" },
  },
  {
    name: "containerd",
    estimate: 80,
    versions: { "github.com/containerd/containerd/v2/version.Version": "v2.2.1" },
  },
  { name: "cni", estimate: 10 },
  { name: "etcd", estimate: 35 },
  // What the image of etcd brings beside the server: nodes take and restore snapshots by them.
  { name: "etcd-tools", estimate: 25 },
  { name: "registry", estimate: 80 },
  { name: "kubernetes", estimate: 500, versions: kubernetes(kubernetesVersion) },
  // v1.33.0: from v1.34 on, the route controller fails as soon as two instances have routes (cloud-provider-aws issue 1351).
  { name: "ccm", estimate: 300, versions: kubernetes("v1.33.0") },
  {
    name: "karmada",
    estimate: 300,
    prefix: "karmada-",
    versions: { "github.com/karmada-io/karmada/pkg/version.gitVersion": "v1.16.0" },
  },
  { name: "coredns", estimate: 180 },
];

export const previousKubernetes: GoModule = {
  name: "kubernetes-previous",
  estimate: 500,
  versions: kubernetes(previousKubernetesVersion),
};

/** What the tests hold the workflows in .github against; no part of a box. */
export const actionlint: GoModule = { name: "actionlint", estimate: 40 };
