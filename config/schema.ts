import { z } from "zod";
import { controlPlaneBlockSchema } from "./control-plane-schema";
import { longestTtl } from "./dns-schema";
import { label, range, text, version, whole } from "./fields";

/** Shape and defaults of every config key but a member's and an app's. Rules between keys are in `cross-checks.ts`. */

const domainName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

export const versionsSchema = z.strictObject({
  kubernetes: version.default("v1.36.3"),
  // From v1.34 its route controller fails as soon as two nodes have routes (kubernetes/cloud-provider-aws#1351).
  cloudController: version.default("v1.33.0"),
  karmada: version.default("v1.16.0"),
  coredns: version.default("v1.14.2"),
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
      error:
        'must be "create" (we make and remove it in Route 53), "existing" (we find it there), or a map { coredns: … } ' +
        "(CoreDNS on the host)",
    })
    .default("create"),
  // That it is needed where there is no other control plane is a rule between keys.
  host: text(label, "name the member that hosts the federation").optional(),
  controlPlane: controlPlaneBlockSchema.prefault({}),
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

export type Versions = Readonly<z.output<typeof versionsSchema>>;
/** How long certificates live, and how long before their end they are made anew; hours. */
export type Validity = Readonly<z.output<typeof certificatesSchema>>;
export type Timeouts = Readonly<z.output<typeof timeoutsSchema>>;
export type Network = z.output<typeof sections.network>;
