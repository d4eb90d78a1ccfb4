import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ClusterNames, tagsOf } from "./names";
import { PrivateNetwork } from "./private-network";
import { Subnet, subnetsOf } from "./subnets";

export interface NetworkArgs {
  readonly names: ClusterNames;
  /** Range of the VPC. */
  readonly vpc: string;
  /** Availability zones, each of which gets a public subnet, and a private one where nodes are private. */
  readonly zones: readonly string[];
  /** Whether nodes stand in private subnets behind a NAT gateway, none of them with a public address. */
  readonly privateNodes: boolean;
  /** How many Elastic IPs to take where nodes are public: one for each slot. *Cost*: $0.005 an hour each. */
  readonly addresses: number;
}

/** An Elastic IP. */
export interface PublicAddress {
  readonly allocationId: pulumi.Output<string>;
  readonly publicIp: pulumi.Output<string>;
}

/** One of a VPC's route tables. */
export interface RouteTableOf {
  /** Whose it is: the nodes', or the load balancers' where those have another. */
  readonly label: "nodes" | "public";
  readonly id: pulumi.Output<string>;
}

/**
 * A VPC with a public subnet per zone, where load balancers stand, and one route table for all nodes, which stand there
 * too or in private subnets.
 *
 * One, because the cloud controller writes the pods' routes into the only route table that carries the cluster's
 * tag and refuses to choose between two.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** Subnets of load balancers, in the order of the zones. */
  readonly publicSubnets: readonly Subnet[];
  /** Subnets of nodes, in the order of the zones. */
  readonly nodeSubnets: readonly Subnet[];
  /**
   * Elastic IPs of the slots, taken before anything uses them, so that rules can name them before machines have them;
   * none where nodes are private.
   */
  readonly slotAddresses: readonly PublicAddress[];
  /** Addresses of the control plane's nodes as the internet sees them. */
  readonly egress: readonly pulumi.Output<string>[];
  /** Every route table of the VPC that subnets have. */
  readonly routeTables: readonly RouteTableOf[];
  /** What a load balancer needs to face the internet. */
  readonly publicRoutes: pulumi.Resource[];
  /** What a node needs to reach the internet and, where it is public, be reached. */
  readonly routes: pulumi.Resource[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:Network", name, {}, opts);
    const { names, zones, privateNodes } = args;
    const { region } = names;
    const parent = { parent: this };
    const owned = { [names.clusterTag]: "owned" };

    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      {
        region,
        cidrBlock: args.vpc,
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: tagsOf(names, "vpc", owned),
      },
      parent,
    );
    const gateway = new aws.ec2.InternetGateway(
      `${name}-gateway`,
      { region, vpcId: vpc.id, tags: tagsOf(names, "gateway") },
      parent,
    );
    const table = new aws.ec2.RouteTable(
      `${name}-routes`,
      { region, vpcId: vpc.id, tags: tagsOf(names, "routes", privateNodes ? {} : owned) },
      // No routes inline: they would be the table's only ones, and the cloud controller adds those of the pods.
      parent,
    );
    const outward = new aws.ec2.Route(
      `${name}-route-internet`,
      { region, routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
      parent,
    );
    const { subnets, associations } = subnetsOf(
      `${name}-public`,
      { names, kind: "public", vpcId: vpc.id, vpc: args.vpc, zones, routeTableId: table.id },
      parent,
    );

    this.vpcId = vpc.id;
    this.publicSubnets = subnets;
    this.publicRoutes = [outward, ...associations];
    if (privateNodes) {
      const inner = new PrivateNetwork(
        `${name}-private`,
        {
          names,
          zones,
          gateway,
          vpcId: vpc.id,
          vpc: args.vpc,
          publicSubnet: subnets[0],
          publicRoutes: this.publicRoutes,
        },
        parent,
      );
      this.routeTables = [
        { label: "nodes", id: inner.routeTableId },
        { label: "public", id: table.id },
      ];
      this.nodeSubnets = inner.subnets;
      this.slotAddresses = [];
      this.egress = [inner.publicIp];
      this.routes = inner.routes;
    } else {
      this.routeTables = [{ label: "nodes", id: table.id }];
      this.nodeSubnets = subnets;
      this.slotAddresses = [...Array(args.addresses).keys()].map((i) => {
        return new aws.ec2.Eip(
          `${name}-address-${i}`,
          { region, domain: "vpc", tags: tagsOf(names, `address-${i}`) },
          { ...parent, dependsOn: gateway },
        );
      });
      this.egress = this.slotAddresses.map(({ publicIp }) => publicIp);
      this.routes = this.publicRoutes;
    }
    this.registerOutputs({ vpcId: this.vpcId });
  }
}
