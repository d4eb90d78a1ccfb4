// Run by the drain of a cluster when it is made: waits until the cloud controller knows the cluster's nodes. A Service made
// before gets a load balancer without them, and the controller takes a node that it has seen, but could not look up then,
// for one that the load balancer has (its service controller compares names only). See drain.ts.
import { apiClient, ApiCall } from "./api-client";
import { until } from "./poll";
import { fail, setting } from "./script";

const uninitialized = "node.cloudprovider.kubernetes.io/uninitialized";

/** Names of the nodes that the cloud controller has initialised. */
async function initialised(call: ApiCall): Promise<string[]> {
  const { status, body } = await call("/api/v1/nodes");
  if (status !== 200) throw new Error(`the list of its nodes answers ${status}`);
  return (body.items as any[])
    .filter(({ spec }) => spec.providerID && !spec.taints?.some((taint: any) => taint.key === uninitialized))
    .map(({ metadata }) => metadata.name);
}

async function main(): Promise<void> {
  const call = apiClient(setting("DRAIN_KUBECONFIG"));
  const wanted = Number(setting("NODES_COUNT"));
  const what = `${setting("DRAIN_MEMBER")}: ${wanted} nodes joining`;
  await until({ what, timeout: Number(setting("NODES_SECONDS")), report: console.log }, async () => {
    const nodes = await initialised(call);
    return nodes.length < wanted ? `${nodes.length} joined: ${nodes.join(", ")}` : undefined;
  });
}

main().catch(fail("The console output of the other instances says what holds them up."));
