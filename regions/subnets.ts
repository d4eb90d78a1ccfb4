import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { planSubnets, SubnetKind } from "./cidr";
import { ClusterNames, tagsOf } from "./names";

/** A subnet in one zone. */
export interface Subnet {
  readonly zone: string;
  readonly cidr: string;
  readonly id: pulumi.Output<string>;
}

export interface SubnetsArgs {
  readonly names: ClusterNames;
  readonly kind: SubnetKind;
  readonly vpcId: pulumi.Input<string>;
  /** Range of the VPC. */
  readonly vpc: string;
  /** Availability zones, each of which gets a subnet. */
  readonly zones: readonly string[];
  /** Route table of all of them. */
  readonly routeTableId: pulumi.Input<string>;
}

/** By this role the cloud controller tells the subnets of load balancers that face the internet from the others'. */
const roleTag = { public: "kubernetes.io/role/elb", private: "kubernetes.io/role/internal-elb" } as const;

/**
 * A subnet of a kind in each zone, with the association of its route table: without that it has the VPC's main table,
 * which leads nowhere.
 *
 * @param name prefix of the resources' names; the zone's letter follows.
 */
export function subnetsOf(
  name: string,
  args: SubnetsArgs,
  opts: pulumi.CustomResourceOptions,
): { subnets: Subnet[]; associations: pulumi.Resource[] } {
  const { names, kind, vpcId } = args;
  const { region } = names;
  const cidrs = planSubnets(args.vpc, args.zones, kind);
  const made = args.zones.map((zone) => {
    const letter = zone.slice(-1);
    const cidr = cidrs[zone];
    const subnet = new aws.ec2.Subnet(
      `${name}-${letter}`,
      {
        region,
        vpcId,
        availabilityZone: zone,
        cidrBlock: cidr,
        ...(kind === "public" ? { mapPublicIpOnLaunch: true } : {}),
        tags: tagsOf(names, `${kind}-${letter}`, { [names.clusterTag]: "owned", [roleTag[kind]]: "1" }),
      },
      opts,
    );
    const association = new aws.ec2.RouteTableAssociation(
      `${name}-${letter}-routes`,
      { region, subnetId: subnet.id, routeTableId: args.routeTableId },
      opts,
    );
    return { association, subnet: { zone, cidr, id: subnet.id } };
  });
  return {
    subnets: made.map(({ subnet }) => subnet),
    associations: made.map(({ association }) => association),
  };
}
