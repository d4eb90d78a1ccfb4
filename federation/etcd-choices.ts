import type { OwnControlPlane } from "../config";
import type { ApiCall } from "../regions/api-client";
import { ETCD_SERVICE, NAMESPACE } from "./places";

/** Annotation of etcd's StatefulSet with its storage. One without is on the slots' volumes. */
const STORAGE = "federation/storage";

/** What of the config etcd does not outlive a change of. */
export type EtcdChoices = Pick<OwnControlPlane, "storage" | "replicas">;

/** The mark that storage leaves at etcd's StatefulSet. */
export function storageMark(storage: EtcdChoices["storage"]): { annotations?: Record<string, string> } {
  return storage === "volumes" ? {} : { annotations: { [STORAGE]: JSON.stringify(storage) } };
}

/**
 * Why the etcd that is on the host cannot become what the config says: another storage is an empty one, and etcd's members
 * know how many they are. Undefined where there is none yet, or it is so already.
 */
export async function etcdFault(
  call: ApiCall,
  { storage, replicas }: EtcdChoices,
): Promise<string | undefined> {
  const { status, body } = await call(`/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/${ETCD_SERVICE}`);
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`etcd's StatefulSet answers ${status}: ${body?.message ?? body}`);
  const wanted = [
    ["storage", body.metadata.annotations?.[STORAGE] ?? '"volumes"', JSON.stringify(storage)],
    ["replicas", String(body.spec.replicas), String(replicas)],
  ];
  const changed = wanted.filter(([, was, now]) => was !== now);
  if (changed.length === 0) return undefined;
  const all = changed.map(([key, was, now]) => `controlPlane.${key} ${was} (now ${now})`).join(" and ");
  return (
    `the federation's etcd was begun with ${all}, and all that the federation knows would be lost by a change: set it back. ` +
    "Another choice is for a new stack"
  );
}
