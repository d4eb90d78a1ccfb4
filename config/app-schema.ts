import { z } from "zod";
import { dnsSchema } from "./dns-schema";
import { label, text, whole } from "./fields";

/** Shape and defaults of an app's keys. */

/** Defaults are filled in where it is expanded: whether a key was written matters to an app that is duplicated. */
const placementSchema = z.strictObject({
  min: whole("replicas at least", 0, 1e6).optional(),
  max: whole("replicas at most", 0, 1e6).optional(),
  weight: whole("share of what the minima leave over", 0, 1e6).optional(),
});

const image = text(/^[^\s]+$/, "name an image such as nginx:1.29");

const patchSchema = z
  .strictObject({
    object: text(
      /^[A-Z][A-Za-z0-9]*\/\S+$/,
      "name an object of the app such as ConfigMap/settings",
    ).optional(),
    op: z.enum(["add", "remove", "replace"], {
      error: 'must be "add", "remove" or "replace": the federation knows no other operation of RFC 6902',
    }),
    path: text(/^(\/[^/]*)+$/, "give a JSON pointer such as /spec/template/spec/priorityClassName"),
    value: z.unknown().optional(),
  })
  .refine(({ op, value }) => (op === "remove") === (value === undefined), {
    path: ["value"],
    error: "is needed by add and replace, and by remove not",
  });

const overrideSchema = z.strictObject({
  image: image.optional(),
  replicas: whole("replicas that the member runs, within the app's plan", 0, 1e6).optional(),
  container: text(label, "name the container that image, env and args are of").optional(),
  env: z
    .record(
      text(/^[A-Za-z_][A-Za-z0-9_.-]*$/, "name a variable with letters, digits and underscores"),
      z.string({ error: 'must be a text: write numbers and truth values in quotes, such as "8080"' }),
    )
    .optional(),
  args: z.array(z.string({ error: "must be a text" }), { error: "must be a list of texts" }).optional(),
  patch: z.array(patchSchema, { error: "must be a list of { op, path, value }" }).optional(),
});

const port = whole("a TCP port", 1, 65535);

/** Without load balancers: every node of a member takes users in at this port. */
const nodePort = whole(
  "a port that nodes give to Services, at which members without load balancers are reached",
  30000,
  32767,
);

const wholeAppSchema = z.strictObject({
  image: image.optional(),
  manifests: z
    .array(text(/^\S.*$/, "name a file or a directory"), {
      error: "must list files or directories with Kubernetes objects, relative to the project",
    })
    .default([]),
  adopt: z.boolean({ error: "must be true or false" }).default(false),
  onRemove: z
    .enum(["delete", "keep"], {
      error:
        'must be "delete" (a member that leaves, or that the app leaves, is cleared of it) or "keep" (it goes on running there)',
    })
    .default("delete"),
  namespace: text(label, "must be a DNS label").default("default"),
  replicas: whole("replicas over all members, or of each where they are duplicated", 0, 1e6).optional(),
  spread: z
    .enum(["divided", "duplicated"], {
      error: 'must be "divided" (replicas are shared out) or "duplicated" (every member runs them all)',
    })
    .default("divided"),
  placement: z.record(z.string(), placementSchema).default({ "*": {} }),
  // What every `up` does: the key is taken for those who know it from kubefed.
  rebalance: z
    .literal(true, {
      error: "must be true: replicas that run move to match the placement with every up; leave it out",
    })
    .optional(),
  // Refused by name, since people will look for it.
  failover: z
    .undefined({
      error:
        "is not there: Karmada knows no max when it moves replicas, and does not bring them back; users go elsewhere by " +
        "health checks, and members.<name>.lost: true moves replicas within every max (docs/apps.md)",
    })
    .optional(),
  service: z.strictObject({ port, targetPort: port.optional(), nodePort: nodePort.optional() }).optional(),
  dns: dnsSchema.optional(),
  overrides: z.record(z.string(), overrideSchema).default({}),
});

export const appSchema = wholeAppSchema
  .refine(({ image, manifests }) => image !== undefined || manifests.length > 0, {
    path: ["image"],
    error:
      "is missing, and so are manifests: name an image such as nginx:1.29, or files with the app's objects",
  })
  .refine(({ image, replicas }) => image === undefined || replicas !== undefined, {
    path: ["replicas"],
    error: "must be a number: replicas over all members, or of each where they are duplicated",
  })
  .refine(({ image, service }) => image !== undefined || service === undefined, {
    path: ["service"],
    error: "is for the pods of image: add a Service of type LoadBalancer to the manifests",
  })
  // Karmada lets go of an object only where it may take it over again: else its record there would never end.
  .refine(({ onRemove, adopt }) => onRemove === "delete" || adopt, {
    path: ["onRemove"],
    error: 'needs adopt: true: "keep" leaves objects behind that the app finds there when it comes back',
  });

export type AppInput = z.output<typeof appSchema>;
