import { z } from "zod";
import { parseRange } from "../regions/ipv4";

/** Kinds of values that several keys have, each with an error that says what to write. */

export const label = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** One label of a DNS name, which may begin with a digit. */
export const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

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

/** Whether a member is gone for good, so that the federation goes on without it. */
export const lost = z.boolean({ error: "must be true or false" }).default(false);

/** Whether a member takes part in the federation; only its host may do without. */
export const joins = z.boolean({ error: "must be true or false" }).default(true);

/** Where the kubeconfig of a cluster is that is there already. */
export const kubeconfigSchema = z
  .strictObject(
    {
      file: text(/^\S.*$/, "name the kubeconfig's file, relative to the project").optional(),
      secret: text(/^[A-Za-z][A-Za-z0-9_-]*$/, "name the config value, without the namespace").optional(),
    },
    {
      error: ({ code }) =>
        code === "invalid_type"
          ? "must say where the kubeconfig is: { file: ./munich.kubeconfig } or { secret: munichKubeconfig }"
          : undefined,
    },
  )
  .refine(({ file, secret }) => (file === undefined) !== (secret === undefined), {
    error: "must have either file or secret: the kubeconfig comes from one place",
  });

export type KubeconfigInput = z.output<typeof kubeconfigSchema>;

export const version = text(/^v\d+\.\d+\.\d+$/, "write the version as v1.2.3");

export const awsRegion = text(/^[a-z]{2}(-[a-z]+)+-\d$/, "name an AWS region such as us-west-2");
