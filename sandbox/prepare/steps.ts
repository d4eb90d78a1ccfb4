import { filePins } from "./cache";
import { makeCa, makeTrust } from "./ca";
import { makeDebian } from "./debian/apt";
import { makeTools } from "./debian/wrapper";
import { goSteps, makeBin, makeCrds } from "./go";
import { actionlint, goModules, previousKubernetes } from "./go-modules";
import { makeLayouts, makePreviousLayouts } from "./images/build";
import { makeContainerdRoots, sharedWith } from "./images/containerd";
import { makePreviousRegistry, makeRegistry } from "./images/registry";
import { makeBase } from "./machine/base";
import { makeDisk } from "./machine/disk";
import { makeNative } from "./native/native";
import { makePython } from "./python";
import { cniPlugins, containerd, kubernetes, makePreviousReleases, makeReleases, runc } from "./releases";
import type { Step } from "./step";

const sources =
  (...files: string[]): (() => string[]) =>
  () =>
    filePins(__dirname, files);
const programs = [...goModules.map(({ name }) => `go-${name}`), "native"];

/** Everything a fresh machine lacks, in the order it is made. Estimates: seconds on two cores, all caches empty. */
export const steps: readonly Step[] = [
  { name: "python", estimate: 50, pins: sources("requirements.txt", "python.ts"), make: makePython },
  { name: "debian", estimate: 30, pins: sources("debian/packages.ts", "debian/apt.ts"), make: makeDebian },
  {
    name: "tools",
    estimate: 20,
    needs: ["debian"],
    pins: sources("debian/unpack.ts", "debian/wrapper.ts"),
    make: makeTools,
  },
  {
    name: "native",
    estimate: 60,
    needs: ["debian"],
    pins: sources("native", "go/runc", "debian/unpack.ts"),
    make: makeNative,
  },
  ...goSteps(goModules),
  { name: "bin", estimate: 1, needs: programs, pins: () => [], make: (build) => makeBin(build, programs) },
  { name: "crds", estimate: 1, needs: ["go-karmada"], pins: () => [], make: makeCrds },
  {
    name: "releases",
    estimate: 10,
    needs: ["go-kubernetes", "go-containerd", "go-cni", "native"],
    pins: () => [...sources("releases.ts")(), kubernetes, containerd, runc, cniPlugins],
    make: makeReleases,
  },
  { name: "ca", estimate: 1, pins: () => ["ECDSA P-256, 10 years"], make: makeCa },
  { name: "trust", estimate: 1, needs: ["ca", "tools"], pins: sources("ca.ts"), make: makeTrust },
  {
    name: "base",
    estimate: 30,
    needs: ["debian", "native", "go-containerd", "go-kubernetes"],
    pins: sources("debian/unpack.ts", "machine/base.ts", "machine/base"),
    make: makeBase,
  },
  {
    name: "disk",
    estimate: 2,
    needs: ["base", "go-cni", "trust"],
    pins: sources("machine/disk.ts", "machine/disk", "machine/units.ts"),
    make: makeDisk,
  },
  {
    name: "layouts",
    estimate: 20,
    needs: [
      "go-kubernetes",
      "go-etcd",
      "go-etcd-tools",
      "go-coredns",
      "go-ccm",
      "go-karmada",
      "native",
      "debian",
      "base",
      "trust",
    ],
    pins: sources(
      "images/build.ts",
      "images/root.ts",
      "images/layout.ts",
      "images/table.ts",
      "images/common",
      "images/nginx",
      "machine/disk/etc/containerd",
    ),
    make: makeLayouts,
  },
  {
    name: "registry",
    estimate: 20,
    needs: ["layouts", "go-registry"],
    pins: sources("images/registry.ts", "images/share.ts"),
    make: makeRegistry,
  },
  {
    name: "images",
    estimate: 30,
    needs: [...sharedWith, "go-containerd"],
    pins: sources("images/containerd.ts", "images/share.ts"),
    make: makeContainerdRoots,
  },
  ...[...previous(), ...goSteps([actionlint])].map((step) => ({ ...step, optional: true })),
];

/** The Kubernetes release before, from which an upgrade can be shown. */
function previous(): Step[] {
  return [
    ...goSteps([previousKubernetes]),
    {
      name: "releases-previous",
      estimate: 1,
      needs: ["releases", "go-kubernetes-previous"],
      pins: sources("releases.ts"),
      make: makePreviousReleases,
    },
    {
      name: "layouts-previous",
      estimate: 10,
      needs: ["layouts", "go-kubernetes-previous", "base", "trust"],
      pins: sources("images/build.ts"),
      make: makePreviousLayouts,
    },
    {
      name: "registry-previous",
      estimate: 10,
      needs: ["registry", "layouts-previous", "go-registry"],
      pins: sources("images/registry.ts"),
      make: makePreviousRegistry,
    },
  ];
}
