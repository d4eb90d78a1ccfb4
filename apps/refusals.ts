import type { ApiCall } from "../regions/api-client";
import { titleInWords } from "./manifest";
import type { Part } from "./part";

/** Seconds that a refusal has to stand: Karmada tries again, and its word may be of before this run's change. */
const PATIENCE = 30;

/** Why Karmada could not bring an object to a member, in its own words; undefined when it says nothing against it. */
export async function refusal(
  get: ApiCall,
  { object, namespaced }: Part,
  member: string,
): Promise<string | undefined> {
  const { kind, metadata } = object;
  const name = `${metadata.name.replace(/:/g, ".")}-${kind}`.toLowerCase();
  const root = "/apis/work.karmada.io/v1alpha2";
  const path = namespaced
    ? `${root}/namespaces/${metadata.namespace}/resourcebindings/${name}`
    : `${root}/clusterresourcebindings/${name}`;
  const { status, body } = await get(path);
  if (status !== 200) return undefined;
  const found = (body.status?.aggregatedStatus ?? []).find((each: any) => each.clusterName === member);
  return found && !found.applied ? found.appliedMessage : undefined;
}

/**
 * What only a person can mend, in words that say how; undefined for what may pass by itself. Waiting until the time is
 * over would hide it behind a time-out.
 */
export function remedyOf(part: Part, member: string, said: string): string | undefined {
  const what = titleInWords(part.object);
  if (/already exists in the cluster/.test(said)) {
    return (
      `member ${member} has a ${what} already that is not the federation's: set the app's adopt to true to have it ` +
      "taken over and changed to what the app says, or delete or rename one of the two"
    );
  }
  if (/is invalid:|is immutable/.test(said)) {
    return `member ${member} refuses ${what}: ${said}: delete it there to have it made anew, or change the app`;
  }
  return undefined;
}

/** Tells when the same thing has been in the way for so long that waiting is of no use. */
export function standing(now: () => number = Date.now): (remedies: readonly string[]) => boolean {
  let since: { text: string; at: number } | undefined;
  return (remedies) => {
    const text = [...remedies].sort().join("\n");
    if (since?.text !== text) since = text === "" ? undefined : { text, at: now() };
    return since !== undefined && now() - since.at >= PATIENCE * 1000;
  };
}
