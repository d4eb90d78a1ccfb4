import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { planSubnets } from "./cidr";
import { ClusterNames, tagsOf } from "./names";

export interface NetworkArgs {
  readonly names: ClusterNames;
  /** Range of the VPC. */
  readonly vpc: string;
  /** Availability zones, each of which gets a public subnet. */
  readonly zones: readonly string[];
  /** How many Elastic IPs to take. *Cost*: $0.005 an hour each. */
  readonly addresses: number;
}

/** An Elastic IP. */
export interface PublicAddress {
  readonly allocationId: pulumi.Output<string>;
  readonly publicIp: pulumi.Output<string>;
}

/**
 * A VPC with a public subnet per zone and one route table for all nodes.
 *
 * One, because the cloud controller writes the pods' routes into the only route table that carries the cluster's
 * tag and refuses to choose between two.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** Public subnets, in the order of the zones. */
  readonly subnets: readonly {
    readonly zone: string;
    readonly cidr: string;
    readonly id: pulumi.Output<string>;
  }[];
  /** Elastic IPs, taken before anything uses them, so that rules can name them before machines have them. */
  readonly addresses: readonly PublicAddress[];
  /** What a node needs to reach the internet and be reached. */
  readonly routes: pulumi.Resource[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:Network", name, {}, opts);
    const { names } = args;
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
      { region, vpcId: vpc.id, tags: tagsOf(names, "routes", owned) },
      // No routes inline: they would be the table's only ones, and the cloud controller adds those of the pods.
      parent,
    );
    const outward = new aws.ec2.Route(
      `${name}-route-internet`,
      { region, routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
      parent,
    );

    const cidrs = planSubnets(args.vpc, args.zones);
    const made = args.zones.map((zone) => {
      const letter = zone.slice(-1);
      const subnet = new aws.ec2.Subnet(
        `${name}-public-${letter}`,
        {
          region,
          vpcId: vpc.id,
          availabilityZone: zone,
          cidrBlock: cidrs[zone],
          mapPublicIpOnLaunch: true,
          tags: tagsOf(names, `public-${letter}`, { ...owned, "kubernetes.io/role/elb": "1" }),
        },
        parent,
      );
      const association = new aws.ec2.RouteTableAssociation(
        `${name}-public-${letter}-routes`,
        { region, subnetId: subnet.id, routeTableId: table.id },
        parent,
      );
      return { association, subnet: { zone, cidr: cidrs[zone], id: subnet.id } };
    });

    this.addresses = [...Array(args.addresses).keys()].map((i) => {
      const eip = new aws.ec2.Eip(
        `${name}-address-${i}`,
        { region, domain: "vpc", tags: tagsOf(names, `address-${i}`) },
        { ...parent, dependsOn: gateway },
      );
      return { allocationId: eip.allocationId, publicIp: eip.publicIp };
    });
    this.vpcId = vpc.id;
    this.subnets = made.map(({ subnet }) => subnet);
    this.routes = [outward, ...made.map(({ association }) => association)];
    this.registerOutputs({ vpcId: this.vpcId });
  }
}
