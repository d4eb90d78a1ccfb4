import { z } from "zod";
import { awsRegion, foreign, joins, kubeconfigSchema, lost, range, text, whole } from "./fields";

/** Shape and defaults of a member of `kind: external`: a cluster that is there already, given by its kubeconfig. */

const place = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const placeRemedy =
  "write it with lower-case letters, digits, dots and dashes, such as eu-central-1 or munich";

/** What only a cluster has that this program makes. */
const ownKeys = ["image", "access", "controlPlane", "workers", "rollout"] as const;

const declared = "as the cluster itself has it, so that no other member's is the same";

const networkSchema = z.strictObject(
  {
    nodes: range(`the range of its nodes' addresses, ${declared}`, 32, 8),
    pods: range(`the range of its pods, ${declared}`, 32, 8),
    services: range(`the range of its Services' cluster addresses, ${declared}`, 32, 8),
  },
  {
    error: ({ code }) =>
      code === "invalid_type" ? `must declare nodes, pods and services, each ${declared}` : undefined,
  },
);

const host = text(
  /^(\d+\.\d+\.\d+\.\d+|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)$/,
  "give the address or host name at which users reach its nodes' ports, such as 192.0.2.11",
);

export const externalMemberSchema = z.strictObject({
  kind: z.literal("external"),
  kubeconfig: kubeconfigSchema,
  context: text(/^\S+$/, "name a context of the kubeconfig").optional(),
  region: text(place, placeRemedy),
  latencyRegion: awsRegion.optional(),
  zones: z.array(text(place, placeRemedy)).default([]),
  labels: z.record(z.string(), z.string()).default({}),
  network: networkSchema,
  address: host.optional(),
  generation: whole("raise it when another cluster is given under this name", 1, 1e6).default(1),
  lost,
  joins,
  ...foreign("ec2", ownKeys),
});

export type ExternalMemberInput = z.output<typeof externalMemberSchema>;

/** Whether a member's entry asks for an existing cluster. */
export function isExternal(entry: unknown): boolean {
  return typeof entry === "object" && entry !== null && "kind" in entry && entry.kind === "external";
}
