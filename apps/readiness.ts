import { apiClient, ApiCall } from "../regions/api-client";
import { pathOf, titleInWords } from "./manifest";
import { patchRevision } from "./overrides";
import { OVERRIDES_ANNOTATION, Part, REVISION_ANNOTATION, revision } from "./part";
import { unsettled } from "./settled";

/** Events shown of a member's pods that do not become ready. */
const SHOWN_EVENTS = 3;

/** What one member lacks of an app. */
export interface Lack {
  readonly member: string;
  readonly part: Part;
  readonly fault: string;
}

/**
 * What the members still lack of an app; nothing when every member has all of its objects in this revision, and runs its
 * share. It asks the members, not Karmada, which keeps the last healthy numbers of a member that is gone.
 *
 * @param kubeconfigs of all members, by name.
 */
export async function lacking(
  parts: readonly Part[],
  kubeconfigs: Readonly<Record<string, string>>,
): Promise<Lack[]> {
  const all = parts.flatMap((part) => part.members.map((member) => ({ member, part })));
  const clients = new Map(Object.entries(kubeconfigs).map(([member, text]) => [member, apiClient(text)]));
  const lacks = await Promise.all(
    all.map(async ({ member, part }): Promise<Lack[]> => {
      const fault = await partFault(clients.get(member)!, part, member).catch(
        (error: Error) => `its API does not answer: ${error.message}`,
      );
      return fault === undefined ? [] : [{ member, part, fault }];
    }),
  );
  return lacks.flat();
}

/** Why a member does not have an object, or does not run its share of it; undefined when it does. */
export async function partFault(get: ApiCall, part: Part, member: string): Promise<string | undefined> {
  const count = part.plan?.[member];
  const what = titleInWords(part.object);
  const { status, body } = await get(pathOf(part));
  if (status === 404) {
    if (count === 0) return undefined;
    return `no ${what} yet${count === undefined ? "" : `, ${count} replicas wanted`}`;
  }
  if (status !== 200) return `${what} answers ${status}: ${body?.message ?? body}`;
  // An autoscaler has told it a number of its own.
  if (count !== undefined && !part.scaled && body.spec.replicas !== count)
    return `${what} is told ${body.spec.replicas} replicas, ${count} wanted`;
  // A member that is to run none has its workload taken away without being told the newest revision.
  const stale = count !== 0 && staleness(part, member, body.metadata.annotations ?? {});
  if (stale) return `${what} ${stale}`;
  const fault = unsettled(body);
  return fault && `${what}: ${fault}${await podEvents(get, part)}`;
}

/** Which revision a member's copy lacks, of the template or of the member's overrides; undefined when it has both. */
function staleness(part: Part, member: string, told: Readonly<Record<string, string>>): string | undefined {
  const both = [
    ["revision", told[REVISION_ANNOTATION], revision(part)],
    ["overrides", told[OVERRIDES_ANNOTATION], patchRevision(part.patches[member] ?? [])],
  ] as const;
  // The policy of an object that is no workload goes with its last override, after everything else.
  const counts = part.plan ? both : both.filter(([what, , wanted]) => what === "revision" || wanted);
  const [stale] = counts.filter(([, has, wanted]) => has !== wanted);
  return stale && `still has ${stale[0]} ${stale[1] ?? "none"}, ${stale[2] ?? "none"} wanted`;
}

/** What the cluster last said against a workload's pods, in the order it happened. */
async function podEvents(get: ApiCall, { object }: Part): Promise<string> {
  const query = "fieldSelector=" + encodeURIComponent("type=Warning,involvedObject.kind=Pod");
  const { status, body } = await get(`/api/v1/namespaces/${object.metadata.namespace}/events?${query}`);
  if (status !== 200) return "";
  const when = (event: any): string =>
    event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  const events = (body.items as any[])
    .filter((event) => event.involvedObject.name.startsWith(`${object.metadata.name}-`))
    .sort((a, b) => (when(a) < when(b) ? -1 : 1))
    .slice(-SHOWN_EVENTS);
  return events
    .map((event) => `\n  ${event.involvedObject.name}: ${event.reason}: ${event.message}`)
    .join("");
}
