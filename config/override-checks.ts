import { isCounted, Resource, title } from "../apps/manifest";
import { Misfit, objectPatches, Override, workloadPatches } from "../apps/overrides";
import { mainWorkload, resourcesOf } from "../apps/parts";
import { keysFor } from "../apps/selection";
import type { AppInput } from "./app-schema";
import type { Partial } from "./cross-checks";
import type { Fault } from "./faults";
import { candidates, expandPlacement, keyFaults, ruleOf } from "./placement";

/** What holds for each member of an app that departs from its template. */
export function expandOverrides(
  app: AppInput,
  known: Pick<Partial, "members" | "names">,
): Record<string, Override> {
  const placed = expandPlacement(app, known);
  const entries = candidates(known).flatMap((member): [string, Override][] => {
    const override = ruleOf(app.overrides, member);
    return override && Object.hasOwn(placed, member.name) ? [[member.name, override]] : [];
  });
  return Object.fromEntries(entries);
}

/** Overrides for members that do not run the app, and such that do not fit its objects. */
export function overrideFaults(
  name: string,
  app: AppInput,
  known: Pick<Partial, "members" | "names">,
  manifests: readonly Resource[],
): Fault[] {
  if (known.names.length === 0) return [];
  const path = `apps.${name}.overrides`;
  const keys = Object.keys(app.overrides);
  const placed = expandPlacement(app, known);
  const resources = resourcesOf({ ...app, name, manifests });
  const idle = keys.filter((key) => {
    const meant = candidates(known).filter((member) => keysFor(keys, member).includes(key));
    return meant.length > 0 && !meant.some((member) => Object.hasOwn(placed, member.name));
  });
  const misfits = Object.entries(app.overrides).flatMap(([key, override]) =>
    misfitsOf(override, resources, mainWorkload(app, resources)).map((misfit) => ({
      path: `${path}.${key}.${misfit.key}`,
      value: misfit.value,
      remedy: misfit.remedy,
    })),
  );
  return [
    ...keyFaults(path, keys, known),
    ...idle.map((key) => ({
      path: `${path}.${key}`,
      value: key,
      remedy: "does not run the app: add it to the placement, or leave the override out",
    })),
    ...misfits,
  ];
}

function misfitsOf(override: Override, resources: readonly Resource[], main: Resource | undefined): Misfit[] {
  const names = resources.map(({ object }) => title(object));
  const objects = `name one of ${names.join(", ")}`;
  const unknown = (override.patch ?? []).flatMap(({ object }, index): Misfit[] => {
    const key = `patch.${index}.object`;
    if (object === undefined && !main) return [{ key, value: object, remedy: `is needed: ${objects}` }];
    if (object === undefined || names.includes(object)) return [];
    return [{ key, value: object, remedy: `is none of the app's objects: ${objects}` }];
  });
  const others = resources
    .filter((resource) => resource !== main)
    .flatMap(({ object }) => objectPatches(object, override).misfits);
  if (!main) {
    const meant = (["image", "env", "args", "container", "replicas"] as const).filter(
      (key) => override[key] !== undefined,
    );
    const remedy = "is for the app's only workload, and it has none or several: use patch with an object";
    return [...meant.map((key) => ({ key, value: override[key], remedy })), ...unknown, ...others];
  }
  const counted = override.replicas === undefined || isCounted(main.object);
  const uncounted = counted
    ? []
    : [
        {
          key: "replicas",
          value: override.replicas,
          remedy: `${title(main.object)} has no replicas to count`,
        },
      ];
  return [...uncounted, ...workloadPatches(main.object, override).misfits, ...unknown, ...others];
}
