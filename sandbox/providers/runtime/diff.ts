/** The difference between two property bags, and what it means for a resource. */

import { formatPath, isWithin, parsePath, Path, valueAt, withoutIndices } from "./paths";
import { Diff, Props, ResourceType } from "./types";

export interface Change {
  path: Path;
  kind: "add" | "delete" | "update";
}

/** Every leaf that differs. `null` and an absent property are the same: SDKs send either. */
export function changes(old: unknown, fresh: unknown, path: Path = []): Change[] {
  const before = old ?? undefined;
  const after = fresh ?? undefined;
  if (before === after) return [];
  if (before === undefined) return [{ path, kind: "add" }];
  if (after === undefined) return [{ path, kind: "delete" }];
  if (Array.isArray(before) && Array.isArray(after)) {
    const found: Change[] = [];
    for (let i = 0; i < Math.max(before.length, after.length); i++)
      found.push(...changes(before[i], after[i], [...path, i]));
    return found;
  }
  if (isBag(before) && isBag(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => changes(before[key], after[key], [...path, key]));
  }
  return [{ path, kind: "update" }];
}

function isBag(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export interface DetailedDiff extends Diff {
  details: { path: string; kind: Change["kind"]; replace: boolean }[];
}

/** The diff of a resource: by its own rule if it has one, else by its inputs; ignored changes left out. */
export function diffResource(
  type: Pick<ResourceType, "diff" | "replaceOn" | "update" | "deleteBeforeReplace">,
  olds: Props,
  news: Props,
  state: Props,
  ignore: string[] = [],
): DetailedDiff {
  const found = changes(olds, news);
  const own = type.diff?.(olds, news, state);
  const byInputs = (): Diff => {
    const changed = found.map((change) => formatPath(change.path));
    const rules = (type.replaceOn ?? []).map((rule) => withoutIndices(parsePath(rule)));
    const replaces = type.update
      ? found
          .filter(({ path }) => rules.some((rule) => touches(path, rule, olds, news)))
          .map((c) => formatPath(c.path))
      : changed;
    return { changed, replaces };
  };
  const diff = own ?? byInputs();
  const ignored = ignore.map(parsePath);
  const kept = (path: string) => !ignored.some((prefix) => isWithin(parsePath(path), prefix));
  const changed = diff.changed.filter(kept);
  const replaces = diff.replaces.filter(kept);
  const kinds = new Map(found.map((change) => [formatPath(change.path), change.kind]));
  const details = [...new Set([...changed, ...replaces])].map((path) => ({
    path,
    kind: kinds.get(path) ?? ("update" as const),
    replace: replaces.includes(path),
  }));
  return {
    changed,
    replaces,
    deleteBeforeReplace: diff.deleteBeforeReplace ?? type.deleteBeforeReplace,
    details,
  };
}

/** A change below the rule, or of a block that holds what the rule names on either side. */
function touches(path: Path, rule: Path, olds: Props, news: Props): boolean {
  const named = withoutIndices(path);
  if (isWithin(named, rule)) return true;
  if (!isWithin(rule, named)) return false;
  const rest = rule.slice(named.length);
  return holds(valueAt(olds, path), rest) || holds(valueAt(news, path), rest);
}

function holds(value: unknown, path: Path): boolean {
  if (Array.isArray(value)) return value.some((item) => holds(item, path));
  if (path.length === 0) return value !== undefined && value !== null;
  return isBag(value) && holds(value[path[0]], path.slice(1));
}
