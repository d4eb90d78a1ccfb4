import type { Props } from "../runtime/types";

/** EC2's filter list from a plain object; `undefined` values are left out. */
export function filters(
  wanted: Record<string, string | string[] | undefined>,
): { Name: string; Values: string[] }[] {
  return Object.entries(wanted).flatMap(([Name, value]) =>
    value === undefined ? [] : [{ Name, Values: Array.isArray(value) ? value : [value] }],
  );
}

/** Keys to AWS's form, deeply: `httpTokens` → `HttpTokens`. `renamed` maps a key that differs in more than its first letter. */
export function pascal(value: any, renamed: Record<string, string> = {}): any {
  if (Array.isArray(value)) return value.map((item) => pascal(item, renamed));
  if (!isPlain(value)) return value;
  const entries = Object.entries(value).filter(
    ([, inner]) => inner !== undefined && inner !== null && inner !== "",
  );
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      renamed[key] ?? key[0].toUpperCase() + key.slice(1),
      pascal(inner, renamed),
    ]),
  );
}

/** Keys from AWS's form, deeply: `HttpTokens` → `httpTokens`. */
export function camel(value: any, renamed: Record<string, string> = {}): any {
  if (Array.isArray(value)) return value.map((item) => camel(item, renamed));
  if (!isPlain(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      renamed[key] ?? key[0].toLowerCase() + key.slice(1),
      camel(inner, renamed),
    ]),
  );
}

/** Only the named properties that are there. */
export function pick(value: Props | undefined, names: string[]): Props {
  return Object.fromEntries(
    names.filter((name) => value?.[name] !== undefined).map((name) => [name, value![name]]),
  );
}

/** Whether a value is there: neither undefined, null, empty text, empty list nor empty object (Terraform's "unset"). */
export function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return isPlain(value) ? Object.keys(value as object).length > 0 : true;
}

/** What both lists differ by. */
export function listChanges(
  olds: string[] = [],
  news: string[] = [],
): { added: string[]; removed: string[] } {
  return {
    added: news.filter((item) => !olds.includes(item)),
    removed: olds.filter((item) => !news.includes(item)),
  };
}

/** Equal as Terraform sees it: unset is unset however written, also as `false` or 0; `80` is `"80"`, `true` is `"true"`. */
export function same(left: any, right: any): boolean {
  const zero = (value: any) => !isSet(value) || value === false || value === 0;
  if (left === undefined || right === undefined || left === null || right === null)
    return zero(left) && zero(right);
  if (!isSet(left) || !isSet(right)) return !isSet(left) && !isSet(right);
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => same(item, right[index]));
  }
  if (isPlain(left) && isPlain(right)) {
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
      same(left[key], right[key]),
    );
  }
  return (
    left === right ||
    (typeof left !== "object" && typeof right !== "object" && String(left) === String(right))
  );
}

/** Equal as sets: the order of a list says nothing, nor do unset and `false` fields of its blocks. */
export function sameSet(left: any, right: any): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return same(left, right);
  const sorted = (list: any[]) => list.map((item) => canonical(terse(item))).sort();
  return same(sorted(left), sorted(right));
}

function terse(value: any): any {
  if (Array.isArray(value)) return value.map(terse);
  if (!isPlain(value)) return String(value);
  const entries = Object.entries(value).filter(([, inner]) => isSet(inner) && inner !== false);
  return Object.fromEntries(entries.map(([key, inner]) => [key, terse(inner)]));
}

/** Equal as JSON documents, given as text or object. */
export function sameJson(left: any, right: any): boolean {
  if (!isSet(left) || !isSet(right)) return same(left, right);
  return canonical(parsedJson(left)) === canonical(parsedJson(right));
}

/** JSON text with sorted keys. */
export function canonical(value: any): string {
  return JSON.stringify(value, (_, inner) =>
    isPlain(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

function parsedJson(value: any): any {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value; // AWS names the fault in the document better than we could
  }
}

export function isPlain(value: unknown): value is Record<string, any> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !ArrayBuffer.isView(value)
  );
}
