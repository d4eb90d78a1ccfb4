import { apiClient, ApiCall } from "../regions/api-client";
import { patchRevision } from "./overrides";
import { OVERRIDES_ANNOTATION, Part, REVISION_ANNOTATION, revision } from "./part";

/** What one member has to run. */
export interface Share {
  readonly member: string;
  /** Kubeconfig of the member. */
  readonly kubeconfig: string;
  readonly count: number;
}

/** Events shown of a member's pods that do not become ready. */
const SHOWN_EVENTS = 3;

/**
 * What the members still lack of an app, one line each; undefined when every member runs its share of this revision.
 * It asks the members, not Karmada, which keeps the last healthy numbers of a member that is gone.
 */
export async function unreadyMembers(part: Part, shares: readonly Share[]): Promise<string | undefined> {
  const lines = await Promise.all(
    shares.map(async ({ member, kubeconfig, count }) => {
      const fault = await shareFault(apiClient(kubeconfig), part, member, count).catch(
        (error: Error) => `its API does not answer: ${error.message}`,
      );
      return fault && `member ${member}: ${fault}`;
    }),
  );
  return lines.filter(Boolean).join("\n") || undefined;
}

/** Why a member does not run `count` ready pods of this revision; undefined when it does. */
export async function shareFault(
  get: ApiCall,
  part: Part,
  member: string,
  count: number,
): Promise<string | undefined> {
  const { name, namespace } = part.object.metadata;
  const { status, body } = await get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  if (status === 404) return count === 0 ? undefined : `no Deployment ${name} yet, ${count} replicas wanted`;
  if (status !== 200) return `Deployment ${name} answers ${status}: ${body?.message ?? body}`;
  const wanted = body.spec.replicas;
  if (wanted !== count) return `is told ${wanted} replicas, ${count} wanted`;
  // A member that is to run none has its Deployment taken away without being told the newest revision.
  const stale = count > 0 && staleness(part, member, body.metadata.annotations ?? {});
  if (stale) return stale;
  const has = body.status ?? {};
  const settled =
    has.observedGeneration >= body.metadata.generation &&
    (has.replicas ?? 0) === count &&
    (has.updatedReplicas ?? 0) === count &&
    (has.availableReplicas ?? 0) === count;
  if (settled) return undefined;
  return `${has.availableReplicas ?? 0} of ${count} replicas ready${await podEvents(get, part)}`;
}

/** Which revision a member's copy lacks, of the template or of the member's overrides; undefined when it has both. */
function staleness(part: Part, member: string, told: Readonly<Record<string, string>>): string | undefined {
  const both = [
    ["revision", told[REVISION_ANNOTATION], revision(part)],
    ["overrides", told[OVERRIDES_ANNOTATION], patchRevision(part.patches[member] ?? [])],
  ] as const;
  const [stale] = both.filter(([, has, wanted]) => has !== wanted);
  return stale && `still has ${stale[0]} ${stale[1] ?? "none"}, ${stale[2] ?? "none"} wanted`;
}

/** What the cluster last said against the app's pods, in the order it happened. */
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
