import { z } from "zod";
import { awsRegion, foreign, joins, lost, range, text, whole } from "./fields";

/** Shape and defaults of a member's keys. */

const instanceType = text(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "name an EC2 instance type such as t3.medium");

export const networkSchema = z.strictObject({
  nat: z
    .enum(["none", "one", "per-zone"], {
      error: 'must be "none" (nodes in public subnets) or "one" (private nodes behind one NAT gateway)',
    })
    // It needs a route table for each zone; the cloud controller writes pods' routes into one, so the others would lack them.
    .refine((nat) => nat !== "per-zone", {
      error: "per-zone needs cni: cilium, which is not there yet; use one",
    })
    .default("none"),
  slot: whole("the member's place in the address pools", 0, 255).optional(),
  vpc: range("the VPC's range", 20, 16).optional(),
  pods: range("the pods' range, a /24 of it for each node", 20, 12).optional(),
  services: range("the range of cluster addresses", 24, 12).optional(),
});

export const controlPlaneSchema = z.strictObject({
  nodes: z
    .number({ error: "must be a number of nodes" })
    .refine((n) => [1, 3, 5].includes(n), {
      error: "must be 1, 3 or 5: an even number outlives no more failures than the odd one below it",
    })
    .default(1),
  instanceType: instanceType.default("t3.medium"),
  volumeSize: whole("GiB of etcd's volume", 4, 1024).default(10),
});

export const workersSchema = z.strictObject({
  count: whole("worker nodes", 0, 1000).default(2),
  instanceType: instanceType.default("t3.medium"),
});

export const accessSchema = z.strictObject({
  sessionManager: z.boolean({ error: "must be true or false" }).default(false),
  sshKey: text(
    /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( \S.*)?$/,
    "give a public key as in ~/.ssh/id_ed25519.pub",
  ).optional(),
});

export const backupsSchema = z.strictObject({
  enabled: z.boolean({ error: "must be true or false" }).default(true),
  every: z
    .number({ error: "must be a number of hours" })
    .refine((hours) => Number.isInteger(hours) && hours > 0 && 24 % hours === 0, {
      error: "must be 1, 2, 3, 4, 6, 8, 12 or 24: hours between two snapshots, at the same times each day",
    })
    .default(6),
  keep: whole("days that a snapshot is kept", 1, 3650).default(30),
});

/** A member of `kind: ec2`, which is meant where none is named. */
export const memberSchema = z.strictObject({
  region: awsRegion,
  kind: z
    .literal("ec2", {
      error: ({ input }) =>
        input === "eks"
          ? 'kind "eks" is not there yet: use "ec2", or "external" for an EKS cluster that is there'
          : 'must be "ec2" (this program makes it) or "external" (it is there already; eks is planned)',
    })
    .default("ec2"),
  zones: z
    .array(text(/^[a-z]{2}(-[a-z]+)+-\d[a-h]$/, "name availability zones such as us-west-2a"))
    .min(1, { error: "name at least one zone, or leave the key out to have two chosen" })
    .refine((zones) => new Set(zones).size === zones.length, { error: "names a zone twice: name each once" })
    .optional(),
  labels: z.record(z.string(), z.string()).default({}),
  image: text(/^ami-[0-9a-f]+$/, "give an image id such as ami-0123456789abcdef0").optional(),
  access: accessSchema.prefault({}),
  network: networkSchema.prefault({}),
  controlPlane: controlPlaneSchema.prefault({}),
  workers: workersSchema.prefault({}),
  backups: backupsSchema.prefault({}),
  restoreFrom: text(
    /^(s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/)?[A-Za-z0-9][\w./-]*$/,
    "name a snapshot by its key in the member's bucket, or as s3://bucket/key in another",
  ).optional(),
  rollout: whole("raise it to rebuild the nodes", 0, 1e6).optional(),
  generation: whole("raise it when the cluster was rebuilt with nothing of the old one", 1, 1e6).default(1),
  lost,
  joins,
  ...foreign("external", ["kubeconfig", "context", "latencyRegion"]),
});

export type Ec2MemberInput = z.output<typeof memberSchema>;
