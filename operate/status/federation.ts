import { describeDrift, driftOf } from "../../apps/drift";
import type { ApiCall } from "../../regions/api-client";
import { isTrue } from "../../regions/slot-health";

/** What the federation says, or why it says nothing. */
export type FederationView =
  | {
      /** Of its members, by name: `Ready` or why not. */
      readonly states: Readonly<Record<string, string>>;
      /** Workloads that somebody scaled past the program, a line each. */
      readonly drift: readonly string[];
    }
  | { readonly trouble: string };

/** Asks the federation. Never throws. */
export async function federationView(call: ApiCall): Promise<FederationView> {
  try {
    const list = async (plural: string, group: string): Promise<any[]> => {
      const { status, body } = await call(`/apis/${group}/${plural}`);
      if (status !== 200) throw new Error(`${plural} answer ${status}`);
      return body.items;
    };
    const [clusters, ...workloads] = await Promise.all([
      list("clusters", "cluster.karmada.io/v1alpha1"),
      ...["deployments", "statefulsets"].map(async (plural) =>
        (await list(plural, "apps/v1")).flatMap((one) => driftLine(plural.slice(0, -1), one) ?? []),
      ),
    ]);
    return {
      states: Object.fromEntries(clusters.map((one) => [one.metadata.name, stateOf(one)])),
      drift: workloads.flat(),
    };
  } catch (error) {
    return { trouble: (error as Error).message };
  }
}

function driftLine(kind: string, live: any): string | undefined {
  const drift = driftOf(live);
  return drift && `${kind} ${live.metadata.namespace}/${live.metadata.name} is ${describeDrift(drift)}`;
}

function stateOf(cluster: any): string {
  if (isTrue(cluster, "Ready")) return "Ready";
  const ready = (cluster.status?.conditions ?? []).find(({ type }: { type: string }) => type === "Ready");
  return ready?.reason ?? "not looked at yet";
}
