import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ClusterNames, tagsOf } from "./names";
import { Subnet, subnetsOf } from "./subnets";

export interface PrivateNetworkArgs {
  readonly names: ClusterNames;
  readonly vpcId: pulumi.Input<string>;
  /** Range of the VPC. */
  readonly vpc: string;
  /** Availability zones, each of which gets a private subnet. */
  readonly zones: readonly string[];
  /** Public subnet of the NAT gateway. */
  readonly publicSubnet: Subnet;
  /** The internet gateway: AWS gives no Elastic IP a way without one. */
  readonly gateway: pulumi.Resource;
  /** The public subnets' way to the internet, which the NAT gateway takes. */
  readonly publicRoutes: readonly pulumi.Resource[];
}

/**
 * Private subnets for a member's nodes, and their way out: one NAT gateway for all zones, so one route table, which is
 * all that the cloud controller can write the pods' routes into. If the gateway's zone fails, nodes of the others reach
 * nothing outside; what comes in by load balancers still does.
 *
 * *Cost*: the NAT gateway $0.045 an hour and $0.045 per GB, its Elastic IP $0.005 an hour; traffic of other zones $0.01
 * per GB more.
 */
export class PrivateNetwork extends pulumi.ComponentResource {
  readonly subnets: readonly Subnet[];
  readonly routeTableId: pulumi.Output<string>;
  /** The address that all nodes have outside. */
  readonly publicIp: pulumi.Output<string>;
  /** What a node needs to reach the internet. */
  readonly routes: pulumi.Resource[];

  constructor(name: string, args: PrivateNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:PrivateNetwork", name, {}, opts);
    const { names, vpcId, publicSubnet } = args;
    const { region } = names;
    const parent = { parent: this };

    // By the zone's letter: a NAT gateway of its own in each zone may join it without moving it.
    const label = `nat-${publicSubnet.zone.slice(-1)}`;
    const address = new aws.ec2.Eip(
      `${name}-${label}-address`,
      { region, domain: "vpc", tags: tagsOf(names, label) },
      { ...parent, dependsOn: args.gateway },
    );
    const nat = new aws.ec2.NatGateway(
      `${name}-${label}`,
      { region, subnetId: publicSubnet.id, allocationId: address.allocationId, tags: tagsOf(names, label) },
      // So it goes before its subnet's way out does: nodes need theirs until the last moment.
      { ...parent, dependsOn: [...args.publicRoutes] },
    );
    const table = new aws.ec2.RouteTable(
      `${name}-routes`,
      { region, vpcId, tags: tagsOf(names, "private-routes", { [names.clusterTag]: "owned" }) },
      parent,
    );
    const outward = new aws.ec2.Route(
      `${name}-route-internet`,
      { region, routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id },
      parent,
    );
    // Free, where the same traffic through the NAT gateway is paid by the gigabyte.
    const s3 = new aws.ec2.VpcEndpoint(
      `${name}-s3`,
      {
        region,
        vpcId,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${region}.s3`,
        routeTableIds: [table.id],
        tags: tagsOf(names, "s3"),
      },
      parent,
    );
    const { zones, vpc } = args;
    const { subnets, associations } = subnetsOf(
      name,
      { names, kind: "private", vpcId, vpc, zones, routeTableId: table.id },
      parent,
    );

    this.subnets = subnets;
    this.routeTableId = table.id;
    this.publicIp = address.publicIp;
    this.routes = [outward, s3, ...associations];
    this.registerOutputs({ publicIp: this.publicIp });
  }
}
