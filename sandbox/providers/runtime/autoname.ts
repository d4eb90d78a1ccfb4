/** Physical names for resources whose program gives none: `<logical name>-<7 hex>`, as upstream. */

import { createHash, randomBytes } from "node:crypto";
import { Context, Props } from "./types";

export interface NameRule {
  /** Longest name allowed; the logical name is cut, never the random part. @default no limit */
  maxLength?: number;
  /** @default "-" */
  separator?: string;
  /** Hex digits of the random part. @default 7 */
  digits?: number;
  /** Brings the logical name into the service's alphabet. */
  clean?(name: string): string;
}

/**
 * Fills `inputs[property]` if the program left it out: the old name if there is one (a new one would replace),
 * else a fresh one. The engine's seed makes preview and update agree.
 */
export function autoName(
  inputs: Props,
  olds: Props | undefined,
  ctx: Context,
  property = "name",
  rule: NameRule = {},
): Props {
  if (inputs[property] !== undefined && inputs[property] !== null && inputs[property] !== "") return inputs;
  return { ...inputs, [property]: olds?.[property] ?? freshName(ctx, rule) };
}

/** `<logical name>-<7 hex>`. */
export function freshName(ctx: Pick<Context, "name" | "urn" | "randomSeed">, rule: NameRule = {}): string {
  const digits = rule.digits ?? 7;
  const seed = ctx.randomSeed?.length
    ? createHash("sha256").update(ctx.randomSeed).update(ctx.urn).digest()
    : randomBytes(32);
  const tail = (rule.separator ?? "-") + seed.toString("hex").slice(0, digits);
  const head = rule.clean ? rule.clean(ctx.name) : ctx.name;
  return head.slice(0, (rule.maxLength ?? Infinity) - tail.length) + tail;
}
