/** A member as an app's rules select it. */
export interface Candidate {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A member's labels for selection: its own, and its region unless it has a label of that name. */
export function candidate(name: string, of: { region: string; labels: Readonly<Record<string, string>> }) {
  return { name, labels: { region: of.region, ...of.labels } };
}

/** Whether a key selects by labels: `tier=edge`, or `tier=edge,disk=ssd` for members that have both. */
export function selectsByLabels(key: string): boolean {
  return key.includes("=");
}

/** The labels that a key asks for; undefined when it is not well-formed. */
export function labelsOf(key: string): Record<string, string> | undefined {
  const parts = key.split(",").map((part) => /^([^=\s]+)=([^=\s]*)$/.exec(part.trim()));
  if (parts.some((part) => part === null)) return undefined;
  return Object.fromEntries(parts.map((part) => [part![1], part![2]]));
}

/** Whether a key selects a member by its labels. */
export function matches(key: string, { labels }: Candidate): boolean {
  const wanted = Object.entries(labelsOf(key) ?? {});
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}

/**
 * The keys that hold for a member: the nearest kind of key wins, its name before labels before `"*"`. More than one
 * only where several select it by labels: none of them is nearer than the others.
 */
export function keysFor(keys: readonly string[], member: Candidate): string[] {
  if (keys.includes(member.name)) return [member.name];
  const selecting = keys.filter((key) => selectsByLabels(key) && matches(key, member));
  if (selecting.length > 0) return selecting;
  return keys.includes("*") ? ["*"] : [];
}
