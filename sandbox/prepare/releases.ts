import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { versionsSchema } from "../../config/schema";
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

const releases: readonly Release[] = [
  ...["kubelet", "kubeadm"].map((name) => {
    const at = `dl.k8s.io/release/${kubernetes}/bin/linux/amd64/${name}`;
    return { at, sums: `${at}.sha256`, content: { part: "go-kubernetes", programs: [name] }, archive: false };
  }),
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
export async function makeReleases(build: Build): Promise<void> {
  for (const { at, sums, content, archive } of releases) {
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
