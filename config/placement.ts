import { candidate, Candidate, keysFor, labelsOf, matches, selectsByLabels } from "../apps/selection";
import type { AppInput } from "./app-schema";
import type { Partial } from "./cross-checks";
import { Fault, suggest } from "./faults";
import { present as presentMembers, presentNames } from "./member-kinds";

/** Bounds and share of one member in an app's placement. */
export interface PlacementRule {
  readonly min: number;
  readonly max: number;
  readonly weight: number;
}

/** Of the config, what tells which members there are. */
export type Known = Pick<Partial, "members" | "names">;

/** Without members that are lost: only the others run anything. */
export function present({ members, names }: Known): Known {
  return { members, names: presentNames(names, members) };
}

/** All members as rules select them; one that is ill-formed has no labels. One that only hosts is none of them. */
export function candidates({ members, names }: Known): Candidate[] {
  const joining = names.filter((name) => members[name]?.joins ?? true);
  return joining.map((name) => candidate(name, members[name] ?? { region: "", labels: {} }));
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

/** Names of the members that run an app: well-formed, selected by its placement, and not lost. */
export function placedMembers(app: AppInput, known: Known): string[] {
  const there = presentMembers(known.members);
  return Object.keys(expandPlacement(app, known)).filter((name) => name in there);
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
    if (known.members[key]?.joins === false)
      return fault(
        "hosts the federation and is none of its members: name another, or leave out its joins: false",
      );
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

/** Broken rules of an app's placement by itself; whether its replicas fit is asked only where there is none. */
export function placementFaults(name: string, app: AppInput, known: Known): Fault[] {
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
  if (Object.keys(expandPlacement(app, present(known))).length > 0) return [];
  const lost = Object.keys(expandPlacement(app, known)).join(", ");
  const remedy = lost
    ? `places it on lost members alone (${lost}): name one that is there, or take the app out`
    : "places it nowhere: name a member";
  return [{ path, value: app.placement, remedy }];
}
