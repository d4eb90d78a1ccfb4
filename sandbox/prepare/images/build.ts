import * as fs from "node:fs";
import * as path from "node:path";
import { kubernetesVersion, previousKubernetesVersion } from "../go-modules";
import type { Build } from "../step";
import { writeLayout } from "./layout";
import { fillRoot } from "./root";
import { folder, kubeadmImages, pulledImages, type Image } from "./table";

/** Every image as an OCI layout, one folder each, and their table as `images.json`. */
export async function makeLayouts(build: Build): Promise<void> {
  const kubeadm = await imagesOf(build, "go-kubernetes", kubernetesVersion);
  checkSandboxImage(kubeadm);
  await writeLayouts(build, [...kubeadm, ...pulledImages]);
}

/** The same for Kubernetes' own images of the release before; the others are those that are there. */
export async function makePreviousLayouts(build: Build): Promise<void> {
  const all = await imagesOf(build, "go-kubernetes-previous", previousKubernetesVersion);
  const images = all.filter(({ name }) => name.endsWith(`:${previousKubernetesVersion}`));
  // Nothing of them is on a machine when it boots.
  await writeLayouts(
    build,
    images.map((image) => ({ ...image, baked: [] })),
  );
}

async function imagesOf(build: Build, part: string, version: string): Promise<Image[]> {
  const list = ["config", "images", "list", "--kubernetes-version", version];
  return kubeadmImages(await build.run(path.join(build.part(part), "kubeadm"), list), part);
}

async function writeLayouts(build: Build, images: readonly Image[]): Promise<void> {
  for (const image of images) {
    const root = path.join(build.partial, "root");
    fs.mkdirSync(root);
    await fillRoot(build, image, root);
    await writeLayout(build, image, root, path.join(build.partial, folder(image.name)));
    fs.rmSync(root, { recursive: true });
  }
  fs.writeFileSync(path.join(build.partial, "images.json"), JSON.stringify(images, null, 2));
}

/** The table of a part that {@link makeLayouts} made. */
export function layoutImages(layouts: string): Image[] {
  return JSON.parse(fs.readFileSync(path.join(layouts, "images.json"), "utf8")) as Image[];
}

/** containerd's configuration names the pause image by itself: another than kubeadm's would be pulled beside it. */
function checkSandboxImage(images: readonly Image[]): void {
  const file = path.join(__dirname, "../machine/disk/etc/containerd/config.toml");
  const pause = images.find((image) => image.name.includes("/pause:"));
  if (!pause || !fs.readFileSync(file, "utf8").includes(`sandbox = "${pause.name}"`)) {
    throw new Error(
      `machine/disk/etc/containerd/config.toml must pin kubeadm's sandbox image ${pause?.name}`,
    );
  }
}
