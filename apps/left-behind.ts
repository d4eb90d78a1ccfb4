import type { ApiCall } from "../regions/api-client";
import { pathOf } from "./manifest";
import { Part, REVISION_ANNOTATION } from "./part";

const MANAGED = "karmada.io/managed";
/** Where the federation has its record of a member's copy. */
const WORK = ["work.karmada.io/namespace", "work.karmada.io/name"];

/**
 * Deletes a workload that a member ran before it was lost, where it has no share now: it left the federation while nobody could
 * clear it, so nothing there knows of it, and its replicas would run beyond the plan.
 *
 * @returns whether there was one.
 */
export async function clearLeftBehind(
  part: Part,
  member: string,
  calls: { readonly member: ApiCall; readonly federation: ApiCall },
): Promise<boolean> {
  if (part.plan?.[member] !== 0) return false;
  const { status, body } = await calls.member(pathOf(part));
  if (status !== 200 || body.metadata.deletionTimestamp) return false;
  const { labels = {}, annotations = {} } = body.metadata;
  // One that is not the federation's is somebody else's, whatever its name.
  if (labels[MANAGED] !== "true" || annotations[REVISION_ANNOTATION] === undefined) return false;
  const [namespace, name] = WORK.map((key) => annotations[key]);
  if (namespace !== `karmada-es-${member}` || name === undefined) return false;
  const record = await calls.federation(
    `/apis/work.karmada.io/v1alpha1/namespaces/${namespace}/works/${name}`,
  );
  // While there is a record, taking the workload away is the federation's own business.
  if (record.status !== 404) return false;
  await calls.member(pathOf(part), "DELETE");
  return true;
}
