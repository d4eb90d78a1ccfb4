// Run by a member's `CredentialsInUse` whenever its inputs change. Prints what Karmada works by now; the rest goes to stderr.
import { apiClient, ApiCall } from "../regions/api-client";
import { until } from "../regions/poll";
import { fail, setting } from "../regions/script";
import { NAMESPACE } from "./places";

/** Seconds until the new controllers have to be there: an image may have to be pulled anew. */
const TIMEOUT = 300;

const DEPLOYMENT = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/karmada-controller-manager`;

/**
 * Starts Karmada's controllers anew, as a rollout, so that no two work at once, and waits until they run. They read
 * credentials when a member joins and keep them: with other Secrets alone they find the member Ready and write nothing to it.
 *
 * @param mark of the credentials; says nothing about them. The same one again starts nothing.
 * @throws with what is still missing.
 */
export async function startAnew(
  call: ApiCall,
  member: string,
  mark: string,
  timeout = TIMEOUT,
): Promise<void> {
  const annotations = { [`federation/credentials-${member}`]: mark };
  const patch = { spec: { template: { metadata: { annotations } } } };
  const patched = await call(`${DEPLOYMENT}?fieldManager=federation-credentials`, "PATCH", patch);
  if (patched.status !== 200)
    throw new Error(
      `Karmada's controllers are not started anew: ${patched.status} ${patched.body?.message ?? ""}`,
    );
  const what = `Karmada's controllers with the new credentials of ${member}`;
  await until({ what, timeout, report: console.error }, async () => {
    const { status, body } = await call(DEPLOYMENT);
    if (status !== 200) return `their Deployment answers ${status}`;
    const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = body.status;
    const wanted = body.spec.replicas;
    const settled = [replicas, updatedReplicas, availableReplicas].every((count) => count === wanted);
    if (observedGeneration >= body.metadata.generation && settled) return undefined;
    return `${Math.min(updatedReplicas, availableReplicas)} of ${wanted} run`;
  });
}

/** What is left to do where Karmada is there already, and nobody told us where it runs. */
export function byHand(member: string): string {
  return (
    `The credentials of ${member} are new, and Karmada may write nothing to it before its controllers start anew. On the cluster ` +
    "that it runs on: kubectl -n karmada-system rollout restart deployment karmada-controller-manager"
  );
}

async function main(): Promise<void> {
  const mark = setting("CREDENTIALS_MARK");
  const [member, host] = [setting("CREDENTIALS_MEMBER"), process.env.HOST_KUBECONFIG];
  // What the last run printed. The host's kubeconfig may be all that changed.
  if (process.env.PULUMI_COMMAND_STDOUT !== mark) {
    if (host) await startAnew(apiClient(host), member, mark);
    else console.error(byHand(member));
  }
  console.log(mark);
}

if (require.main === module) {
  main().catch(fail("Run up again; until then Karmada may write nothing to the member."));
}
