// Run by an app's `VoiceWithdrawal` whenever other members have its replicas.
import { setTimeout as sleep } from "node:timers/promises";
import { apiClient, ApiCall } from "../../regions/api-client";
import { until } from "../../regions/poll";
import { fail, setting } from "../../regions/script";
import { memberOf, NAMESPACE, voiceLabels } from "./voice";

/** Seconds until a silenced voice has to be gone. */
const TIMEOUT = 120;

const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;

/**
 * Has an app's voices speak for the members of `keep` alone. A voice that an `up` before had silenced, and that is wanted
 * again since that `up` was not finished, speaks again; whether its member is well it finds out itself.
 *
 * @returns the members whose voices were silenced.
 * @throws with what the host's API says, or the pods that do not go.
 */
export async function silence(call: ApiCall, app: string, keep: readonly string[]): Promise<string[]> {
  const selector = (labels: Record<string, string>) =>
    `labelSelector=${encodeURIComponent(
      Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(","),
    )}`;
  const list = async (path: string, labels: Record<string, string>): Promise<any[]> => {
    const { status, body } = await call(`${path}?${selector(labels)}`);
    if (status !== 200) throw new Error(`the host does not list ${path}: ${status} ${body?.message ?? body}`);
    return body.items;
  };
  const silenced: string[] = [];
  for (const { metadata, spec } of await list(DEPLOYMENTS, voiceLabels(app))) {
    const member = memberOf(metadata.labels)!;
    const replicas = keep.includes(member) ? 1 : 0;
    if (spec.replicas === replicas) continue;
    const path = `${DEPLOYMENTS}/${metadata.name}?fieldManager=federation-withdrawal`;
    const { status, body } = await call(path, "PATCH", { spec: { replicas } });
    if (status !== 200)
      throw new Error(`the voice of ${member} is not silenced: ${status} ${body?.message ?? body}`);
    if (replicas === 0) silenced.push(member);
  }
  const what = `the voices of ${silenced.join(", ")}`;
  await until({ what, timeout: TIMEOUT, report: console.error }, async () => {
    const pods = await Promise.all(
      silenced.map((member) => list(`/api/v1/namespaces/${NAMESPACE}/pods`, voiceLabels(app, member))),
    );
    const left = pods.flat().map(({ metadata }) => metadata.name);
    return left.length > 0 ? `${left.join(", ")} not gone yet` : undefined;
  });
  return silenced;
}

async function main(): Promise<void> {
  const app = setting("WITHDRAW_APP");
  const keep = setting("WITHDRAW_KEEP").split(",").filter(Boolean);
  const silenced = await silence(apiClient(setting("HOST_KUBECONFIG")), app, keep);
  if (silenced.length === 0) return console.log(`${app}: nothing to withdraw`);
  const ttl = Number(setting("WITHDRAW_TTL"));
  console.log(`silenced ${silenced.join(", ")}; waiting ${ttl} s`);
  await sleep(ttl * 1000);
}

if (require.main === module) {
  main().catch(fail("Run up again: replicas are where they were."));
}
