/**
 * What cannot be changed in place, as in pulumi-kubernetes' table of forced replacements
 * (provider/pkg/provider/force_new.go there).
 */

import { changes, Diff, formatPath, Path, Props, valueAt } from "../runtime";
import { annotation, ANNOTATIONS } from "./objects";

const VOLUME_SOURCES =
  "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs hostPath " +
  "iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume";

const POD_SPEC =
  "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork hostPID " +
  "hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName readinessGates " +
  "restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace " +
  "subdomain terminationGracePeriodSeconds volumes";

const CONTAINER =
  "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext stdin " +
  "stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir";

const under = (prefix: string, names: string) => names.split(" ").map((name) => `${prefix}.${name}`);

const TABLE: Record<string, string[]> = {
  "apps/DaemonSet": ["spec.selector"],
  "apps/Deployment": ["spec.selector"],
  "apps/StatefulSet": under(
    "spec",
    "podManagementPolicy revisionHistoryLimit selector serviceName volumeClaimTemplates",
  ),
  "batch/Job": under("spec", "completions parallelism selector template"),
  "policy/PodDisruptionBudget": [],
  "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
  "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
  "/PersistentVolume": under("spec", VOLUME_SOURCES),
  "/PersistentVolumeClaim": under("spec", "accessModes resources selector storageClassName volumeName"),
  "/Pod": [
    ...under("spec", POD_SPEC),
    ...under("spec.containers", CONTAINER),
    ...under("spec.initContainers", CONTAINER),
  ],
  "/ResourceQuota": ["spec.scopes"],
  "/Service": ["spec.clusterIP"],
};

/** Provider settings that the table depends on. */
export interface Mutability {
  secrets: boolean;
  configMaps: boolean;
}

/** Paths (indices left out) whose change replaces an object of this kind. */
export function replacingPaths(object: Props, mutable: Mutability): string[] {
  const group = object.apiVersion?.includes("/") ? object.apiVersion.split("/")[0] : "";
  const kind = `${group}/${object.kind}`;
  const always = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];
  // Upstream replaces these unless the provider allows changes, or the object itself forbids them.
  if (kind === "/Secret" && (!mutable.secrets || object.immutable))
    return [...always, "type", "stringData", "data"];
  if (kind === "/Secret") return [...always, "type"];
  if (kind === "/ConfigMap" && (!mutable.configMaps || object.immutable))
    return [...always, "binaryData", "data"];
  return [...always, ...(TABLE[kind] ?? [])];
}

/** The diff of two inputs; a namespace that was never given is the one the object is in, one taken away is `standard`. */
export function diffObjects(
  olds: Props,
  news: Props,
  state: Props,
  mutable: Mutability,
  standard = "default",
): Diff {
  const before = withNamespace(olds, state.metadata?.namespace ?? news.metadata?.namespace);
  const after = withNamespace(news, olds.metadata?.namespace ? standard : before.metadata?.namespace);
  const changed = changes(before, after);
  const rules = replacingPaths(olds, mutable).map((rule) => rule.split("."));
  const replaces = changed
    .filter(({ path }) => rules.some((rule) => hits(path, rule, before, after)))
    .map((c) => formatPath(c.path));
  const sameName =
    news.metadata?.name === olds.metadata?.name && after.metadata?.namespace === before.metadata?.namespace;
  const fixed = annotation(news, ANNOTATIONS.autonamed) !== "true" && sameName;
  return {
    changed: changed.map((change) => formatPath(change.path)),
    replaces,
    deleteBeforeReplace: replaces.length > 0 && fixed,
  };
}

function withNamespace(object: Props, namespace: string | undefined): Props {
  if (object.metadata?.namespace || !namespace || typeof object.metadata !== "object") return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

function hits(path: Path, rule: string[], olds: Props, news: Props): boolean {
  const named = path.filter((step) => typeof step === "string");
  const within = (long: unknown[], short: unknown[]) => short.every((step, i) => long[i] === step);
  if (named.length >= rule.length) return within(named, rule);
  const rest = rule.slice(named.length);
  return within(rule, named) && [olds, news].some((side) => valueAt(valueAt(side, path), rest) !== undefined);
}
