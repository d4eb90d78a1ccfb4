/** Objects of any kind as the provider handles them: names, annotations, identity. */

import { Context, freshName, isUnknown, Props } from "../runtime";

export const ANNOTATIONS = {
  autonamed: "pulumi.com/autonamed",
  skipAwait: "pulumi.com/skipAwait",
  waitFor: "pulumi.com/waitFor",
  timeoutSeconds: "pulumi.com/timeoutSeconds",
  patchForce: "pulumi.com/patchForce",
  patchFieldManager: "pulumi.com/patchFieldManager",
  deletionPropagation: "pulumi.com/deletionPropagationPolicy",
};

export function annotation(object: Props, name: string): string | undefined {
  return object.metadata?.annotations?.[name];
}

/** Group/version and kind of a type token: `kubernetes:core/v1:Service` → v1, Service. */
export function kindOfToken(token: string): { apiVersion: string; kind: string; patch: boolean } {
  const [, group, name] = token.split(":");
  const patch = name.endsWith("Patch") && name !== "Patch";
  return {
    apiVersion: group.replace(/^core\//, ""),
    kind: patch ? name.slice(0, -"Patch".length) : name,
    patch,
  };
}

/** Kinds of Kubernetes itself that live in no namespace; all others of its own groups do. */
const CLUSTER_SCOPED = new Set(
  (
    "Namespace Node PersistentVolume ComponentStatus ClusterRole ClusterRoleBinding StorageClass CSIDriver CSINode " +
    "VolumeAttachment VolumeAttributesClass IngressClass PriorityClass RuntimeClass CustomResourceDefinition APIService " +
    "MutatingWebhookConfiguration ValidatingWebhookConfiguration MutatingAdmissionPolicy MutatingAdmissionPolicyBinding " +
    "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding CertificateSigningRequest ClusterTrustBundle FlowSchema " +
    "PriorityLevelConfiguration DeviceClass ResourceSlice ServiceCIDR IPAddress TokenReview SubjectAccessReview " +
    "SelfSubjectAccessReview SelfSubjectReview SelfSubjectRulesReview StorageVersion StorageVersionMigration"
  ).split(" "),
);
const OWN_GROUPS = /^(v1|(apps|batch|policy|autoscaling|extensions)\/.*|[\w.-]+\.k8s\.io\/.*)$/;

/** True for the groups that Kubernetes itself defines. */
export function ownGroup(apiVersion: string): boolean {
  return OWN_GROUPS.test(apiVersion);
}

/**
 * True if the kind is known to be namespaced without asking a server; custom kinds are not, so that the answer does not
 * depend on whether their definition is there yet.
 */
export function knownNamespaced(apiVersion: string, kind: string): boolean {
  return ownGroup(apiVersion) && !CLUSTER_SCOPED.has(kind);
}

/** Inputs with a name (an auto-name if the program gave none) and a namespace. */
export function completeInputs(
  inputs: Props,
  olds: Props | undefined,
  ctx: Context,
  namespace: string,
  patch: boolean,
): Props {
  if (isUnknown(inputs.metadata)) return inputs;
  const metadata: Props = { ...inputs.metadata };
  if (!metadata.namespace && knownNamespaced(inputs.apiVersion, inputs.kind)) metadata.namespace = namespace;
  if (!metadata.name && !metadata.generateName && !patch) {
    const kept = olds && annotation(olds, ANNOTATIONS.autonamed) === "true" ? olds.metadata?.name : undefined;
    const clean = (name: string) => name.toLowerCase().replace(/[^a-z0-9.-]+/g, "-");
    metadata.name = kept ?? freshName(ctx, { digits: 8, maxLength: 253, clean });
    metadata.annotations = { ...metadata.annotations, [ANNOTATIONS.autonamed]: "true" };
  }
  return { ...inputs, metadata };
}

/** `namespace/name`, or `name` where there is no namespace: upstream's ids. */
export function idOf(object: Props): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

export function nameOfId(id: string): { namespace?: string; name: string } {
  const slash = id.indexOf("/");
  return slash < 0 ? { name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** Kinds whose deletion `skipAwait` does not wait for either: an old behaviour that upstream keeps for these alone. */
const UNAWAITED = new Set(
  "Namespace Pod ReplicationController DaemonSet Deployment StatefulSet Job".split(" "),
);

export function skipsDeleteWait(object: Props): boolean {
  return (
    annotation(object, ANNOTATIONS.skipAwait) === "true" &&
    UNAWAITED.has(object.kind) &&
    ownGroup(object.apiVersion)
  );
}

/** How an object is called in messages: `apps/v1 Deployment web/nginx`. */
export function title(object: Props): string {
  return `${object.apiVersion} ${object.kind} ${idOf(object)}`;
}

/** The body of an apply: no nulls, no bookkeeping of ours. */
export function body(inputs: Props): Props {
  return prune(inputs) as Props;
}

function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null && item !== undefined).map(prune);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(kept.map(([key, item]) => [key, prune(item)]));
}

/** What of a live object goes into the state: all but the field ownership, which is long and changes by itself. */
export function outputsOf(live: Props): Props {
  const { managedFields: _, ...metadata } = live.metadata ?? {};
  return { ...live, metadata };
}
