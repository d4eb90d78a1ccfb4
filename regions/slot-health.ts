import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { apiClient, ApiCall } from "./api-client";

/** A slot's node, as it has to be before another slot's is touched. */
export interface SlotNode {
  readonly nodeName: string;
  readonly instanceId: string;
}

export interface SlotHealthArgs extends SlotNode {
  readonly region: string;
  /** The operator's. */
  readonly kubeconfig: string;
  /** Name of the parameter that says whether the cluster was begun. */
  readonly begunParameter: string;
}

/** What nodes note of a cluster that goes: `yes`, and the snapshot that it was restored from where it was. */
const goes = /^yes( |$)/;

/**
 * Why the next slot's node must not be touched yet: this one's etcd is not well, so one more away may be one too many.
 * Undefined when it is well, and as long as the cluster was not begun or is being restored: etcd begins only when most
 * slots are there.
 */
export async function slotTrouble(args: SlotHealthArgs): Promise<string | undefined> {
  const { Parameter } = await new SSMClient({ region: args.region }).send(
    new GetParameterCommand({ Name: args.begunParameter, WithDecryption: true }),
  );
  if (!goes.test(Parameter?.Value ?? "")) return undefined;
  return nodeTrouble(apiClient(args.kubeconfig), args);
}

/** Why a control-plane node is not well as the cluster sees it; undefined when it is. */
export async function nodeTrouble(
  call: ApiCall,
  { nodeName, instanceId }: SlotNode,
): Promise<string | undefined> {
  const node = await call(`/api/v1/nodes/${nodeName}`);
  if (node.status !== 200) return `node ${nodeName} answers ${node.status}`;
  const known: string = node.body.spec.providerID ?? "";
  if (!known.endsWith(`/${instanceId}`))
    return `node ${nodeName} is still ${known || "without its instance"}`;
  if (!isTrue(node.body, "Ready")) return `node ${nodeName} is not Ready`;
  const etcd = await call(`/api/v1/namespaces/kube-system/pods/etcd-${nodeName}`);
  if (etcd.status !== 200) return `pod etcd-${nodeName} answers ${etcd.status}`;
  return isTrue(etcd.body, "Ready") ? undefined : `pod etcd-${nodeName} is not Ready`;
}

/** Whether a condition of an object holds. */
export function isTrue(object: any, type: string): boolean {
  const conditions: { type: string; status: string }[] = object.status?.conditions ?? [];
  return conditions.some((condition) => condition.type === type && condition.status === "True");
}
