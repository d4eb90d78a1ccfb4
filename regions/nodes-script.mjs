// Run by the drain of a cluster when it is made: waits until the cloud controller knows the cluster's nodes. A Service made
// before gets a load balancer without them, and the controller takes a node that it has seen, but could not look up then,
// for one that the load balancer has (its service controller compares names only). See drain.ts.
import { apiOf } from "./cluster-api.mjs";

const uninitialized = "node.cloudprovider.kubernetes.io/uninitialized";
const pause = 1000;

/** Names of the nodes that the cloud controller has initialised. */
async function initialised(api) {
  const { items = [] } = await api("GET", "/api/v1/nodes");
  return items
    .filter(({ spec }) => spec.providerID && !spec.taints?.some(({ key }) => key === uninitialized))
    .map(({ metadata }) => metadata.name);
}

async function main(env) {
  const api = apiOf(env.DRAIN_KUBECONFIG);
  const [wanted, seconds] = [Number(env.NODES_COUNT), Number(env.NODES_SECONDS)];
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    let trouble = "";
    const nodes = await initialised(api).catch((error) => {
      trouble = ` (its API: ${error.message})`;
      return [];
    });
    if (nodes.length >= wanted) return;
    if (Date.now() > deadline) {
      throw new Error(
        `${env.DRAIN_MEMBER}: ${nodes.length} of ${wanted} nodes joined within ${seconds} s${trouble}: ${nodes.join(", ")}\n` +
          "The console output of the other instances says what holds them up.",
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

main(process.env).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
