import { candidate, Candidate, keysFor, labelsOf, matches, selectsByLabels } from "../apps/selection";
import { isCounted, Resource, title } from "../apps/manifest";
import { mainWorkload, resourcesOf } from "../apps/parts";
import type { AppInput } from "./app-schema";
import type { Partial } from "./cross-checks";
import { Fault, suggest } from "./faults";

/** Bounds and share of one member in an app's placement. */
export interface PlacementRule {
  readonly min: number;
  readonly max: number;
  readonly weight: number;
}

type Known = Pick<Partial, "members" | "names">;

/** All members as rules select them; one that is ill-formed has no labels. */
export function candidates({ members, names }: Known): Candidate[] {
  return names.map((name) => candidate(name, members[name] ?? { region: "", labels: {} }));
}

/** What of a map by members, labels or `"*"` holds for a member. */
export function ruleOf<T>(rules: Readonly<Record<string, T>>, member: Candidate): T | undefined {
  const [key] = keysFor(Object.keys(rules), member);
  return key === undefined ? undefined : rules[key];
}

/** The members that the app is placed on, labels and `"*"` spelled out, `max` never missing. */
export function expandPlacement(app: AppInput, known: Known): Record<string, PlacementRule> {
  const entries = candidates(known).flatMap((member): [string, PlacementRule][] => {
    const rule = ruleOf(app.placement, member);
    if (!rule) return [];
    const { min = 0, weight = 1 } = rule;
    // Manifests have workloads with totals of their own.
    const most = app.manifests.length > 0 ? Infinity : (app.replicas ?? Infinity);
    const { max = Math.max(most, min) } = rule;
    return [[member.name, { min, max, weight }]];
  });
  return Object.fromEntries(entries);
}

/** Members that run a number of their own. */
export function ownReplicas(app: AppInput, known: Known): Record<string, number> {
  const entries = candidates(known).flatMap((member): [string, number][] => {
    const replicas = ruleOf(app.overrides, member)?.replicas;
    return replicas === undefined ? [] : [[member.name, replicas]];
  });
  return Object.fromEntries(entries);
}

/** Keys that select nobody, or a member that another one selects by its labels, too. */
export function keyFaults(path: string, keys: readonly string[], known: Known): Fault[] {
  const all = candidates(known);
  const complete = known.names.every((name) => Object.hasOwn(known.members, name));
  const single = keys.flatMap((key): Fault[] => {
    const fault = (remedy: string): Fault[] => [{ path: `${path}.${key}`, value: key, remedy }];
    if (key === "*" || known.names.includes(key)) return [];
    if (!selectsByLabels(key))
      return fault(
        `is no member: ${suggest(key, known.names)}, labels such as tier=edge, or "*" for every other member`,
      );
    if (labelsOf(key) === undefined) return fault("is no list of labels: write it as tier=edge,disk=ssd");
    if (!complete || all.some((member) => matches(key, member))) return [];
    return fault("selects no member: give one these labels, or leave it out");
  });
  const several = all.flatMap((member): Fault[] => {
    const rivals = keysFor(keys, member);
    if (rivals.length < 2) return [];
    const remedy = `selects ${member.name}, as ${rivals[0]} does: name ${member.name} itself`;
    return [{ path: `${path}.${rivals[1]}`, value: rivals[1], remedy }];
  });
  return [...single, ...several];
}

/** Broken rules of an app's placement and its sums. */
export function placementFaults(
  name: string,
  app: AppInput,
  known: Known,
  manifests: readonly Resource[],
): Fault[] {
  if (known.names.length === 0) return []; // that there are no members is told already
  const path = `apps.${name}.placement`;
  const faults = keyFaults(path, Object.keys(app.placement), known);
  for (const [key, rule] of Object.entries(app.placement)) {
    const { min = 0, max } = rule;
    const written = Object.entries(rule).find(([, value]) => value !== undefined);
    if (app.spread === "duplicated" && written) {
      const remedy =
        "shares out a total, and every member of a duplicated app runs all replicas: leave it out";
      faults.push({ path: `${path}.${key}.${written[0]}`, value: written[1], remedy });
    } else if (max !== undefined && max < min) {
      const remedy = `is below min ${min}: raise max or lower min`;
      faults.push({ path: `${path}.${key}.max`, value: max, remedy });
    }
  }
  if (faults.length > 0) return faults;
  const placed = expandPlacement(app, known);
  if (Object.keys(placed).length === 0)
    return [{ path, value: app.placement, remedy: "places it nowhere: name a member" }];
  return ownFaults(name, app, known) ?? totalFaults(name, app, known, manifests);
}

/** Members' own numbers outside of what their placement allows; undefined for none. */
function ownFaults(name: string, app: AppInput, known: Known): Fault[] | undefined {
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
function totalFaults(name: string, app: AppInput, known: Known, manifests: readonly Resource[]): Fault[] {
  const resources = resourcesOf({ ...app, name, manifests });
  const main = mainWorkload(app, resources);
  const replicas = { path: `apps.${name}.replicas`, value: app.replicas };
  if (app.replicas !== undefined && !(main && isCounted(main.object))) {
    const remedy = "is for a single Deployment or StatefulSet: set spec.replicas in the manifests instead";
    return [{ ...replicas, remedy }];
  }
  if (app.spread === "duplicated") return [];
  const placed = expandPlacement(app, known);
  return resources
    .filter(({ object }) => isCounted(object))
    .flatMap((resource): Fault[] => {
      const own = resource === main ? ownReplicas(app, known) : {};
      const given = resource === main ? app.replicas : undefined;
      const total = given ?? resource.object.spec?.replicas ?? 1;
      const remedy = sumFault(total, placed, own);
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
): string | undefined {
  const placed = Object.entries(placement).map(([member, rule]) =>
    own[member] === undefined ? rule : { ...rule, min: own[member], max: own[member] },
  );
  const least = placed.reduce((sum, { min }) => sum + min, 0);
  const most = placed.reduce((sum, { max }) => sum + max, 0);
  const also = Object.keys(own).length > 0 ? " and own number" : "";
  if (total < least) return `is below ${least}, the sum of every min${also}: raise replicas or lower a min`;
  if (total > most) return `is above ${most}, the sum of every max${also}: lower replicas or raise a max`;
  const weighed = placed.filter(({ weight }) => weight > 0);
  const open = weighed.reduce((sum, { min, max }) => sum + max - min, 0);
  if (total - least <= open) return undefined;
  return `leaves ${total - least - open} beyond every min and no weight to share them by: give a member a weight`;
}
