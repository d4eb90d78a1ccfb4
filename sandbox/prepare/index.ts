import * as fs from "node:fs";
import * as path from "node:path";
import { cacheRoot } from "./cache";
import { lock } from "./lock";
import { checkRequirements } from "./requirements";
import { make, type Report } from "./runner";
import { plan, type Planned, type Step } from "./step";
import { steps } from "./steps";
import { removeSuperseded } from "./superseded";

/** Where everything is that a box is made of. All paths are absolute; nothing in them is written to after preparation. */
export interface Prepared {
  /** Cache root. */
  root: string;
  /** Directory of the Go programs: the Pulumi engine, Kubernetes, etcd, containerd, registry, crane, CNI plugins, Karmada … */
  bin: string;
  /** Directory of wrappers for Debian's programs (haproxy, nft, ip, tini, mkfs.ext4 …), independent of the host's libraries. */
  tools: string;
  /** Python executable of the emulator's environment. */
  python: string;
  /** A machine's root as the box's image has it; `usr/` is shared by all machines, read-only. */
  base: string;
  /** Template of a machine's own, writable part of its root: `etc`, `var`, `opt` …, to be hard-linked. */
  disk: string;
  /** `containerd-control-plane/` and `containerd-worker/`: containerd's root with the cluster's images imported. */
  images: string;
  /** Storage directory of the image registry, every image in it. */
  registry: string;
  /** The box's certificate authority (PEM files); `bundle` is Mozilla's authorities and it. */
  ca: { cert: string; key: string; bundle: string };
  /** Root of Karmada's files, `charts/karmada/_crds/bases/…` below it. */
  crds: string;
  /** Files that nodes download, below their publishers' host names. */
  releases: string;
}

export interface PrepareOptions {
  /** Also what a box works without: all of it (the Kubernetes release before takes some eight minutes), or by name. @default false */
  readonly optional?: boolean | readonly string[];
}

/** Makes whatever is missing and tells how far it is; what is there is not touched. */
export async function prepare(report: Report, { optional = false }: PrepareOptions = {}): Promise<Prepared> {
  const root = cacheRoot();
  const planned = plan(steps, root);
  const isAsked = ({ name }: Step) => (typeof optional === "boolean" ? optional : optional.includes(name));
  const wanted = planned.filter((step) => !step.optional || isAsked(step));
  if (wanted.some(isMissing)) {
    checkRequirements();
    const release = lock(path.join(root, "prepare.lock"), "Preparing the sandbox");
    process.once("exit", release); // also when a signal ends it
    try {
      await make(wanted, root, report);
      const removed = removeSuperseded(root, planned);
      if (removed.length > 0) report(`removed what newer parts replace: ${removed.join(", ")}`, true);
    } finally {
      process.off("exit", release);
      release();
    }
  }
  return paths(planned, root);
}

/** Where everything is, made by an earlier {@link prepare}. @throws when something is missing */
export function prepared(): Prepared {
  const root = cacheRoot();
  const planned = plan(steps, root);
  const missing = planned.filter((step) => !step.optional && isMissing(step)).map((step) => step.name);
  if (missing.length > 0) {
    throw new Error(
      `the sandbox is not prepared: ${missing.join(", ")} missing in ${root}; run \`npm start\`.`,
    );
  }
  return paths(planned, root);
}

function isMissing(step: Planned): boolean {
  return !fs.existsSync(step.path);
}

function paths(planned: readonly Planned[], root: string): Prepared {
  const part = (name: string, ...below: string[]): string => {
    const step = planned.find((candidate) => candidate.name === name);
    if (!step) throw new Error(`no step makes ${name}`);
    return path.join(step.path, ...below);
  };
  /** The part that has the Kubernetes release before, too, once it was made. */
  const widest = (name: string): string => {
    const wider = part(`${name}-previous`);
    return fs.existsSync(wider) ? wider : part(name);
  };
  return {
    root,
    bin: part("bin"),
    tools: part("tools", "bin"),
    python: part("python", "bin", "python"),
    base: part("base"),
    disk: part("disk"),
    images: part("images"),
    registry: widest("registry"),
    ca: { cert: part("ca", "ca.crt"), key: part("ca", "ca.key"), bundle: part("trust", "bundle.crt") },
    crds: part("crds"),
    releases: widest("releases"),
  };
}
