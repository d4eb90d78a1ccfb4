import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { CommandError } from "../command";
import type { Build } from "../step";
import { layoutImages } from "./build";
import { until, whileRunning } from "./server";
import { shareFiles } from "./share";
import { folder } from "./table";

/** Of containerd's root: what belongs to one running daemon (its own identity among it), so not into a template. */
const perMachine = [
  "io.containerd.grpc.v1.introspection",
  "io.containerd.runtime.v2.task",
  "io.containerd.sandbox.controller.v1.shim",
  "tmpmounts",
];

/** Parts whose files the unpacked images and their layers repeat. */
export const sharedWith = ["layouts", "go-kubernetes", "go-etcd", "go-coredns"] as const;

/** containerd's root directories as machines start with them: their kind's images imported and unpacked. */
export async function makeContainerdRoots(build: Build): Promise<void> {
  for (const kind of ["control-plane", "worker"] as const) {
    const images = layoutImages(build.part("layouts")).filter((image) => image.baked?.includes(kind));
    // A socket's path must be short; state is what a running containerd needs and nothing of it stays.
    const state = fs.mkdtempSync(path.join(os.tmpdir(), "prepare-containerd-"));
    try {
      await importImages(
        build,
        path.join(build.partial, `containerd-${kind}`),
        state,
        images.map((image) => image.name),
      );
    } finally {
      fs.rmSync(state, { recursive: true, force: true });
    }
    for (const name of perMachine)
      fs.rmSync(path.join(build.partial, `containerd-${kind}`, name), { recursive: true, force: true });
  }
  shareFiles(build.partial, sharedWith.map(build.part));
}

async function importImages(
  build: Build,
  root: string,
  state: string,
  names: readonly string[],
): Promise<void> {
  const programs = build.part("go-containerd");
  const socket = path.join(state, "containerd.sock");
  const config = path.join(state, "config.toml");
  fs.writeFileSync(config, containerdConfiguration(root, state, socket));
  const ctr = (...args: string[]): Promise<string> =>
    build.run(path.join(programs, "ctr"), ["--address", socket, "--namespace", "k8s.io", ...args]);
  // Its mounts are nobody else's, and it reaches no network.
  const isolated = [
    "--mount",
    "--propagation",
    "private",
    "--net",
    path.join(programs, "containerd"),
    "--config",
    config,
  ];
  await whileRunning("unshare", isolated, path.join(build.root, "logs", "images.log"), async () => {
    await until("containerd", 30, () => ctr("version").then(() => true, onCommandError));
    for (const name of names) {
      const archive = path.join(state, "image.tar");
      await build.run("tar", [
        "--create",
        "-f",
        archive,
        "-C",
        path.join(build.part("layouts"), folder(name)),
        ".",
      ]);
      await ctr("images", "import", "--local", "--snapshotter", "overlayfs", archive);
      // never collected: without it no pod starts
      if (name.includes("/pause:")) await ctr("images", "label", name, "io.cri-containerd.pinned=pinned");
      fs.rmSync(archive);
    }
  });
}

function onCommandError(error: unknown): false {
  if (error instanceof CommandError) return false;
  throw error;
}

function containerdConfiguration(root: string, state: string, socket: string): string {
  const unwanted = ["grpc.v1.cri", "cri.v1.images", "cri.v1.runtime", "nri.v1.nri", "internal.v1.tracing"];
  const others = ["blockfile", "btrfs", "devmapper", "erofs", "zfs"].map((name) => `snapshotter.v1.${name}`);
  return [
    "version = 3",
    `root = "${root}"`,
    `state = "${state}"`,
    `disabled_plugins = [${[...unwanted, ...others].map((name) => `"io.containerd.${name}"`).join(", ")}]`,
    "[grpc]",
    `  address = "${socket}"`,
    "",
  ].join("\n");
}
