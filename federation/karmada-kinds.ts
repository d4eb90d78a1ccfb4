import type { ApiCall } from "../regions/api-client";

/** The kinds of Karmada's that this program writes and reads, by the path of their discovery and their plural names. */
const served = {
  "/apis/cluster.karmada.io/v1alpha1": ["clusters"],
  "/apis/policy.karmada.io/v1alpha1": ["propagationpolicies", "overridepolicies"],
  "/apis/work.karmada.io/v1alpha2": ["resourcebindings", "clusterresourcebindings"],
  "/apis/work.karmada.io/v1alpha1": ["works"],
};

/** Which of them an API does not serve; undefined when it serves them all. */
export async function missingKinds(call: ApiCall): Promise<string | undefined> {
  for (const [path, plurals] of Object.entries(served)) {
    const { status, body } = await call(path);
    const known: string[] = (body?.resources ?? []).map((each: { name: string }) => each.name);
    const missing = plurals.filter((plural) => !known.includes(plural));
    if (status !== 200 || missing.length > 0)
      return `${path} answers ${status} without ${missing.join(", ")}`;
  }
  return undefined;
}
