import { shortHash } from "../federation/short-hash";
import { Patch, patched, pointer } from "./json-patch";
import { Manifest, title } from "./manifest";

/** How one member's copy of an app departs from the template. */
export interface Override {
  readonly image?: string;
  /** Replicas of this member: exactly so many, within the app's plan. */
  readonly replicas?: number;
  /** Container that image, env and args are of. @default the only one */
  readonly container?: string;
  /** Variables that are added, or set to another value. */
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of the template's. */
  readonly args?: readonly string[];
  /** Applied after the others, in this order. */
  readonly patch?: readonly OverridePatch[];
}

/** A patch of one of the app's objects. */
export interface OverridePatch extends Patch {
  /** `ConfigMap/settings`. @default the app's only workload */
  readonly object?: string;
}

/** Something in an override that does not fit the object it is for: the key below the override, and what to do. */
export interface Misfit {
  readonly key: string;
  readonly value: unknown;
  readonly remedy: string;
}

/** Patches of one object, and what of the override does not fit it. */
export interface Compiled {
  readonly patches: readonly Patch[];
  readonly misfits: readonly Misfit[];
}

/** What the program itself writes, by the start of the path: patching it would have two writers for one field. */
const kept: readonly [RegExp, string][] = [
  [/^\/spec\/replicas$/, "is the plan's: use replicas, which the plan counts"],
  [
    /^\/(apiVersion|kind|metadata\/(name|namespace))$/,
    "tells which object it is: it must be the same everywhere",
  ],
  [/^\/metadata\/(labels|annotations)$/, "is written by the federation, too: patch single ones below it"],
  [/^\/metadata\/annotations\/federation~1/, "is written by the federation"],
  [/^\/(metadata|spec)$/, "is too much at once: patch the fields below it"],
];

/** An override of the app's workload as patches of it. */
export function workloadPatches(workload: Manifest, override: Override): Compiled {
  const container = containerPatches(workload, override);
  const own = keyed(override).filter(({ object }) => object === undefined || object === title(workload));
  return check(workload, container.patches, own, container.misfits);
}

/** The patches of an override that name an object of the app other than its workload. */
export function objectPatches(object: Manifest, override: Override): Compiled {
  const own = keyed(override).filter((patch) => patch.object === title(object));
  return check(object, [], own, []);
}

type KeyedPatch = OverridePatch & { readonly key: string };

/** An override's patches, each with where it stands below the override. */
function keyed({ patch = [] }: Override): KeyedPatch[] {
  return patch.map((each, index) => ({ ...each, key: `patch.${index}` }));
}

function check(
  object: Manifest,
  first: readonly Patch[],
  own: readonly KeyedPatch[],
  before: readonly Misfit[],
): Compiled {
  const misfits = [...before];
  const patches = [...first];
  const { labels = {}, annotations = {}, ...metadata } = object.metadata;
  // At the federation every object has both, by the time that it is overridden.
  const written: Manifest = { ...object, metadata: { ...metadata, labels, annotations } };
  let result = first.reduce(patched, written);
  for (const { key, object: _, ...patch } of own) {
    const guarded = kept.find(([pattern]) => pattern.test(patch.path));
    const at = { key: `${key}.path`, value: patch.path };
    if (guarded) {
      misfits.push({ ...at, remedy: guarded[1] });
      continue;
    }
    try {
      result = patched(result, patch);
      patches.push(patch);
    } catch (error) {
      misfits.push({ ...at, remedy: `${(error as Error).message}; it is applied to ${title(object)}` });
    }
  }
  return { patches, misfits };
}

function containerPatches(workload: Manifest, override: Override): Compiled {
  const { image, env, args, container } = override;
  const asked = (["image", "env", "args"] as const).filter((key) => override[key] !== undefined);
  if (asked.length === 0 && container === undefined) return { patches: [], misfits: [] };
  const way = [
    "spec",
    ...(workload.kind === "CronJob" ? ["jobTemplate", "spec"] : []),
    "template",
    "spec",
    "containers",
  ];
  const found: unknown = way.reduce((node: any, step) => node?.[step], workload);
  const containers = (Array.isArray(found) ? found : []) as { name: string; env?: { name: string }[] }[];
  const index = container === undefined ? 0 : containers.findIndex(({ name }) => name === container);
  const names = containers.map(({ name }) => name).join(", ") || "none";
  const misfit = (key: string, value: unknown, remedy: string): Compiled => ({
    patches: [],
    misfits: [{ key, value, remedy: `${title(workload)} ${remedy}` }],
  });
  if (container !== undefined && index < 0) {
    return misfit("container", container, `has no such container: name one of ${names}`);
  }
  if (containers.length === 0) return misfit(asked[0], override[asked[0]], "has no containers: use patch");
  if (container === undefined && containers.length > 1) {
    return misfit("container", undefined, `has several containers: name one of ${names}`);
  }
  const to = (key: string) => pointer(...way, index, key);
  const known = containers[index].env ?? [];
  const merged = env && [
    ...known.filter(({ name }) => !Object.hasOwn(env, name)),
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
  ];
  return {
    patches: [
      ...(image === undefined ? [] : [{ op: "add" as const, path: to("image"), value: image }]),
      ...(merged === undefined ? [] : [{ op: "add" as const, path: to("env"), value: merged }]),
      ...(args === undefined ? [] : [{ op: "add" as const, path: to("args"), value: [...args] }]),
    ],
    misfits: [],
  };
}

/** A short hash of what is patched, by which a member shows that it has been told; undefined for nothing. */
export function patchRevision(patches: readonly Patch[]): string | undefined {
  return patches.length === 0 ? undefined : shortHash(patches, 12);
}
