import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Build } from "../step";
import type { Image } from "./table";

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

const epoch = "1970-01-01T00:00:00Z";

/**
 * Writes an OCI image layout (opencontainers/image-spec) of one image with one layer, the directory `root`. The layer is
 * not compressed: it never leaves this machine, and every pull would pay for unpacking. Same content, same digest.
 */
export async function writeLayout(build: Build, image: Image, root: string, layout: string): Promise<void> {
  const blobs = path.join(layout, "blobs", "sha256");
  fs.mkdirSync(blobs, { recursive: true });
  const tar = path.join(layout, "layer.tar");
  await build.run("tar", [
    "--create",
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "-f",
    tar,
    "-C",
    root,
    ".",
  ]);
  const layer = await fileDescriptor(tar);
  fs.renameSync(tar, path.join(blobs, layer.digest.slice("sha256:".length)));

  const put = (mediaType: string, content: object): Descriptor => {
    const text = JSON.stringify(content);
    const digest = createHash("sha256").update(text).digest("hex");
    fs.writeFileSync(path.join(blobs, digest), text);
    return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
  };
  const config = put("application/vnd.oci.image.config.v1+json", configuration(image, layer.digest));
  const manifest = put("application/vnd.oci.image.manifest.v1+json", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config,
    layers: [layer],
  });
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    // containerd takes the image's name from here when it imports
    manifests: [
      {
        ...manifest,
        platform: { architecture: "amd64", os: "linux" },
        annotations: { "io.containerd.image.name": image.name },
      },
    ],
  };
  fs.writeFileSync(path.join(layout, "index.json"), JSON.stringify(index));
  fs.writeFileSync(path.join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}

/** The image's configuration, as containers get it. */
export function configuration(image: Image, layerDigest: string): object {
  return {
    created: epoch,
    architecture: "amd64",
    os: "linux",
    config: {
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      Entrypoint: image.entrypoint,
      Cmd: image.command,
      User: image.user,
      StopSignal: image.stopSignal,
      WorkingDir: "/",
    },
    rootfs: { type: "layers", diff_ids: [layerDigest] },
    history: [{ created: epoch, created_by: "sandbox/prepare" }],
  };
}

async function fileDescriptor(file: string): Promise<Descriptor> {
  const hash = createHash("sha256");
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20 }))
    hash.update(chunk as Buffer);
  return {
    mediaType: "application/vnd.oci.image.layer.v1.tar",
    digest: `sha256:${hash.digest("hex")}`,
    size: fs.statSync(file).size,
  };
}
