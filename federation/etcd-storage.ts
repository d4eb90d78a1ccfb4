import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ControlPlaneConfig, OwnControlPlane } from "../config";
import { claimName, ETCD_SERVICE, ETCD_VOLUME, NAMESPACE } from "./places";

/** Where the host mounts a control-plane slot's volume for the federation's etcd. */
const ETCD_PATH = "/var/lib/federation/etcd";
const STORAGE_CLASS = "karmada-etcd";

type StatefulSetSpec = k8s.types.input.apps.v1.StatefulSetSpec;
type ClaimSpec = k8s.types.input.core.v1.PersistentVolumeClaimSpec;

/** Volumes that a host of our own gets at each control-plane slot, where the federation's etcd lies on them. Sizes in GiB. */
export function hostVolumes(controlPlane: ControlPlaneConfig) {
  const ours = !("existing" in controlPlane) && controlPlane.storage === "volumes";
  return ours ? [{ name: "federation", size: 10, path: ETCD_PATH }] : [];
}

/** Arguments of {@link etcdStorage}. */
export interface EtcdStorageArgs extends Pick<OwnControlPlane, "storage" | "replicas"> {
  /** Names of the host's control-plane nodes, in slot order; the first `replicas` hold the data where it is on their volumes. */
  readonly nodes: readonly string[];
  /** What must be on the host before. */
  readonly after: pulumi.Input<pulumi.Resource[]>;
}

/** Where etcd's replicas keep their data, in the words of their StatefulSet. */
export interface EtcdStorage {
  /** What has to be there before they start. */
  readonly made: readonly pulumi.Resource[];
  /** Volumes of the pod. */
  readonly volumes: k8s.types.input.core.v1.Volume[];
  readonly claims: Pick<StatefulSetSpec, "volumeClaimTemplates" | "persistentVolumeClaimRetentionPolicy">;
}

/** Makes what etcd's storage needs, as children of `opts.parent`. */
export function etcdStorage(
  name: string,
  args: EtcdStorageArgs,
  opts: pulumi.CustomResourceOptions,
): EtcdStorage {
  const { storage } = args;
  if (storage === "volumes") return slotVolumes(name, args, opts);
  if (storage === "none") {
    return { made: [], volumes: [{ name: ETCD_VOLUME, emptyDir: { medium: "Memory" } }], claims: {} };
  }
  return "class" in storage
    ? { made: [], volumes: [], claims: claims(claim(storage.class, `${storage.size}Gi`), "Delete") }
    : premade(name, storage.names, args, opts);
}

/** Local volumes pinned to the slots: they outlive the nodes, and nothing in the cluster needs cloud credentials to attach them. */
function slotVolumes(name: string, args: EtcdStorageArgs, opts: pulumi.CustomResourceOptions): EtcdStorage {
  const storageClass = new k8s.storage.v1.StorageClass(
    `${name}-class`,
    {
      metadata: { name: STORAGE_CLASS },
      provisioner: "kubernetes.io/no-provisioner",
      volumeBindingMode: "WaitForFirstConsumer",
    },
    { ...opts, dependsOn: args.after },
  );
  const made = args.nodes
    .slice(0, args.replicas)
    .map(
      (node, slot) =>
        new k8s.core.v1.PersistentVolume(
          `${name}-volume-${slot}`,
          { metadata: { name: `${ETCD_SERVICE}-${slot}` }, spec: slotVolume(node) },
          { ...opts, dependsOn: storageClass },
        ),
    );
  // Else the claim would hold the volume when the federation goes, and its deletion would wait for ever.
  return { made, volumes: [], claims: claims(claim(STORAGE_CLASS, "8Gi"), "Delete") };
}

function slotVolume(node: string): k8s.types.input.core.v1.PersistentVolumeSpec {
  const here = { key: "kubernetes.io/hostname", operator: "In", values: [node] };
  return {
    // Not enforced on a local volume; the claim has to ask for no more.
    capacity: { storage: "8Gi" },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: "Retain",
    storageClassName: STORAGE_CLASS,
    local: { path: ETCD_PATH },
    nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [here] }] } },
  };
}

/**
 * Volumes that are there, each claimed by its name: a StatefulSet's template cannot name one for each replica, and takes the
 * claims that it finds.
 */
function premade(
  name: string,
  names: readonly string[],
  args: EtcdStorageArgs,
  opts: pulumi.CustomResourceOptions,
): EtcdStorage {
  const specs = names.map((volumeName, replica): pulumi.Output<ClaimSpec> => {
    // Looked at, never changed: a claim has to ask for what the volume has, its class among it.
    const { spec } = k8s.core.v1.PersistentVolume.get(`${name}-given-${replica}`, volumeName, opts);
    return spec.apply(({ storageClassName, accessModes, capacity }) => ({
      volumeName,
      storageClassName: storageClassName ?? "",
      accessModes,
      resources: { requests: { storage: capacity?.storage ?? "8Gi" } },
    }));
  });
  const made = specs.map(
    (spec, replica) =>
      new k8s.core.v1.PersistentVolumeClaim(
        `${name}-claim-${replica}`,
        { metadata: { name: claimName(replica), namespace: NAMESPACE }, spec },
        { ...opts, dependsOn: args.after },
      ),
  );
  const template = specs[0].apply(({ volumeName: _, ...spec }) => spec);
  // The claims are ours to delete, after the pods.
  return { made, volumes: [], claims: claims(template, "Retain") };
}

function claim(storageClassName: string, storage: string): ClaimSpec {
  return { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage } } };
}

function claims(spec: pulumi.Input<ClaimSpec>, whenDeleted: "Delete" | "Retain"): EtcdStorage["claims"] {
  return {
    volumeClaimTemplates: [{ metadata: { name: ETCD_VOLUME }, spec }],
    persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled: "Retain" },
  };
}
