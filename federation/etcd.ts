import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { FederationVersions } from "./components";
import { ETCD_DATA, etcdComponent } from "./etcd-component";
import { ETCD_SERVICE } from "./places";
import { labelsOf, metadataOf, podTemplate, servicePorts } from "./pod";

/** Where the host mounts a control-plane slot's volume for the federation's etcd. */
export const ETCD_PATH = "/var/lib/federation/etcd";
const STORAGE_CLASS = "karmada-etcd";

/** Arguments of {@link Etcd}. */
export interface EtcdArgs {
  /** Names of the host's control-plane nodes, in slot order; the first `replicas` hold etcd's data. */
  readonly nodes: readonly string[];
  readonly replicas: number;
  readonly versions: FederationVersions;
  /** Checksum of the certificates it reads. */
  readonly checksum: pulumi.Input<string>;
  /** What must be on the host before: the namespace and the Secrets. */
  readonly after: pulumi.Resource[];
}

/**
 * etcd of the federation, on local volumes pinned to the host's control-plane slots: the volumes outlive the nodes, and
 * nothing in the cluster needs cloud credentials to attach them.
 */
export class Etcd extends pulumi.ComponentResource {
  readonly statefulSet: k8s.apps.v1.StatefulSet;

  constructor(name: string, args: EtcdArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:Etcd", name, {}, opts);
    const component = etcdComponent(args.versions, args.replicas);
    const storageClass = new k8s.storage.v1.StorageClass(
      `${name}-class`,
      {
        metadata: { name: STORAGE_CLASS },
        provisioner: "kubernetes.io/no-provisioner",
        volumeBindingMode: "WaitForFirstConsumer",
      },
      { parent: this, dependsOn: args.after },
    );
    const volumes = Array.from(
      { length: args.replicas },
      (_, slot) =>
        new k8s.core.v1.PersistentVolume(
          `${name}-volume-${slot}`,
          { metadata: { name: `${ETCD_SERVICE}-${slot}` }, spec: volume(args.nodes[slot]) },
          { parent: this, dependsOn: storageClass },
        ),
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata: { ...metadataOf(component), annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          clusterIP: "None",
          // Replicas find each other before they are ready, since only a quorum makes one ready.
          publishNotReadyAddresses: true,
          selector: labelsOf(component),
          ports: servicePorts(component),
        },
      },
      { parent: this, dependsOn: args.after },
    );
    this.statefulSet = new k8s.apps.v1.StatefulSet(
      `${name}-replicas`,
      { metadata: metadataOf(component), spec: statefulSetSpec(args) },
      { parent: this, dependsOn: [...args.after, ...volumes, service] },
    );
    this.registerOutputs({});
  }
}

function volume(node: string): k8s.types.input.core.v1.PersistentVolumeSpec {
  return {
    // Not enforced on a local volume; the claim has to ask for no more.
    capacity: { storage: "8Gi" },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: "Retain",
    storageClassName: STORAGE_CLASS,
    local: { path: ETCD_PATH },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          {
            matchExpressions: [
              {
                key: "kubernetes.io/hostname",
                operator: "In",
                values: [node],
              },
            ],
          },
        ],
      },
    },
  };
}

function statefulSetSpec(args: EtcdArgs): k8s.types.input.apps.v1.StatefulSetSpec {
  const component = etcdComponent(args.versions, args.replicas);
  const template = podTemplate(component, args.checksum);
  const [container] = template.spec.containers as k8s.types.input.core.v1.Container[];
  return {
    serviceName: ETCD_SERVICE,
    replicas: args.replicas,
    // All at once: the first waits for a quorum.
    podManagementPolicy: "Parallel",
    selector: { matchLabels: labelsOf(component) },
    template: {
      ...template,
      spec: {
        ...template.spec,
        containers: [
          {
            ...container,
            env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
            volumeMounts: [
              ...(container.volumeMounts as k8s.types.input.core.v1.VolumeMount[]),
              { name: "data", mountPath: ETCD_DATA },
            ],
          },
        ],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: STORAGE_CLASS,
          resources: { requests: { storage: "8Gi" } },
        },
      },
    ],
    // Else the claim would hold the volume when the federation goes, and its deletion would wait for ever.
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" },
  };
}
