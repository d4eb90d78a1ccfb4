/** Marks secrets again in what a provider returns. */

import { changes } from "./diff";
import { parsePath, Path, valueAt } from "./paths";
import { Props } from "./types";
import { Secret } from "./values";

export interface SecretSources {
  /** The plain values the secrets came with, and where they were. */
  from: Props;
  secrets: Path[];
  /** Output paths that are secret by their nature. */
  always?: string[];
  /** Outputs that are secret because some input is. */
  tainted?: string[];
}

/**
 * A copy of `props` in which every place that held a secret in the source is one again. A list whose items moved
 * becomes secret as a whole: better a hidden list than a secret shown in its neighbour's place.
 */
export function markSecrets(props: Props, source: SecretSources): Props {
  const places = source.secrets.map((path) => settle(props, source.from, path));
  for (const text of source.always ?? []) places.push(parsePath(text));
  if (source.secrets.length > 0) for (const text of source.tainted ?? []) places.push(parsePath(text));
  let marked: unknown = props;
  for (const path of places) marked = wrap(marked, path);
  return marked as Props;
}

/** The place itself, or the outermost list on the way if its items are no longer those of the source. */
function settle(props: Props, from: Props, path: Path): Path {
  const list = path.findIndex((step) => typeof step === "number");
  if (list < 0) return path;
  const same = changes(valueAt(from, path), valueAt(props, path)).length === 0;
  const length = (value: unknown) => (Array.isArray(value) ? value.length : -1);
  const outer = path.slice(0, list);
  return same && length(valueAt(from, outer)) === length(valueAt(props, outer)) ? path : outer;
}

function wrap(value: unknown, path: Path): unknown {
  if (value === undefined || value === null || value instanceof Secret) return value;
  // An unknown (or otherwise shapeless) parent is hidden as a whole.
  if (path.length === 0 || typeof value !== "object") return new Secret(unwrap(value));
  const [step, ...rest] = path;
  if (step === "*") {
    if (Array.isArray(value)) return value.map((item) => wrap(item, rest));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, wrap(item, rest)]));
  }
  if (!(step in value)) return value;
  const copy: any = Array.isArray(value) ? [...value] : { ...value };
  copy[step] = wrap(copy[step], rest);
  return copy;
}

function unwrap(value: unknown): unknown {
  if (value instanceof Secret) return unwrap(value.value);
  if (Array.isArray(value)) return value.map(unwrap);
  if (value && typeof value === "object" && !(value instanceof Date))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item)]));
  return value;
}
