import * as pulumi from "@pulumi/pulumi";
import { apiClient } from "./api-client";
import { shownAt } from "./gate";
import { Nodes, NodesOptions, untilNodes } from "./nodes-wait";

export interface ReadyArgs extends Nodes {
  /** The operator's. */
  readonly kubeconfig: string;
}

/**
 * Waits until the API says it is ready and lets the operator's certificate in. Reads only.
 *
 * @throws when it does not within the time, naming the member, with the end of its nodes' console output.
 */
export async function waitUntilReady(args: ReadyArgs, options: NodesOptions = {}): Promise<void> {
  const call = apiClient(args.kubeconfig);
  const look = async () => {
    // The second asks for more than readiness: the binding that lets the operator in is made after the API is up.
    for (const path of ["/readyz", "/api/v1/nodes?limit=1"]) {
      const { status } = await call(path);
      if (status !== 200) return `${path} answers ${status}`;
    }
    return undefined;
  };
  await untilNodes(args, `The API of ${args.member}`, look, options);
}

/**
 * Waits, and logs why it was in vain at the member, once and whole: what is thrown here is repeated by all that needs the
 * kubeconfig.
 */
export async function readyOrTold(
  args: ReadyArgs,
  resource: pulumi.Resource,
  options: NodesOptions = {},
): Promise<void> {
  try {
    await waitUntilReady(args, { report: shownAt(resource), ...options });
  } catch (error) {
    await pulumi.log.error((error as Error).message, resource);
    throw new Error(`the API of ${args.member} does not answer: what is known of it is shown above`);
  }
}
