import { z } from "zod";
import { kubeconfigSchema, text, whole } from "./fields";

/** Shape of `controlPlane`, the federation's own. What it means where a key is left out is in `control-plane-checks.ts`. */

/** Ports that Kubernetes gives NodePort Services, unless its API server was told others. */
const nodePorts = { min: 30000, max: 32767 };

const name = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

const storageSchema = z.union(
  [
    z.enum(["volumes", "none"]),
    z.strictObject({
      class: text(name, "name a storage class of the host's"),
      size: whole("GiB of each of etcd's volumes", 1, 16384).default(8),
    }),
    z.strictObject({ names: z.array(text(name, "name a persistent volume of the host's")).min(1) }),
  ],
  {
    error:
      'must be "volumes" (those that this program makes for a host of kind ec2), { class: fast, size: 8 } (a storage class of ' +
      'the host\'s, GiB), { names: [etcd-0] } (persistent volumes that are there, one for each replica) or "none" (memory)',
  },
);

const serviceSchema = z.union(
  [
    z.literal("loadBalancer"),
    z.strictObject({
      nodePort: whole("a port of the host's nodes", nodePorts.min, nodePorts.max),
      address: text(
        /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
        "give the IPv4 address or host name of the host's nodes",
      ),
    }),
  ],
  {
    error:
      `must be "loadBalancer" or { nodePort: 32443, address: 192.168.0.10 }: a port from ${nodePorts.min} to ${nodePorts.max} ` +
      "and the IPv4 address or host name of the host's nodes by which the federation is reached",
  },
);

const argumentSchema = z.union([z.string(), z.number(), z.boolean()], {
  error: "must be a text, a number, true or false: what stands behind the flag's =",
});

export const controlPlaneBlockSchema = z.strictObject({
  replicas: z
    .union([z.literal(1), z.literal(3)], {
      error: "must be 1 or 3: its etcd needs a majority, and two replicas outlive no more failures than one",
    })
    .optional(),
  storage: storageSchema.optional(),
  service: serviceSchema.optional(),
  arguments: z
    .record(z.string(), argumentSchema, {
      error: 'must be a map from flag to value such as { audit-log-maxage: "30" }',
    })
    .optional(),
  existing: kubeconfigSchema.optional(),
});

export type ControlPlaneInput = z.output<typeof controlPlaneBlockSchema>;
/** Where etcd keeps what the federation knows. `size` is in GiB. */
export type Storage = z.output<typeof storageSchema>;
/** How the federation's API is reached from outside of its host. */
export type ApiService = z.output<typeof serviceSchema>;
