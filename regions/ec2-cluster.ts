import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Ec2MemberConfig, Timeouts, Validity, Versions } from "../config";
import { CloudController } from "./addons";
import { Backups } from "./backups";
import { ControlPlane } from "./control-plane";
import { drainOf } from "./drain";
import { ApiLoadBalancer } from "./load-balancer";
import { leaveAlone, unreachable } from "./lost";
import type { Host } from "./member";
import { namesOf } from "./names";
import { Network } from "./network";
import { nodeScripts } from "./node-scripts";
import type { PeerEnd } from "./peering";
import { noPeers } from "./peering-plan";
import { operatorsKubeconfig, whenReady } from "./operators-kubeconfig";
import { peersParameter, peersParameterName } from "./peers";
import { Expiry, Pki } from "./pki";
import { apiPort, Security } from "./security";
import { DataVolume, Slots } from "./slots";
import { Workers } from "./workers";

export interface Ec2ClusterArgs {
  readonly config: Ec2MemberConfig;
  /** Domain of the stack: the API is also known as `api.<member>.<domain>`. */
  readonly domain: string;
  /** Availability zones to use, plain: preview shows what is made in each. */
  readonly zones: readonly string[];
  /** Ranges from which people and the engine reach the API. */
  readonly apiAccess: readonly string[];
  /** Ranges of others that must reach the API: the `egressRanges` of the federation's host. @default none */
  readonly apiAllowFrom?: readonly pulumi.Input<string>[];
  /** Whether its own control plane reaches its API from outside, as the federation's host does. @default false */
  readonly hostsFederation?: boolean;
  /** Volumes that each control-plane slot has besides etcd's. @default none */
  readonly dataVolumes?: readonly DataVolume[];
  /** Ranges in which a pod's own address is known, peers apart: its VPC's and its pods'. */
  readonly inside: readonly string[];
  /** What its nodes are told of the members that it peers with, as `peersText` writes it. @default none */
  readonly peers?: string;
  readonly versions: Versions;
  readonly timeouts: Timeouts;
  readonly certificates: Validity;
  /** The AWS provider's profile or role as environment variables, for the drain. @default the environment's own */
  readonly awsEnvironment?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A member that is a cluster of our own making on EC2, bootstrapped by kubeadm. */
export class Ec2Cluster extends pulumi.ComponentResource implements Host {
  readonly name: string;
  readonly cloud = "aws";
  readonly region: string;
  readonly zones: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly kubeconfig: pulumi.Output<string>;
  readonly provider: k8s.Provider;
  readonly endpoint: pulumi.Output<string>;
  readonly caCertificate: pulumi.Output<string>;
  readonly expiry: Expiry;
  readonly egress: pulumi.Output<string[]>;
  readonly egressRanges: readonly pulumi.Output<string>[];
  readonly backups?: pulumi.Output<string>;
  readonly peerEnd: PeerEnd;
  readonly ready: pulumi.Resource[];
  readonly controlPlaneNodes: readonly string[];

  constructor(name: string, args: Ec2ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config, zones } = args;
    const transformations = [...(opts?.transformations ?? []), ...(config.lost ? [leaveAlone] : [])];
    super("federation:regions:Ec2Cluster", name, {}, { ...opts, transformations });
    const names = namesOf(name, config.region);
    const parent = { parent: this };
    this.name = name;
    this.region = config.region;
    this.zones = zones;
    this.labels = config.labels;

    const network = new Network(
      `${name}-network`,
      {
        names,
        zones,
        vpc: config.network.vpc,
        privateNodes: config.network.nat !== "none",
        addresses: config.controlPlane.nodes,
      },
      parent,
    );
    this.egressRanges = network.egress.map((address) => pulumi.interpolate`${address}/32`);
    this.egress = pulumi.all([...this.egressRanges]);

    const security = new Security(
      `${name}-security`,
      {
        names,
        vpcId: network.vpcId,
        pods: config.network.pods,
        ssh: config.access.sshKey !== undefined,
        apiAccess: args.apiAccess,
        apiAllowFrom: [...(args.apiAllowFrom ?? []), ...(args.hostsFederation ? this.egressRanges : [])],
      },
      parent,
    );
    this.peerEnd = {
      names,
      vpc: config.network.vpc,
      pods: config.network.pods,
      vpcId: network.vpcId,
      routeTables: network.routeTables,
      nodesGroup: security.nodesGroup,
    };
    const peers = peersParameter(`${name}-peers`, names, args.peers ?? noPeers, parent);
    const pki = new Pki(
      `${name}-pki`,
      { names, generation: config.generation, certificates: args.certificates },
      parent,
    );
    const backups = new Backups(
      `${name}-backups`,
      { names, backups: config.backups, restoreFrom: config.restoreFrom },
      parent,
    );
    this.backups = backups.bucket;
    this.caCertificate = pki.caCertificate;
    this.expiry = pki.expiry;

    const loadBalancer = new ApiLoadBalancer(
      `${name}-api`,
      {
        names,
        vpcId: network.vpcId,
        subnets: network.publicSubnets.map(({ id }) => id),
        securityGroup: security.apiGroup,
        routes: network.publicRoutes,
      },
      parent,
    );
    this.endpoint = pulumi.interpolate`https://${loadBalancer.dnsName}:${apiPort}`;

    const slots = new Slots(
      `${name}-slots`,
      {
        names,
        network,
        securityGroup: security.nodesGroup,
        count: config.controlPlane.nodes,
        volumeSize: config.controlPlane.volumeSize,
        dataVolumes: args.dataVolumes ?? [],
      },
      parent,
    );
    const scripts = nodeScripts({
      names,
      config,
      slots: slots.slots,
      inside: args.inside,
      versions: args.versions,
      certificates: args.certificates,
      domain: args.domain,
      apiHost: loadBalancer.dnsName,
      keyParameters: pki.parameterNames,
      joinParameter: `${names.parameters}/workers/join`,
      begunParameter: pki.begunParameterName,
      backupsParameter: backups.parameterName,
      peersParameter: peersParameterName(names),
    });
    const before = [...network.routes, ...security.rules];
    const common = {
      names,
      // Of a lost one the newest image is not asked for: its region may not answer, and nothing is made of it.
      image: config.image ?? (config.lost ? "not looked up" : undefined),
      rollout: config.rollout,
      access: config.access,
      peersParameter: peers,
    };

    const kubeconfig = operatorsKubeconfig(`${name}.${args.domain}`, this.endpoint, pki);
    const controlPlane = new ControlPlane(
      `${name}-control-plane`,
      {
        ...common,
        slots: slots.slots,
        pki,
        backups,
        instanceType: config.controlPlane.instanceType,
        targetGroup: loadBalancer.targetGroup,
        before: [...before, ...slots.associations],
        userData: scripts.controlPlane,
        kubeconfig,
        timeout: args.timeouts.api,
        host: args.hostsFederation,
        lost: config.lost,
      },
      parent,
    );
    this.controlPlaneNodes = slots.slots.map(({ nodeName }) => nodeName);

    const workers = new Workers(
      `${name}-workers`,
      {
        ...common,
        subnets: network.nodeSubnets.map(({ id }) => id),
        securityGroup: security.nodesGroup,
        count: config.workers.count,
        instanceType: config.workers.instanceType,
        userData: scripts.worker,
        joinParameter: pki.joinParameter,
        before: controlPlane.rolled.apply((nodes) => [...before, ...nodes]),
      },
      parent,
    );

    // All that keeps the API answering and workloads running: what is in the cluster goes before any of it.
    const foundation = [
      ...before,
      ...slots.associations,
      ...controlPlane.parts,
      ...workers.parts,
      loadBalancer.listener,
      ...Object.values(pki.parameters),
      pki.joinParameter,
      pki.begunParameter,
    ];
    this.kubeconfig = whenReady({
      cluster: this,
      kubeconfig,
      instanceIds: controlPlane.instanceIds,
      foundation,
      timeout: args.timeouts.api,
      host: args.hostsFederation,
      lost: config.lost,
    });
    this.provider = new k8s.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: this.kubeconfig,
        // Not from the kubeconfig: a new CA, user or server must not replace every workload.
        clusterIdentifier: `${pulumi.getStack()}/${name}/${config.generation}`,
        // A renewed certificate changes Secrets; replaced ones would be missing for a moment.
        enableSecretMutable: true,
        ...(config.lost && unreachable),
      },
      { ...parent, dependsOn: foundation },
    );

    const inCluster = { ...parent, provider: this.provider };
    const controller = new CloudController(
      `${name}-cloud-controller`,
      { cluster: names.cluster, pods: config.network.pods, version: args.versions.cloudController },
      inCluster,
    );
    const drain = drainOf(
      `${name}-drain`,
      {
        names,
        kubeconfig: this.kubeconfig,
        vpcId: network.vpcId,
        nodesGroup: security.nodesGroup,
        apiLoadBalancer: loadBalancer.dnsName,
        timeout: args.timeouts.drain,
        nodes: config.controlPlane.nodes + config.workers.count,
        nodesTimeout: args.timeouts.api,
        awsEnvironment: args.awsEnvironment,
        after: [...controller.parts, ...foundation],
      },
      parent,
    );
    this.ready = [...controller.parts, drain];
    this.registerOutputs({ endpoint: this.endpoint, egress: this.egress, kubeconfig: this.kubeconfig });
  }
}
