/** Property paths as the engine writes them: `a.b[0].c`, `tags["kubernetes.io/role"]`. */

export type Path = (string | number)[];

/** `["a", 0, "x.y"]` → `a[0]["x.y"]`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/[.[\]"]/.test(step) || step === "") text += `[${JSON.stringify(step)}]`;
    else text += text ? `.${step}` : step;
  }
  return text;
}

/** The inverse; `*` stays a step of its own (`a[*].b`, `a.*`). */
export function parsePath(text: string): Path {
  const path: Path = [];
  const step = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[\*\]|([^.[\]]+)/g;
  for (const match of text.matchAll(step)) {
    if (match[1] !== undefined) path.push(JSON.parse(`"${match[1]}"`));
    else if (match[2] !== undefined) path.push(Number(match[2]));
    else path.push(match[3] ?? "*");
  }
  return path;
}

/** True if `path` is at or below `prefix`, `*` standing for any step. */
export function isWithin(path: Path, prefix: Path): boolean {
  return prefix.length <= path.length && prefix.every((step, i) => step === "*" || step === path[i]);
}

/** The path without its array indices: what a schema calls the property. */
export function withoutIndices(path: Path): Path {
  return path.filter((step) => typeof step === "string");
}

/** What is at the path, `undefined` if nothing is. */
export function valueAt(value: unknown, path: Path): unknown {
  let at: any = value;
  for (const step of path) {
    if (at === null || typeof at !== "object") return undefined;
    at = at[step];
  }
  return at;
}
