import { isCounted, Resource, title } from "../apps/manifest";
import { mainWorkload, resourcesOf } from "../apps/parts";
import { keysFor } from "../apps/selection";
import type { AppInput } from "./app-schema";
import type { Fault } from "./faults";
import { candidates, expandPlacement, Known, ownReplicas, PlacementRule, present, ruleOf } from "./placement";

/** Members' own numbers outside of what their placement allows; undefined for none. */
export function ownFaults(name: string, app: AppInput, known: Known): Fault[] | undefined {
  if (app.spread === "duplicated") return undefined;
  const faults = candidates(known).flatMap((member): Fault[] => {
    const { min = 0, max = Infinity } = ruleOf(app.placement, member) ?? {};
    const [key] = keysFor(Object.keys(app.overrides), member);
    const own = app.overrides[key]?.replicas;
    if (own === undefined || (own >= min && own <= max)) return [];
    const remedy = `is not within ${min} and ${max}, the min and max of ${member.name}'s placement: change one of them`;
    return [{ path: `apps.${name}.overrides.${key}.replicas`, value: own, remedy }];
  });
  return faults.length > 0 ? faults : undefined;
}

/** Totals that the members cannot run, of each workload that the federation counts. */
export function totalFaults(
  name: string,
  app: AppInput,
  known: Known,
  manifests: readonly Resource[],
): Fault[] {
  const resources = resourcesOf({ ...app, name, manifests });
  const main = mainWorkload(app, resources);
  const replicas = { path: `apps.${name}.replicas`, value: app.replicas };
  if (app.replicas !== undefined && !(main && isCounted(main.object))) {
    const remedy = "is for a single Deployment or StatefulSet: set spec.replicas in the manifests instead";
    return [{ ...replicas, remedy }];
  }
  if (app.spread === "duplicated") return [];
  const there = present(known);
  const placed = expandPlacement(app, there);
  const lost = Object.keys(expandPlacement(app, known)).filter((member) => !Object.hasOwn(placed, member));
  return resources
    .filter(({ object }) => isCounted(object))
    .flatMap((resource): Fault[] => {
      const own = resource === main ? ownReplicas(app, there) : {};
      const given = resource === main ? app.replicas : undefined;
      const total = given ?? resource.object.spec?.replicas ?? 1;
      const remedy = sumFault(total, placed, own, lost);
      if (remedy === undefined) return [];
      if (given !== undefined) return [{ ...replicas, remedy }];
      return [
        { path: `apps.${name}.manifests`, value: `${title(resource.object)} replicas ${total}`, remedy },
      ];
    });
}

function sumFault(
  total: number,
  placement: Readonly<Record<string, PlacementRule>>,
  own: Readonly<Record<string, number>>,
  lost: readonly string[],
): string | undefined {
  const placed = Object.entries(placement).map(([member, rule]) =>
    own[member] === undefined ? rule : { ...rule, min: own[member], max: own[member] },
  );
  const least = placed.reduce((sum, { min }) => sum + min, 0);
  const most = placed.reduce((sum, { max }) => sum + max, 0);
  const also =
    (Object.keys(own).length > 0 ? " and own number" : "") +
    (lost.length > 0 ? ` without ${lost.join(", ")}, lost` : "");
  if (total < least) return `is below ${least}, the sum of every min${also}: raise replicas or lower a min`;
  if (total > most) return `is above ${most}, the sum of every max${also}: lower replicas or raise a max`;
  const weighed = placed.filter(({ weight }) => weight > 0);
  const open = weighed.reduce((sum, { min, max }) => sum + max - min, 0);
  if (total - least <= open) return undefined;
  return `leaves ${total - least - open} beyond every min and no weight to share them by: give a member a weight`;
}
