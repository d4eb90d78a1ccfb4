import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { versionsSchema } from "../../config/schema";
import { previousKubernetesVersion } from "./go-modules";
import type { Build } from "./step";

/** A file of a release: where its publisher has it, what is in it, and where the list of its sums is. */
interface Release {
  /** Host and path. */
  readonly at: string;
  readonly sums: string;
  /** One program as it is, or an archive of several. */
  readonly content: { readonly part: string; readonly programs: readonly string[]; readonly below?: string };
  readonly archive: boolean;
}

/** The versions that the program asks for unless told otherwise. */
export const { kubernetes, containerd, runc, cniPlugins } = versionsSchema.parse({});

const download = (project: string, version: string): string =>
  `github.com/${project}/releases/download/${version}`;
const archives = {
  containerd: `${download("containerd/containerd", containerd)}/containerd-${containerd.slice(1)}-linux-amd64.tar.gz`,
  cni: `${download("containernetworking/plugins", cniPlugins)}/cni-plugins-linux-amd64-${cniPlugins}.tgz`,
};

const kubernetesReleases = (version: string, part: string): Release[] =>
  ["kubelet", "kubeadm"].map((name) => {
    const at = `dl.k8s.io/release/${version}/bin/linux/amd64/${name}`;
    return { at, sums: `${at}.sha256`, content: { part, programs: [name] }, archive: false };
  });

const releases: readonly Release[] = [
  ...kubernetesReleases(kubernetes, "go-kubernetes"),
  {
    at: archives.containerd,
    sums: `${archives.containerd}.sha256sum`,
    content: {
      part: "go-containerd",
      programs: ["containerd", "containerd-shim-runc-v2", "ctr"],
      below: "bin",
    },
    archive: true,
  },
  {
    at: `${download("opencontainers/runc", runc)}/runc.amd64`,
    sums: `${download("opencontainers/runc", runc)}/runc.sha256sum`,
    content: { part: "native", programs: ["runc"] },
    archive: false,
  },
  {
    at: archives.cni,
    sums: `${archives.cni}.sha256`,
    content: { part: "go-cni", programs: ["bridge", "host-local", "loopback", "portmap"] },
    archive: true,
  },
];

/** The files that a node without Kubernetes downloads, under their publishers' host names, with their sums. */
export const makeReleases = (build: Build): Promise<void> => write(build, releases);

/** The same and those of the Kubernetes release before. */
export async function makePreviousReleases(build: Build): Promise<void> {
  await build.run("cp", ["-al", `${build.part("releases")}/.`, build.partial]);
  await write(build, kubernetesReleases(previousKubernetesVersion, "go-kubernetes-previous"));
}

async function write(build: Build, files: readonly Release[]): Promise<void> {
  for (const { at, sums, content, archive } of files) {
    const file = path.join(build.partial, at);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const from = build.part(content.part);
    if (archive) {
      // The programs lie in a folder of the archive; the fastest compression, since the box serves it to itself.
      const into = content.below ? ["--transform", `s|^|${content.below}/|`] : [];
      await build.run("tar", ["-C", from, ...into, "-I", "gzip -1", "-cf", file, ...content.programs]);
    } else {
      fs.linkSync(path.join(from, content.programs[0]), file);
    }
    const sum = createHash("sha256").update(fs.readFileSync(file)).digest("hex");
    fs.writeFileSync(path.join(build.partial, sums), sumsText(sum, path.basename(at), sums));
  }
}

/** As the publishers write them: Kubernetes' lists are the sum alone. */
function sumsText(sum: string, name: string, list: string): string {
  return list.startsWith("dl.k8s.io/") ? sum : `${sum}  ${name}\n`;
}
