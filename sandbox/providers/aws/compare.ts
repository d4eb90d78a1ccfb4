import { changes } from "../runtime/diff";
import { formatPath, isWithin, parsePath, withoutIndices } from "../runtime/paths";
import type { Diff, Props } from "../runtime/types";
import { hasUnknown } from "../runtime/values";
import type { Spec } from "./resource";
import { settings } from "./settings";
import { isPlain, isSet, same, sameJson, sameSet } from "./shapes";

/**
 * Says whether one of the named inputs differs, as Terraform would see it: lists that are sets regardless of order,
 * JSON by content, `80` equal to `"80"`; an input that AWS fills in does not differ by being left out.
 */
export function comparing(
  spec: Spec,
  olds: Props,
  news: Props,
  state: Props,
): (...names: string[]) => boolean {
  return (...names) => names.some((name) => differs(spec, name, olds, news, state));
}

function differs(spec: Spec, name: string, olds: Props, news: Props, state: Props): boolean {
  const filled = spec.filled?.includes(name) ?? false;
  if (filled && [undefined, null, ""].includes(news[name])) return false;
  const old = filled && !isSet(olds[name]) ? state[name] : olds[name];
  const fresh = filled ? over(old, news[name]) : news[name];
  if (hasUnknown(fresh)) return true;
  if (spec.json?.includes(name)) return !sameJson(old, fresh);
  return spec.sets?.includes(name) ? !sameSet(old, fresh) : !same(old, fresh);
}

/** An input as it will be: of a block that AWS fills in, what the program leaves out stays. */
export function mergedBlock(spec: Spec, name: string, olds: Props, news: Props): unknown {
  return spec.filled?.includes(name) ? over(olds[name], news[name]) : news[name];
}

/** A block that AWS fills in: what the program leaves out of it stays as it is. */
function over(old: any, fresh: any): any {
  if (!isPlain(old) || !isPlain(fresh)) return fresh;
  return Object.fromEntries(
    [...new Set([...Object.keys(old), ...Object.keys(fresh)])].map((key) => [
      key,
      key in fresh ? over(old[key], fresh[key]) : old[key],
    ]),
  );
}

/** What changes and what of it replaces. */
export function diffSpec(spec: Spec, olds: Props, news: Props, state: Props): Diff {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
    (name) => name !== "region",
  );
  const changed = comparing(spec, olds, news, state);
  const differing = names.filter((name) => changed(name));
  const base = Object.fromEntries(
    names.map((name) => [name, olds[name] ?? (spec.filled?.includes(name) ? state[name] : undefined)]),
  );
  const leaves = changes(base, news).filter(({ path }) => differing.includes(path[0] as string));
  const rules = (spec.replaceOn ?? []).map((rule) => parsePath(rule));
  const replacing = leaves.filter(({ path }) => {
    const bare = withoutIndices(path);
    return rules.some((rule) => isWithin(bare, rule) || isWithin(rule, bare));
  });
  const replaces = new Set(replacing.map(({ path }) => formatPath(path)));
  for (const name of spec.replaceIf?.({ ...state, ...olds }, news) ?? [])
    if (differing.includes(name)) replaces.add(name);
  const diff: Diff = { changed: leaves.map(({ path }) => formatPath(path)), replaces: [...replaces] };
  const wanted = { ...settings.defaultTags, ...news.tags };
  const tagged = spec.tags && state.tagsAll && !differing.includes("tags") && !same(state.tagsAll, wanted);
  if (tagged) diff.changed.push("tagsAll");
  const region = news.region ?? settings.region;
  if (!spec.global && state.region && region && state.region !== region) {
    diff.changed.push("region");
    diff.replaces.push("region");
  }
  return diff;
}
