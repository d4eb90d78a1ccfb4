import { z } from "zod";
import { parseRange } from "../regions/ipv4";

/** Shape and defaults of every config key. Rules between keys are in `cross-checks.ts`. */

const label = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;
const domainName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/** Route 53 takes up to 68 years; resolvers keep at most about a week, so more is a slip of the pen. */
const longestTtl = 604800;

export const whole = (what: string, min: number, max: number) =>
  z
    .number({ error: `must be a number: ${what}` })
    .refine((n) => Number.isInteger(n) && n >= min && n <= max, {
      error: `must be a whole number from ${min} to ${max}: ${what}`,
    });

export const text = (pattern: RegExp, remedy: string) =>
  z.string({ error: `must be a text: ${remedy}` }).regex(pattern, { error: remedy });

/** Keys of the other kind of member: refused by name, so that nobody wonders why they do nothing. */
export const foreign = <K extends string>(kind: "ec2" | "external", keys: readonly K[]) => {
  const cluster = { ec2: "one that this program makes", external: "one that is there already" }[kind];
  const key = z
    .undefined({ error: `is a key of kind ${kind}, ${cluster}: change the kind or leave it out` })
    .optional();
  return Object.fromEntries(keys.map((each) => [each, key])) as Record<K, typeof key>;
};

export const range = (remedy: string, longest = 32, shortest = 0) =>
  z.string({ error: `must be a text: ${remedy}` }).superRefine((value, context) => {
    try {
      const { prefix } = parseRange(value);
      if (prefix >= shortest && prefix <= longest) return;
      context.addIssue({
        code: "custom",
        message: `must have a length from /${shortest} to /${longest}: ${remedy}`,
      });
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
    }
  });

const instanceType = text(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "name an EC2 instance type such as t3.medium");
const version = text(/^v\d+\.\d+\.\d+$/, "write the version as v1.2.3");

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

export const awsRegion = text(/^[a-z]{2}(-[a-z]+)+-\d$/, "name an AWS region such as us-west-2");

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
  ...foreign("external", ["kubeconfig", "context", "latencyRegion"]),
});

export const placementSchema = z.strictObject({
  min: whole("replicas at least", 0, 1e6).default(0),
  max: whole("replicas at most", 0, 1e6).optional(),
  weight: whole("share of what the minima leave over", 0, 1e6).default(1),
});

const port = whole("a TCP port", 1, 65535);

export const appSchema = z.strictObject({
  image: text(/^[^\s]+$/, "name an image such as nginx:1.29"),
  namespace: text(label, "must be a DNS label").default("default"),
  replicas: whole("replicas over all members", 0, 1e6),
  placement: z.record(z.string(), placementSchema).default({ "*": { min: 0, weight: 1 } }),
  service: z.strictObject({ port, targetPort: port.optional() }).optional(),
  dns: z
    .strictObject({
      name: z.string({ error: "must be a text: the record's name, such as nginx" }),
      ttl: whole("seconds that resolvers may keep an answer", 1, longestTtl).default(300),
    })
    .optional(),
  overrides: z
    .undefined({
      error: "overrides are not there yet: leave the key out; every member runs the same template",
    })
    .optional(),
});

export const versionsSchema = z.strictObject({
  kubernetes: version.default("v1.36.3"),
  // From v1.34 its route controller fails as soon as two nodes have routes (kubernetes/cloud-provider-aws#1351).
  cloudController: version.default("v1.33.0"),
  karmada: version.default("v1.16.0"),
  containerd: version.default("v2.2.1"),
  runc: version.default("v1.5.2"),
  cniPlugins: version.default("v1.9.1"),
  checksums: z
    .record(z.string(), text(/^[0-9a-f]{64}$/, "give the file's SHA-256 in 64 lower-case hex digits"))
    .default({}),
});

export const poolsSchema = z.strictObject({
  vpcs: range("the pool of VPC ranges", 12, 8).default("10.0.0.0/10"),
  pods: range("the pool of pod ranges", 12, 8).default("10.64.0.0/10"),
  services: range("the pool of ranges of cluster addresses", 12, 8).default("10.128.0.0/10"),
});

export const timeoutsSchema = z.strictObject({
  api: whole("seconds from instance to answering API", 30, 7200).default(900),
  federation: whole(
    "seconds for the federation's API to answer, and for a member to be Ready there",
    30,
    7200,
  ).default(600),
  drain: whole("seconds for a cluster's load balancers and volumes to go", 30, 7200).default(900),
  record: whole(
    "seconds between a record's removal and its service's; its TTL unless given",
    0,
    longestTtl,
  ).optional(),
});

export const certificatesSchema = z
  .strictObject({
    validity: whole("hours that a certificate lives; authorities live ten years", 1, 10 * 8760).default(8760),
    renewal: whole("hours before its end at which a certificate is made anew", 1, 8760).default(720),
  })
  .refine(({ validity, renewal }) => renewal < validity, {
    path: ["renewal"],
    error: "must be shorter than certificates.validity, or every certificate is due as soon as it is made",
  });

/** Every key of the stack's config but `members` and `apps`, whose entries are checked one by one. */
export const sections = {
  domain: text(
    domainName,
    "give a domain name of at least two labels such as k8s.example.com, without a dot at its end",
  ),
  zone: z
    .enum(["create", "existing"], {
      error: 'must be "create" (we make and remove it) or "existing" (we find it)',
    })
    .default("create"),
  host: text(label, "name the member that hosts the federation"),
  apiAccess: z
    .array(range("who may reach the clusters' APIs"), {
      error: "must list the ranges that may reach the clusters' APIs, such as [203.0.113.0/24]",
    })
    .min(1, { error: "must name at least one range that may reach the clusters' APIs" }),
  network: z.strictObject({ pools: poolsSchema.prefault({}) }).prefault({}),
  peering: z
    .union([z.literal("all"), z.array(z.tuple([z.string(), z.string()]))], {
      error: 'must be "all" or a list of pairs of members such as [[us-west, us-east]]',
    })
    .default([]),
  context: text(
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
    "name the federation's context with letters, digits, dots and dashes",
  ).default("aws-fed"),
  versions: versionsSchema.prefault({}),
  rollout: whole("raise it to rebuild every member's nodes", 0, 1e6).default(0),
  timeouts: timeoutsSchema.prefault({}),
  certificates: certificatesSchema.prefault({}),
} as const;

export type Ec2MemberInput = z.output<typeof memberSchema>;
export type AppInput = z.output<typeof appSchema>;
export type Versions = Readonly<z.output<typeof versionsSchema>>;
/** How long certificates live, and how long before their end they are made anew; hours. */
export type Validity = Readonly<z.output<typeof certificatesSchema>>;
export type Timeouts = Readonly<z.output<typeof timeoutsSchema>>;
export type Network = z.output<typeof sections.network>;
export { label };
