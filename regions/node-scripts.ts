import type * as pulumi from "@pulumi/pulumi";
import type { Ec2MemberConfig, Validity, Versions } from "../config";
import type { ClusterNames } from "./names";
import type { Slot } from "./slots";
import { controlPlaneUserData, NodeArgs, workerUserData } from "./user-data";

export interface NodeScriptsArgs {
  readonly names: ClusterNames;
  readonly config: Ec2MemberConfig;
  readonly slots: readonly Slot[];
  /** Ranges in which a pod's own address is known. */
  readonly inside: readonly string[];
  readonly versions: Versions;
  readonly domain: string;
  readonly certificates: Validity;
  /** Host name of the API's load balancer: kubeconfigs name it, so the API's certificate must. */
  readonly apiHost: pulumi.Output<string>;
  /** Names of the parameters with the control plane's keys, and of the one with the workers' token. */
  readonly keyParameters: readonly string[];
  readonly joinParameter: string;
  /** Name of the parameter that says whether the cluster was begun. */
  readonly begunParameter: string;
  /** Name of the parameter that says where snapshots are kept and which to restore. */
  readonly backupsParameter: string;
  /** Name of the parameter that tells of the member's peers. */
  readonly peersParameter: string;
}

/** The user data of a member's nodes. */
export interface NodeScripts {
  /** Of the node in a slot, given the ids of its volumes. */
  readonly controlPlane: (slot: Slot, volumeIds: readonly string[]) => pulumi.Output<string>;
  readonly worker: string;
}

/** What the nodes of a member run at their first start. */
export function nodeScripts(args: NodeScriptsArgs): NodeScripts {
  const { names, config } = args;
  const node: NodeArgs = {
    member: names.member,
    region: names.region,
    apiName: names.apiName,
    slots: args.slots.map(({ privateIp }) => privateIp),
    vpc: config.network.vpc,
    pods: config.network.pods,
    inside: args.inside,
    joinParameter: args.joinParameter,
    peersParameter: args.peersParameter,
    versions: args.versions,
    sshKey: config.access.sshKey,
  };
  return {
    controlPlane: (slot, volumeIds) =>
      args.apiHost.apply((apiHost) =>
        controlPlaneUserData({
          ...node,
          cluster: names.cluster,
          kubernetes: args.versions.kubernetes,
          services: config.network.services,
          slot: slot.index,
          certificateNames: [apiHost, `api.${names.member}.${args.domain}`],
          volumes: slot.volumes.map(({ device, path }, i) => ({ id: volumeIds[i], device, path })),
          keyParameters: args.keyParameters,
          begunParameter: args.begunParameter,
          backupsParameter: args.backupsParameter,
          backupEvery: config.backups.every,
          ...args.certificates,
        }),
      ),
    worker: workerUserData(node),
  };
}
