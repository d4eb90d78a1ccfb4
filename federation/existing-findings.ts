import type { StackConfig } from "../config";
import { takesPart } from "../config/member-kinds";
import { STACK_TAG } from "../operate/ownership";
import type { ApiCall } from "../regions/api-client";
import { missingPermissions, Permission, RefusedError } from "../regions/permissions";
import { missingKinds } from "./karmada-kinds";
import { CLUSTER_NAMESPACE, NAMESPACE } from "./places";

const own = ["create", "get", "list", "watch", "patch", "delete"] as const;
const policy = "policy.karmada.io";

/** What joining members and placing apps asks of the credentials at a Karmada that is there. */
const needed: readonly Permission[] = [
  { group: "cluster.karmada.io", resource: "clusters", verbs: own },
  { group: "", resource: "secrets", verbs: own, namespace: CLUSTER_NAMESPACE },
  { group: "", resource: "namespaces", verbs: own },
  ...["propagationpolicies", "clusterpropagationpolicies", "overridepolicies", "clusteroverridepolicies"].map(
    (resource) => ({ group: policy, resource, verbs: own }),
  ),
  { group: "apps", resource: "deployments", verbs: own },
  { group: "work.karmada.io", resource: "resourcebindings", verbs: ["get", "list"] },
  // By which it is told whether it speaks what is written to it.
  { group: "apiextensions.k8s.io", resource: "customresourcedefinitions", verbs: ["get"] },
];

/** Fields of policies that the program writes: a Karmada without them drops them, and replicas move as nobody planned. */
const fields = ["activationPreference", "dependentOverrides", "conflictResolution", "placement"];

/** What of the config is asked for. */
export type ExistingConfig = Pick<StackConfig, "members" | "versions"> & { readonly owner: string };

/**
 * What keeps members from joining a Karmada that is there, each with its remedy.
 *
 * @param server its address, for those who read of it.
 * @throws when its API does not answer, or takes nobody's credentials.
 */
export async function existingFindings(
  call: ApiCall,
  server: string,
  config: ExistingConfig,
): Promise<string[]> {
  const { status, body } = await call("/version");
  if (status !== 200) throw new RefusedError(status, body?.message);
  const missing = await missingKinds(call);
  if (missing !== undefined)
    return [
      `${server} is no Karmada, or one that does not run: ${missing} – give the kubeconfig of Karmada's own API server, ` +
        "not of the cluster that it runs on",
    ];
  const found = await Promise.all([
    fieldFindings(call, config.versions.karmada),
    missingPermissions(call, needed).then((all) =>
      all.map((what) => `its credentials may not ${what} – give those of an administrator of Karmada's`),
    ),
    namespaceFindings(call),
    takenNames(call, config),
  ]);
  return found.flat();
}

async function fieldFindings(call: ApiCall, karmada: string): Promise<string[]> {
  const { status, body } = await call(
    `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/propagationpolicies.${policy}`,
  );
  if (status !== 200) return []; // that they may not be seen, another finding tells
  const version = (body.spec.versions as any[]).find(({ name, served }) => name === "v1alpha1" && served);
  const known = Object.keys(version?.schema?.openAPIV3Schema?.properties?.spec?.properties ?? {});
  const lacking = fields.filter((field) => !known.includes(field));
  if (lacking.length === 0) return [];
  return [
    `it is older than what this program speaks (${karmada}): its policies have no ${lacking.join(", ")} – upgrade it`,
  ];
}

async function namespaceFindings(call: ApiCall): Promise<string[]> {
  const { status } = await call(`/api/v1/namespaces/${CLUSTER_NAMESPACE}`);
  if (status !== 404) return [];
  return [
    `it has no namespace ${CLUSTER_NAMESPACE} for members' credentials – kubectl create namespace ${CLUSTER_NAMESPACE}`,
  ];
}

/** A member of another's would be taken over, and taken away one day. */
async function takenNames(call: ApiCall, { members, owner }: ExistingConfig): Promise<string[]> {
  const { status, body } = await call("/apis/cluster.karmada.io/v1alpha1/clusters");
  const ours = Object.keys(members).filter((name) => takesPart(members[name]));
  const items: any[] = status === 200 ? body.items : [];
  return items
    .filter(({ metadata }) => ours.includes(metadata.name) && metadata.annotations?.[STACK_TAG] !== owner)
    .map(
      ({ metadata }) =>
        `it has a member ${metadata.name} already, which is not this stack's – call yours otherwise`,
    );
}

/**
 * Whether the Karmada that runs on a host is of the minor release that this stack speaks. Its API does not tell its release, its
 * programs' images do.
 */
export async function releaseFinding(host: ApiCall, karmada: string): Promise<string[]> {
  const { status, body } = await host(
    `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/karmada-controller-manager`,
  );
  const image: string = (status === 200 && body.spec.template.spec.containers[0].image) || "";
  const found = /:(v\d+\.\d+)\.[^:/]*$/.exec(image)?.[1];
  const wanted = karmada.replace(/\.\d+$/, "");
  if (found === undefined || found === wanted) return [];
  return [
    `it runs Karmada ${found}, and this stack speaks ${wanted} – upgrade it, or set versions.karmada to what it runs and expect ` +
      "what nobody has tried",
  ];
}
