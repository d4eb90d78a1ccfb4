// Run by a member's release when it leaves the federation, as a command: `pulumi destroy` runs no program. See release.ts.
import { apiClient, ApiCall } from "../regions/api-client";
import { until } from "../regions/poll";
import { fail, setting } from "../regions/script";
import { isTrue } from "../regions/slot-health";

/** Seconds that Karmada may take for what it leaves at a member that it reaches; it needs two. */
const PATIENCE = 30;
/** Seconds after which it is given up. */
const TIMEOUT = 90;

const FINALIZER = "karmada.io/execution-controller";

/** Of a Work, Karmada's record of one object at one member, what tells how it ends. */
interface Work {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
  };
  readonly spec: { readonly preserveResourcesOnDeletion?: boolean };
}

/**
 * Waits until no record of what is left at a member stands in the way of its leaving. While the member is away, or after
 * `patience` seconds, they are ended by hand: then Karmada's marks stay on the objects, which harms nobody.
 *
 * @throws Error naming what still stands when the time is over.
 */
export async function release(
  call: ApiCall,
  member: string,
  patience = PATIENCE,
  timeout = TIMEOUT,
): Promise<void> {
  const works = `/apis/work.karmada.io/v1alpha1/namespaces/karmada-es-${member}/works`;
  const began = Date.now();
  await until({ what: `${member} leaving with what it keeps`, timeout, report: console.log }, async () => {
    const { status, body } = await call(works);
    if (status !== 200) return `Works answer ${status}: ${body?.message ?? body}`;
    const kept = (body.items as Work[]).filter(({ spec }) => spec.preserveResourcesOnDeletion);
    const late = Date.now() - began >= patience * 1000;
    if (late || !(await isReady(call, member))) {
      const ending = kept.filter(({ metadata }) => metadata.deletionTimestamp);
      for (const work of ending) await end(call, works, work);
    }
    const names = kept.map(({ metadata }) => metadata.name);
    return names.length > 0 ? `Karmada still has ${names.join(", ")}` : undefined;
  });
}

async function isReady(call: ApiCall, member: string): Promise<boolean> {
  const { status, body } = await call(`/apis/cluster.karmada.io/v1alpha1/clusters/${member}`);
  return status === 200 && isTrue(body, "Ready");
}

/** Lets a record go that ends already. One that has changed meanwhile is looked at again. */
async function end(call: ApiCall, works: string, { metadata }: Work): Promise<void> {
  const { name, resourceVersion, finalizers = [] } = metadata;
  const rest = finalizers.filter((each) => each !== FINALIZER);
  const { status, body } = await call(`${works}/${name}`, "PATCH", {
    metadata: { resourceVersion, finalizers: rest },
  });
  if (![200, 404, 409].includes(status))
    throw new Error(`Work ${name} answers ${status}: ${body?.message ?? body}`);
}

if (require.main === module) {
  release(apiClient(setting("RELEASE_FEDERATION")), setting("RELEASE_MEMBER")).catch(
    fail("Run up again; an app that still names the member keeps it."),
  );
}
