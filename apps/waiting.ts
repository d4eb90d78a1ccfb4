import { apiClient, ApiCall } from "../regions/api-client";
import { until, Wait } from "../regions/poll";
import type { Part } from "./part";
import { puttingBack } from "./drift";
import { clearLeftBehind } from "./left-behind";
import { lacking } from "./readiness";
import { refusal, remedyOf, standing } from "./refusals";

/** The APIs that know how an app is doing. */
export interface Clusters {
  /** Kubeconfig of each member, by name. */
  readonly members: Readonly<Record<string, string>>;
  /** Kubeconfig of the federation. */
  readonly federation: string;
}

/**
 * Waits until every member has an app's objects and runs its share. What somebody scaled at the federation is put back, once.
 *
 * @param warn told of what was put back.
 * @throws Error with what members lack when the time is over, and before when something is in the way that stays.
 */
export async function untilRunning(
  wait: Wait,
  parts: readonly Part[],
  clusters: Clusters,
  warn: (line: string) => void,
): Promise<void> {
  const stands = standing();
  const putBack = puttingBack(warn);
  let hopeless: string | undefined;
  await until(wait, async () => {
    const karmada = apiClient(clusters.federation);
    const lacks = await Promise.all(
      (await lacking(parts, clusters.members)).map(async (lack) => ({
        ...lack,
        said: await refusal(karmada, lack.part, lack.member).catch(() => undefined),
      })),
    );
    for (const { part, member } of lacks) {
      const calls = { member: apiClient(clusters.members[member]), federation: karmada };
      // What hinders it is told as what the member lacks.
      await clearLeftBehind(part, member, calls).catch(() => false);
    }
    const hindered = await putBack(
      karmada,
      lacks.map(({ part }) => part),
    );
    const remedies = lacks.flatMap(({ member, part, said }) => (said && remedyOf(part, member, said)) || []);
    // Ends the wait; what it was is thrown below.
    if (stands(remedies)) return void (hopeless = [...new Set(remedies)].join("\n"));
    const lines = lacks.map(
      ({ member, fault, said }) => `member ${member}: ${fault}${said ? ` (Karmada: ${said})` : ""}`,
    );
    return [...lines, ...hindered].join("\n") || undefined;
  });
  if (hopeless !== undefined) throw new Error(`${wait.what}: ${hopeless}`);
}

/**
 * Which members do not yet serve the kinds that an app defines, as Karmada knows it; undefined when all do. It leaves
 * a member that lacks a kind out for good where another one has it, so objects of that kind must not come before.
 */
export async function missingKinds(
  get: ApiCall,
  kinds: readonly string[],
  members: readonly string[],
): Promise<string | undefined> {
  const lines = await Promise.all(
    members.map(async (member) => {
      const { status, body } = await get(`/apis/cluster.karmada.io/v1alpha1/clusters/${member}`);
      if (status !== 200) return `member ${member}: its Cluster answers ${status}: ${body?.message ?? body}`;
      const served = new Set(
        (body.status?.apiEnablements ?? []).flatMap(({ groupVersion, resources }: any) =>
          resources.map(({ kind }: any) => `${groupVersion} ${kind}`),
        ),
      );
      const missing = kinds.filter((kind) => !served.has(kind));
      return missing.length > 0 ? `member ${member} does not serve ${missing.join(", ")} yet` : "";
    }),
  );
  return lines.filter(Boolean).join("\n") || undefined;
}
