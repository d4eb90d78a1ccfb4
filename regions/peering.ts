import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ClusterNames, tagsOf } from "./names";
import type { Pair } from "../config";
import type { RouteTableOf } from "./network";
import { peeringName, peerRules } from "./peering-plan";

/** A member's network, as far as another's is joined to it. */
export interface PeerEnd {
  readonly names: ClusterNames;
  /** Range of the VPC. */
  readonly vpc: string;
  /** Range of the pods. */
  readonly pods: string;
  readonly vpcId: pulumi.Output<string>;
  readonly routeTables: readonly RouteTableOf[];
  /** Security group of its nodes. */
  readonly nodesGroup: pulumi.Output<string>;
}

export interface PeeringArgs {
  /** Who asks for the connection. */
  readonly requester: PeerEnd;
  /** Who accepts it. */
  readonly accepter: PeerEnd;
}

/**
 * Two members' VPCs joined: the connection, routes to the other's range, what nodes let in, and each other's public names
 * as private addresses.
 *
 * It carries only what addresses of the VPCs themselves say to each other, and pods' are none: nodes wrap pods' packets
 * (`scripts/peering.sh`), by what the parameter of `peers.ts` tells them.
 *
 * *Cost*: nothing by itself; per GB $0.01 each way between zones, $0.01 to $0.09 between regions.
 */
export class Peering extends pulumi.ComponentResource {
  constructor(name: string, args: PeeringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:Peering", name, {}, opts);
    const { requester, accepter } = args;
    const parent = { parent: this };
    // Both sides name one connection; two sets of tags would undo each other where they share a region.
    const tags = tagsOf(requester.names, `peering-${accepter.names.member}`);

    const connection = new aws.ec2.VpcPeeringConnection(
      `${name}-connection`,
      {
        region: requester.names.region,
        vpcId: requester.vpcId,
        peerVpcId: accepter.vpcId,
        peerRegion: accepter.names.region,
        tags,
      },
      parent,
    );
    const accepted = new aws.ec2.VpcPeeringConnectionAccepter(
      `${name}-accepter`,
      { region: accepter.names.region, vpcPeeringConnectionId: connection.id, autoAccept: true, tags },
      parent,
    );
    // By the accepter's id: nothing can be said of a connection, nor sent by it, before it is accepted.
    const vpcPeeringConnectionId = accepted.id;
    for (const [side, { names }] of Object.entries({ requester, accepter })) {
      new aws.ec2.PeeringConnectionOptions(
        `${name}-${side}-options`,
        { region: names.region, vpcPeeringConnectionId, [side]: { allowRemoteVpcDnsResolution: true } },
        parent,
      );
    }
    for (const [own, other] of [
      [requester, accepter],
      [accepter, requester],
    ]) {
      const { member, region } = own.names;
      for (const { label, id } of own.routeTables) {
        new aws.ec2.Route(
          `${name}-${member}-${label}-route`,
          { region, routeTableId: id, destinationCidrBlock: other.vpc, vpcPeeringConnectionId },
          parent,
        );
      }
      for (const { name: rule, ...inputs } of peerRules(other)) {
        const tags = tagsOf(own.names, `peering-${other.names.member}-${rule}`);
        new aws.vpc.SecurityGroupIngressRule(
          `${name}-${member}-${rule}`,
          { region, securityGroupId: own.nodesGroup, ...inputs, tags },
          parent,
        );
      }
    }
    this.registerOutputs({});
  }
}

/** Joins the networks of every pair; none unless the config names them. */
export function joinNetworks(
  pairs: readonly Pair[],
  members: readonly { readonly name: string; readonly peerEnd?: PeerEnd }[],
  opts?: pulumi.ComponentResourceOptions,
): void {
  const ends = Object.fromEntries(members.map(({ name, peerEnd }) => [name, peerEnd]));
  for (const pair of pairs) {
    const [requester, accepter] = pair.map((name) => ends[name]);
    if (!requester || !accepter)
      throw new Error(`${pair.join(" and ")}: a network that is not made here joins none`);
    new Peering(peeringName(pair), { requester, accepter }, opts);
  }
}
