import { setTimeout as sleep } from "node:timers/promises";
import { GivenCluster, GivenName } from "./given-cluster";
import { inBox, inMachine } from "./sandbox";

/** A cluster of somebody else's, as its own administrator sees it. */
export interface Given extends GivenCluster {
  /** kubectl on its node. @throws with what kubectl says */
  kubectl(args: string): Promise<string>;
  /** The administrator's kubeconfig, with the address at which others reach its API. */
  kubeconfig(): Promise<string>;
  /** All that an `up` could leave there, a line each. */
  everything(): Promise<string[]>;
}

const KINDS =
  "namespaces,serviceaccounts,secrets,configmaps,services,deployments,daemonsets,statefulsets,roles,rolebindings," +
  "clusterroles,clusterrolebindings,customresourcedefinitions,persistentvolumes,priorityclasses";

/** Makes one and waits until its node is Ready. */
export async function makeGiven(name: GivenName): Promise<Given> {
  const made = await inBox("test/e2e/given-cluster.ts", "make", name);
  expect(made.code).toBe(0);
  const cluster = JSON.parse(made.output.slice(made.output.indexOf("{"))) as GivenCluster;
  const kubectl = async (args: string): Promise<string> => {
    const run = await inMachine(cluster.instance, `KUBECONFIG=/etc/kubernetes/admin.conf kubectl ${args}`);
    if (run.code !== 0) throw new Error(`${name}: kubectl ${args}: ${run.stderr}`);
    return run.stdout;
  };
  for (let tries = 0; ; tries++) {
    const nodes = await kubectl("get nodes --no-headers").catch(String);
    if (/ Ready /.test(nodes)) break;
    if (tries > 100) throw new Error(`the given cluster ${name} does not come up: ${nodes}`);
    await sleep(3000);
  }
  await kubectl("rollout status daemonset/kube-proxy --timeout=120s -n kube-system");
  return {
    ...cluster,
    kubectl,
    kubeconfig: async () => {
      const { stdout } = await inMachine(cluster.instance, "cat /etc/kubernetes/admin.conf");
      return stdout.replace(/server: .*/, `server: https://${cluster.address}:6443`);
    },
    everything: async () => {
      const columns = "-o custom-columns=K:.kind,S:.metadata.namespace,N:.metadata.name --no-headers";
      const listed = await kubectl(`get ${KINDS} -A ${columns}`);
      return listed
        .split("\n")
        .map((line) => line.replace(/ +/g, " ").trim())
        .sort();
    },
  };
}

/** Takes it away, as its owner would. */
export async function removeGiven(name: GivenName): Promise<void> {
  expect((await inBox("test/e2e/given-cluster.ts", "remove", name)).code).toBe(0);
}
