import { RunError } from "@pulumi/pulumi";
import type { z } from "zod";

/** One thing that is wrong with the config: where, what stands there, and what to do about it. */
export interface Fault {
  readonly path: string;
  readonly value: unknown;
  readonly remedy: string;
}

/** All that is wrong with the config, in one message; the engine shows it without a stack trace. */
export class ConfigError extends RunError {
  constructor(readonly faults: readonly Fault[]) {
    const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
    const lines = faults.map(
      ({ path, value, remedy }, i) => `  ${i + 1}. ${path}: ${show(value)} – ${remedy}`,
    );
    super(`The stack's config has ${count}:\n${lines.join("\n")}`);
    this.name = "ConfigError";
  }
}

function show(value: unknown): string {
  if (value === undefined) return "(missing)";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** Turns what zod found into faults. `prefix` is the path of `input`. */
export function schemaFaults(schema: z.ZodType, input: unknown, prefix: string, error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) =>
        unknownKey(join(prefix, ...path, key), key, at(input, [...path, key]), keysAt(schema, path)),
      );
    }
    return [{ path: join(prefix, ...path), value: at(input, path), remedy: issue.message }];
  });
}

/** The fault of a key that nobody reads: most often a slip of the pen, so the nearest known one is named. */
export function unknownKey(path: string, key: string, value: unknown, known: readonly string[]): Fault {
  const near = nearest(key, known);
  return {
    path,
    value,
    remedy: `unknown key${near ? `: did you mean "${near}"?` : ""} (known: ${known.join(", ")})`,
  };
}

/** Joins the parts of a path by dots. */
export function join(...parts: string[]): string {
  return parts.filter((part) => part !== "").join(".");
}

function at(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], input);
}

/** Names of the keys that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: readonly string[]): string[] {
  const bare = unwrap(schema);
  const def = bare._zod.def as {
    shape?: Record<string, z.ZodType>;
    valueType?: z.ZodType;
    element?: z.ZodType;
  };
  if (path.length === 0) {
    // Keys that are there to be refused are no help to anybody.
    const taken = Object.entries(def.shape ?? {}).filter(
      ([, each]) => unwrap(each)._zod.def.type !== "undefined",
    );
    return taken.map(([key]) => key);
  }
  const next = def.shape?.[path[0]] ?? def.valueType ?? def.element;
  return next ? keysAt(next, path.slice(1)) : [];
}

function unwrap(schema: z.ZodType): z.ZodType {
  const { innerType } = schema._zod.def as { innerType?: z.ZodType };
  return innerType ? unwrap(innerType) : schema;
}

/** What to write in place of a name that is none of those known. */
export function suggest(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near ? `did you mean ${near}?` : `name one of ${names.join(", ")}`;
}

/** The known word nearest to `word`, undefined when none is near. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((k) => ({ k, d: distance(word.toLowerCase(), k.toLowerCase()) }))
    .sort((a, b) => a.d - b.d);
  return best && best.d <= Math.max(2, Math.floor(word.length / 2)) ? best.k : undefined;
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
