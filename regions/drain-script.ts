// Run by the drain of a cluster when it is deleted, as a command: `pulumi destroy` runs no program. See drain.ts.
import { apiClient, ApiCall } from "./api-client";
import { leftovers } from "./leftovers";
import { until } from "./poll";
import { fail, setting } from "./script";

/** Deletes what Services of type LoadBalancer are left, such as those made by hand; names them. */
async function deleteServices(call: ApiCall): Promise<string[]> {
  const { status, body } = await call("/api/v1/services");
  if (status !== 200) throw new Error(`the list of its Services answers ${status}`);
  const left = (body.items as any[]).filter(({ spec }) => spec.type === "LoadBalancer");
  for (const { metadata } of left.filter(({ metadata }) => !metadata.deletionTimestamp)) {
    await call(`/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}`, "DELETE");
  }
  return left.map(({ metadata }) => `Service ${metadata.namespace}/${metadata.name}`);
}

async function main(): Promise<void> {
  const call = apiClient(setting("DRAIN_KUBECONFIG"));
  const scope = {
    region: setting("DRAIN_REGION"),
    tag: setting("DRAIN_TAG"),
    vpc: setting("DRAIN_VPC"),
    nodesGroup: setting("DRAIN_NODES_GROUP"),
    apiLoadBalancer: setting("DRAIN_API_LOAD_BALANCER"),
  };
  const what = `${setting("DRAIN_MEMBER")}: its controllers' load balancers, groups and volumes going`;
  const wait = { what, timeout: Number(setting("DRAIN_SECONDS")), interval: 3000, report: console.log };
  await until(wait, async () => {
    // A cluster whose API is gone deletes nothing any more, but what its controllers made may be gone already.
    let trouble = "";
    const services = await deleteServices(call).catch((error: Error) => {
      trouble = ` (its API: ${error.message})`;
      return [];
    });
    const left = [...services, ...(await leftovers(scope))];
    return left.length > 0 ? left.join(", ") + trouble : undefined;
  });
}

main().catch(fail("Look at the cloud controller's log, or delete them by hand, and destroy again."));
