import { Candidate, keysFor, selectsByLabels } from "./selection";

/** What one member may run of an app. */
export interface MemberPlacement {
  /** Replicas the member always runs. */
  readonly min: number;
  /** Replicas the member never exceeds; `Infinity` for no limit. */
  readonly max: number;
  /** The member's share of what is left after all minima, relative to the other members'. */
  readonly weight: number;
}

/**
 * As written in config: a bare number is a weight; a key is a member's name, labels that it has (`tier=edge`), or `"*"`
 * for every member that no other key selects.
 */
export type PlacementInput = Readonly<Record<string, number | Partial<MemberPlacement>>>;

/** Replicas by member. Members that run none are present with 0. */
export type Plan = Readonly<Record<string, number>>;

/** A placement that can't be carried out. Carries every fault found, one sentence each. */
export class PlanError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join("\n"));
    this.name = "PlanError";
  }
}

/**
 * Resolves a placement as written against the members there are.
 * @throws PlanError when it names a member that does not exist, names none, or holds impossible numbers.
 */
export function expandPlacement(
  placement: PlacementInput,
  members: readonly Candidate[],
): Record<string, MemberPlacement> {
  const names = members.map(({ name }) => name).sort();
  const keys = Object.keys(placement);
  const faults = keys
    .filter((key) => key !== "*" && !selectsByLabels(key) && !names.includes(key))
    .map((key) => `member "${key}" does not exist; there are ${names.join(", ")}`);
  const expanded: Record<string, MemberPlacement> = {};
  for (const member of members) {
    const [key, ...rivals] = keysFor(keys, member);
    if (key === undefined) continue;
    if (rivals.length > 0)
      faults.push(`${member.name}: ${key} and ${rivals.join(" and ")} select it; name it itself`);
    expanded[member.name] = normalise(placement[key]);
    faults.push(...numberFaults(member.name, expanded[member.name]));
  }
  if (faults.length === 0 && Object.keys(expanded).length === 0) {
    faults.push(`no member is named; name at least one, or "*" for all of them`);
  }
  if (faults.length > 0) throw new PlanError(faults);
  return expanded;
}

function normalise(written: number | Partial<MemberPlacement>): MemberPlacement {
  const given = typeof written === "number" ? { weight: written } : written;
  return { min: given.min ?? 0, max: given.max ?? Infinity, weight: given.weight ?? 1 };
}

function numberFaults(member: string, { min, max, weight }: MemberPlacement): string[] {
  const faults: string[] = [];
  if (!Number.isInteger(min) || min < 0)
    faults.push(`${member}: min ${min} is not a whole number of 0 or more`);
  if (max !== Infinity && (!Number.isInteger(max) || max < 0)) {
    faults.push(`${member}: max ${max} is not a whole number of 0 or more`);
  }
  if (min > max) faults.push(`${member}: min ${min} is above max ${max}; raise max or lower min`);
  if (!Number.isFinite(weight) || weight < 0)
    faults.push(`${member}: weight ${weight} is not a number of 0 or more`);
  return faults;
}

/**
 * Divides `total` replicas among members: every member gets its `min`, and each replica that is left goes where
 * weight / (2 × already given + 1) is highest and `max` allows it (Webster's method, also Sainte-Laguë's). So a larger
 * total never takes a replica from anyone, the order of the members does not matter, and ties go by name.
 * @throws PlanError when the total is outside of what the members may run.
 */
export function plan(
  total: number,
  members: Readonly<Record<string, MemberPlacement>>,
): Record<string, number> {
  const names = Object.keys(members).sort();
  refuse(planFaults(total, names, members));
  const given = new Map(names.map((name) => [name, 0]));
  const least = sum(names.map((name) => members[name].min));
  for (let left = total - least; left > 0; left--) {
    const next = highest(names, members, given);
    if (next === undefined) refuse(weightlessFaults(total, total - left, names, members));
    else given.set(next, given.get(next)! + 1);
  }
  return Object.fromEntries(Object.keys(members).map((name) => [name, members[name].min + given.get(name)!]));
}

/** The member that the next replica goes to; undefined when none with a weight may take it. */
function highest(
  names: readonly string[],
  members: Readonly<Record<string, MemberPlacement>>,
  given: ReadonlyMap<string, number>,
): string | undefined {
  let best: string | undefined;
  for (const name of names) {
    const { min, max, weight } = members[name];
    if (weight === 0 || min + given.get(name)! >= max) continue;
    // Compared crosswise, since quotients of whole numbers would round and break ties by accident.
    const ahead =
      best === undefined ||
      weight * (2 * given.get(best)! + 1) > members[best].weight * (2 * given.get(name)! + 1);
    if (ahead) best = name;
  }
  return best;
}

function planFaults(
  total: number,
  names: readonly string[],
  members: Readonly<Record<string, MemberPlacement>>,
): string[] {
  if (!Number.isInteger(total) || total < 0) return [`replicas ${total} is not a whole number of 0 or more`];
  const least = sum(names.map((name) => members[name].min));
  const most = sum(names.map((name) => members[name].max));
  if (total < least) {
    return [
      `replicas ${total} is below the members' minima together (${least}); raise replicas or lower a min`,
    ];
  }
  if (total > most) {
    return [
      `replicas ${total} is above the members' maxima together (${most}); lower replicas or raise a max`,
    ];
  }
  return [];
}

function weightlessFaults(
  total: number,
  placed: number,
  names: readonly string[],
  members: Readonly<Record<string, MemberPlacement>>,
): string[] {
  if (names.every((name) => members[name].weight === 0)) {
    return [
      `all weights are 0, so ${total - placed} of ${total} replicas have nowhere to go; give a member a weight`,
    ];
  }
  return [
    `only ${placed} of ${total} replicas fit the members with a weight; raise their max or weigh another member`,
  ];
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new PlanError(faults);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** How a plan changes: `nginx: us-west 2→5, us-east 0→2`. A first plan, and members that stay, have a single number. */
export function describePlan(app: string, before: Plan | undefined, after: Plan): string {
  const names = Object.keys(after).concat(
    Object.keys(before ?? {}).filter((name) => !Object.hasOwn(after, name)),
  );
  const parts = names.map((name) => {
    const [from, to] = [before?.[name] ?? 0, after[name] ?? 0];
    return before === undefined || from === to ? `${name} ${to}` : `${name} ${from}→${to}`;
  });
  return `${app}: ${parts.join(", ")}`;
}
