import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Ec2MemberConfig } from "../config";
import { planSubnets } from "./cidr";
import { address, parseRange } from "./ipv4";
import { etcdMount } from "./kubeadm-config";
import { ClusterNames, nodeNameOf, tagsOf } from "./names";
import type { Network } from "./network";

/** Offset of the first slot's address in its subnet; AWS keeps the first four of each subnet. */
const firstSlotOffset = 10;

/** A volume that every slot has besides etcd's. */
export interface DataVolume {
  /** Last part of the volume's resource name. */
  readonly name: string;
  /** GiB. */
  readonly size: number;
  /** Where the node mounts it. */
  readonly path: string;
}

export interface SlotsArgs {
  readonly names: ClusterNames;
  readonly network: Network;
  readonly securityGroup: pulumi.Input<string>;
  readonly count: number;
  /** GiB of etcd's volume. */
  readonly volumeSize: number;
  readonly dataVolumes: readonly DataVolume[];
}

/** A volume of a slot. */
export interface SlotVolume {
  readonly id: pulumi.Output<string>;
  /** Name by which it is attached. */
  readonly device: string;
  readonly path: string;
}

/** A place for a control-plane node: what stays while instances come and go. */
export interface Slot {
  readonly index: number;
  readonly zone: string;
  /** Fixed private address, known at preview. */
  readonly privateIp: string;
  /** Name of its node, whichever instance that is. */
  readonly nodeName: string;
  readonly networkInterface: pulumi.Output<string>;
  readonly volumes: readonly SlotVolume[];
}

/** Where the slots of a member's control plane will be, in their order: known before anything is made. */
export function slotPlaces({ network, controlPlane }: Ec2MemberConfig, zones: readonly string[]) {
  const cidrs = planSubnets(network.vpc, zones, network.nat === "none" ? "public" : "private");
  const subnets = zones.map((zone) => ({ zone, cidr: cidrs[zone] }));
  return [...Array(controlPlane.nodes).keys()].map((index) => slotPlace(index, subnets));
}

/** Address of slot `index`: the zones in turn, so that one zone's failure takes as few slots as can be. */
export function slotPlace<S extends { readonly cidr: string }>(index: number, subnets: readonly S[]) {
  const subnet = subnets[index % subnets.length];
  return {
    ...subnet,
    privateIp: address(parseRange(subnet.cidr), firstSlotOffset + Math.floor(index / subnets.length)),
  };
}

/**
 * The slots of a control plane: per slot a network interface with a fixed private address, where nodes are public an
 * Elastic IP, and an encrypted volume for etcd.
 *
 * *Cost*: per slot the Elastic IP ($0.005 an hour) and the volumes ($0.08 per GiB and month).
 */
export class Slots extends pulumi.ComponentResource {
  readonly slots: readonly Slot[];
  /** Associations of the Elastic IPs: without them a public node reaches nothing outside. A private one has none. */
  readonly associations: pulumi.Resource[];

  constructor(name: string, args: SlotsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:Slots", name, {}, opts);
    const { names, network } = args;
    const { region } = names;
    const parent = { parent: this };
    const volumes = [{ name: "etcd", size: args.volumeSize, path: etcdMount }, ...args.dataVolumes];

    this.slots = [...Array(args.count).keys()].map((index) => {
      const { zone, id: subnetId, privateIp } = slotPlace(index, network.nodeSubnets);
      const label = `control-plane-${index}`;
      const networkInterface = new aws.ec2.NetworkInterface(
        `${name}-${index}-interface`,
        {
          region,
          subnetId,
          privateIps: [privateIp],
          securityGroups: [args.securityGroup],
          // Pods speak with addresses that are not the interface's.
          sourceDestCheck: false,
          description: `${names.cluster} ${label}`,
          tags: tagsOf(names, label),
        },
        parent,
      );
      return {
        index,
        zone,
        privateIp,
        nodeName: nodeNameOf(region, privateIp),
        networkInterface: networkInterface.id,
        volumes: volumes.map((volume, i) => ({
          id: new aws.ebs.Volume(
            `${name}-${index}-${volume.name}`,
            // Without the cluster's tag: what carries it is taken for the cluster's controllers' and waited for.
            {
              region,
              availabilityZone: zone,
              size: volume.size,
              type: "gp3",
              encrypted: true,
              tags: tagsOf(names, `${label}-${volume.name}`),
            },
            parent,
          ).id,
          device: `/dev/sd${String.fromCharCode("f".charCodeAt(0) + i)}`,
          path: volume.path,
        })),
      };
    });

    this.associations = network.slotAddresses.map(
      ({ allocationId }, index) =>
        new aws.ec2.EipAssociation(
          `${name}-${index}-address`,
          { region, allocationId, networkInterfaceId: this.slots[index].networkInterface },
          { ...parent, dependsOn: network.routes },
        ),
    );
    this.registerOutputs({});
  }
}
