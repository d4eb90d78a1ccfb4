import { createHash } from "node:crypto";

/** The first hex digits of the SHA-256 of a value's JSON: they change with it, and say nothing of what nobody can guess. */
export function shortHash(value: unknown, digits: number): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, digits);
}
