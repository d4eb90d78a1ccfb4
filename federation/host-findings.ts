import type { OwnControlPlane } from "../config";
import { STACK_TAG } from "../operate/ownership";
import type { ApiCall } from "../regions/api-client";
import type { Permission } from "../regions/permissions";
import { etcdFault } from "./etcd-choices";
import { claimName, NAMESPACE } from "./places";

const own = ["create", "get", "list", "watch", "patch", "delete"] as const;
const look = ["get", "list", "watch"] as const;

/** What a control plane asks of the credentials of the given cluster that is to run it. */
export function hostPermissions({ storage, replicas }: OwnControlPlane): Permission[] {
  const inside = (group: string, resource: string, verbs: Permission["verbs"]): Permission => ({
    group,
    resource,
    verbs,
    namespace: NAMESPACE,
  });
  const named = typeof storage === "object" && "names" in storage;
  return [
    { group: "", resource: "namespaces", verbs: own },
    inside("", "secrets", own),
    inside("", "services", own),
    inside("apps", "statefulsets", own),
    inside("apps", "deployments", own),
    // By which it is told why a program does not come up.
    inside("apps", "replicasets", look),
    inside("", "pods", look),
    inside("", "events", look),
    ...(replicas > 1 ? [inside("policy", "poddisruptionbudgets", own)] : []),
    ...(named ? [inside("", "persistentvolumeclaims", own)] : []),
    ...(named ? [{ group: "", resource: "persistentvolumes", verbs: ["get"] }] : []),
  ];
}

/** What keeps a given cluster from running the control plane, each with its remedy. What may not be seen, another finding tells. */
export async function hostFindings(
  call: ApiCall,
  controlPlane: OwnControlPlane,
  owner: string,
): Promise<string[]> {
  const other = await otherControlPlane(call, owner);
  if (other !== undefined) return [other];
  const [etcd, storage, port] = await Promise.all([
    etcdFault(call, controlPlane).catch(() => undefined),
    storageFindings(call, controlPlane.storage),
    portFinding(call, controlPlane.service),
  ]);
  return [etcd, ...storage, port].flatMap((finding) => finding ?? []);
}

/** Ours would take over what the other's is made of, and take it away one day. */
async function otherControlPlane(call: ApiCall, owner: string): Promise<string | undefined> {
  const { status, body } = await call(`/api/v1/namespaces/${NAMESPACE}`);
  const whose = body?.metadata?.annotations?.[STACK_TAG];
  if (status !== 200 || whose === owner) return undefined;
  const other = whose === undefined ? "another Karmada" : `the federation of stack ${whose}`;
  return (
    `it has the namespace ${NAMESPACE} of ${other} – name its kubeconfig as controlPlane.existing to join members to that one, ` +
    "or take it out there first"
  );
}

async function storageFindings(call: ApiCall, storage: OwnControlPlane["storage"]): Promise<string[]> {
  if (typeof storage === "string") return [];
  if ("class" in storage) {
    const { status, body } = await call("/apis/storage.k8s.io/v1/storageclasses");
    const there: string[] = (body?.items ?? []).map(({ metadata }: any) => metadata.name);
    if (status !== 200 || there.includes(storage.class)) return [];
    return [`it has no storage class ${storage.class} – name one of its own (${there.join(", ") || "none"})`];
  }
  const found = await Promise.all(
    storage.names.map(async (name, replica) =>
      volumeFinding(await call(`/api/v1/persistentvolumes/${name}`), name, replica),
    ),
  );
  return found.flatMap((finding) => finding ?? []);
}

function volumeFinding(
  { status, body }: Awaited<ReturnType<ApiCall>>,
  name: string,
  replica: number,
): string | undefined {
  if (status === 404) return `it has no persistent volume ${name} – make it first, or name one of its own`;
  if (status !== 200) return undefined;
  const { namespace, name: claim } = body.spec.claimRef ?? {};
  if (body.status?.phase === "Available") return undefined;
  if (namespace === NAMESPACE && claim === claimName(replica) && body.status?.phase === "Bound")
    return undefined;
  if (body.status?.phase === "Released")
    return (
      `its persistent volume ${name} still belongs to the claim ${namespace}/${claim}, which is gone – give it free: kubectl patch ` +
      `pv ${name} --type json -p '[{"op":"remove","path":"/spec/claimRef"}]'; what etcd finds on it, it goes on with`
    );
  return `its persistent volume ${name} is ${body.status?.phase ?? "in no phase"}${claim ? ` by ${namespace}/${claim}` : ""} – name one that is Available`;
}

async function portFinding(call: ApiCall, service: OwnControlPlane["service"]): Promise<string | undefined> {
  if (service === "loadBalancer") return undefined;
  const { status, body } = await call("/api/v1/services");
  const items: any[] = status === 200 ? body.items : [];
  const taken = items
    .filter(({ metadata }) => metadata.namespace !== NAMESPACE)
    .find(({ spec }) => (spec.ports ?? []).some(({ nodePort }: any) => nodePort === service.nodePort));
  if (!taken) return undefined;
  const { namespace, name } = taken.metadata;
  return `its node port ${service.nodePort} is taken by the Service ${namespace}/${name} – name another in controlPlane.service`;
}
