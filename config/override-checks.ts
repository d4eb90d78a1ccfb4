import { deployment } from "../apps/objects";
import { Override, title, workloadPatches } from "../apps/overrides";
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
): Fault[] {
  if (known.names.length === 0) return [];
  const path = `apps.${name}.overrides`;
  const keys = Object.keys(app.overrides);
  const placed = expandPlacement(app, known);
  const workload = deployment({ name, ...app });
  const idle = keys.filter((key) => {
    const meant = candidates(known).filter((member) => keysFor(keys, member).includes(key));
    return meant.length > 0 && !meant.some((member) => Object.hasOwn(placed, member.name));
  });
  return [
    ...keyFaults(path, keys, known),
    ...idle.map((key) => ({
      path: `${path}.${key}`,
      value: key,
      remedy: "does not run the app: add it to the placement, or leave the override out",
    })),
    ...Object.entries(app.overrides).flatMap(([key, override]) => [
      ...workloadPatches(workload, override).misfits.map((misfit) => ({
        path: `${path}.${key}.${misfit.key}`,
        value: misfit.value,
        remedy: misfit.remedy,
      })),
      ...(override.patch ?? []).flatMap(({ object }, index) =>
        object === undefined || object === title(workload)
          ? []
          : [
              {
                path: `${path}.${key}.patch.${index}.object`,
                value: object,
                remedy: `is none of the app's objects: name one of ${title(workload)}`,
              },
            ],
      ),
    ]),
  ];
}
