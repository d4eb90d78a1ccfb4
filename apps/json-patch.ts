/** One operation of RFC 6902, of those that Karmada's overriders know. */
export interface Patch {
  readonly op: "add" | "remove" | "replace";
  /** JSON pointer (RFC 6901) into the object: `/spec/template/spec/containers/0/image`. */
  readonly path: string;
  /** What to put there; not for `remove`. */
  readonly value?: unknown;
}

/** The steps of a JSON pointer. */
export function steps(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((step) => step.replace(/~1/g, "/").replace(/~0/g, "~"));
}

/** A JSON pointer of steps. */
export function pointer(...parts: (string | number)[]): string {
  return parts.map((part) => `/${String(part).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
}

/**
 * The object with a patch applied; the one given stays as it is. It is as strict as the library that Karmada uses,
 * since a patch that fails there keeps every later change of its object from that member.
 * @throws Error that says how far the path leads, when it leads nowhere.
 */
export function patched<T>(object: T, patch: Patch): T {
  const way = steps(patch.path);
  if (way.length === 0 || !patch.path.startsWith("/")) throw new Error("is no path below the object");
  return at(object, way, 0, patch) as T;
}

function at(node: unknown, way: readonly string[], depth: number, patch: Patch): unknown {
  const step = way[depth];
  const last = depth === way.length - 1;
  if (Array.isArray(node)) {
    const adds = last && patch.op === "add";
    const index = adds && step === "-" ? node.length : Number(step);
    const most = adds ? node.length : node.length - 1;
    if (!/^(0|[1-9]\d*|-)$/.test(step) || !(index <= most))
      throw nowhere(way, depth, `has ${node.length} items`);
    const next = last ? [] : [at(node[index], way, depth + 1, patch)];
    const fresh = last && patch.op !== "remove" ? [patch.value] : next;
    return [...node.slice(0, index), ...fresh, ...node.slice(adds ? index : index + 1)];
  }
  if (typeof node !== "object" || node === null) throw nowhere(way, depth, "is no object");
  const known = Object.hasOwn(node, step);
  if (!known && !(last && patch.op === "add")) {
    throw nowhere(way, depth, `has ${Object.keys(node).join(", ") || "nothing"}`);
  }
  const { [step]: old, ...rest } = node as Record<string, unknown>;
  if (last && patch.op === "remove") return rest;
  // In the place it had, so that a text made of the object changes only where the object does.
  const fresh = last ? patch.value : at(old, way, depth + 1, patch);
  return { ...node, [step]: fresh };
}

function nowhere(way: readonly string[], depth: number, has: string): Error {
  const whole = pointer(...way.slice(0, depth)) || "the object";
  return new Error(`leads nowhere: ${whole} ${has}`);
}
