import * as fs from "node:fs";
import * as path from "node:path";
import type { Planned } from "./step";

/** Names in the cache that are parts of these steps under another key, or unfinished: nothing will use them again. */
export function superseded(names: readonly string[], planned: readonly Planned[]): string[] {
  const current = new Set(planned.map((step) => path.basename(step.path)));
  const ours = new Set(planned.map((step) => step.name));
  return names.filter((name) => {
    const found = /^(.+)-[0-9a-f]{12}(\.partial(\.old)?)?$/.exec(name);
    return found !== null && ours.has(found[1]) && !current.has(name);
  });
}

/** Seconds a superseded part is kept: another checkout with the same cache may be using it. */
const kept = 24 * 3600;

/** Removes superseded parts, unless there is a box: it may have been made from them and still have them mounted. */
export function removeSuperseded(root: string, planned: readonly Planned[]): string[] {
  const boxes = path.join(root, "boxes");
  const hasBox =
    fs.existsSync(boxes) &&
    fs.readdirSync(boxes, { withFileTypes: true }).some((entry) => entry.isDirectory());
  if (hasBox) return [];
  const old = (name: string): boolean => Date.now() - fs.statSync(path.join(root, name)).ctimeMs > kept * 1000;
  const names = superseded(fs.readdirSync(root), planned).filter(old);
  for (const name of names) fs.rmSync(path.join(root, name), { recursive: true });
  return names;
}
