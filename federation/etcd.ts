import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { apiClient } from "../regions/api-client";
import { gate, shownAt } from "../regions/gate";
import { until } from "../regions/poll";
import type { FederationVersions } from "./components";
import { EtcdChoices, etcdFault, storageMark } from "./etcd-choices";
import { ETCD_DATA, etcdComponent } from "./etcd-component";
import { EtcdStorage, etcdStorage } from "./etcd-storage";
import { ETCD_SERVICE, ETCD_VOLUME, NAMESPACE } from "./places";
import { labelsOf, metadataOf, podTemplate, servicePorts } from "./pod";

/** Seconds that the host's API may take to say which etcd it has. */
const PATIENCE = 60;

/** Arguments of {@link Etcd}. */
export interface EtcdArgs extends EtcdChoices {
  /** Names of the host's control-plane nodes, in slot order. @default not known: its pods run on any node */
  readonly nodes?: readonly string[];
  /** The host's. Secret. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly versions: FederationVersions;
  /** Checksum of the certificates it reads. */
  readonly checksum: pulumi.Input<string>;
  /** What must be on the host before: the namespace and the Secrets. */
  readonly after: pulumi.Resource[];
}

/** etcd of the federation, on storage that outlives its pods unless the config says otherwise. */
export class Etcd extends pulumi.ComponentResource {
  readonly statefulSet: k8s.apps.v1.StatefulSet;

  constructor(name: string, args: EtcdArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:Etcd", name, {}, opts);
    const component = etcdComponent(args.versions, args.replicas);
    const after = this.unchanged(args);
    const own = { parent: this };
    const storage = etcdStorage(name, { ...args, nodes: args.nodes ?? [], after }, own);
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
      { parent: this, dependsOn: after },
    );
    this.statefulSet = new k8s.apps.v1.StatefulSet(
      `${name}-replicas`,
      {
        metadata: { ...metadataOf(component), ...storageMark(args.storage) },
        spec: statefulSetSpec(args, storage),
      },
      { parent: this, dependsOn: after.apply((before) => [...before, ...storage.made, service]) },
    );
    if (args.replicas > 1) {
      new k8s.policy.v1.PodDisruptionBudget(
        `${name}-budget`,
        {
          metadata: { name: ETCD_SERVICE, namespace: NAMESPACE },
          // Whoever drains two nodes at once would take the majority along.
          spec: { maxUnavailable: 1, selector: { matchLabels: labelsOf(component) } },
        },
        { parent: this, dependsOn: after },
      );
    }
    this.registerOutputs({});
  }

  /** `args.after`, once it is known that no etcd of other choices is there. */
  private unchanged(args: EtcdArgs): pulumi.Output<pulumi.Resource[]> {
    const wait = { what: "the federation's etcd on its host", timeout: PATIENCE, report: shownAt(this) };
    return gate(args.after, args.kubeconfig, async (kubeconfig) => {
      let fault: string | undefined;
      await until(wait, async () => {
        fault = await etcdFault(apiClient(kubeconfig), args);
        return undefined;
      });
      if (fault !== undefined) throw new Error(fault);
    });
  }
}

function statefulSetSpec(args: EtcdArgs, storage: EtcdStorage): k8s.types.input.apps.v1.StatefulSetSpec {
  const component = etcdComponent(args.versions, args.replicas);
  const template = podTemplate(component, args.checksum, args.nodes !== undefined);
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
        volumes: [...template.spec.volumes, ...storage.volumes],
        containers: [
          {
            ...container,
            env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
            volumeMounts: [
              ...(container.volumeMounts as k8s.types.input.core.v1.VolumeMount[]),
              { name: ETCD_VOLUME, mountPath: ETCD_DATA },
            ],
          },
        ],
      },
    },
    ...storage.claims,
  };
}
