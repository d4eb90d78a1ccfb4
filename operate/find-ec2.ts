import {
  DescribeInstancesCommand,
  DescribeNatGatewaysCommand,
  DescribeVpcPeeringConnectionsCommand,
  EC2Client,
  paginateDescribeTags,
} from "@aws-sdk/client-ec2";
import { AutoScalingClient, paginateDescribeAutoScalingGroups } from "@aws-sdk/client-auto-scaling";
import type { Owned, Tags } from "./ownership";

/** Everything of EC2 by its tags (one call lists the tags of all kinds), and auto-scaling groups. */
export async function findEc2(region: string, owned: (tags: Tags) => boolean): Promise<Owned[]> {
  const ec2 = new EC2Client({ region });
  const found = new Map<string, Owned>();
  for await (const page of paginateDescribeTags({ client: ec2 }, {})) {
    for (const tag of page.Tags ?? []) {
      if (owned([tag]))
        found.set(tag.ResourceId ?? "", {
          region,
          kind: `ec2 ${tag.ResourceType}`,
          id: tag.ResourceId ?? "",
        });
    }
  }
  for (const id of await goneOf(ec2, [...found.values()])) found.delete(id);
  const groups: Owned[] = [];
  for await (const page of paginateDescribeAutoScalingGroups(
    { client: new AutoScalingClient({ region }) },
    {},
  )) {
    for (const group of page.AutoScalingGroups ?? []) {
      if (owned(group.Tags))
        groups.push({
          region,
          kind: "auto-scaling group",
          id: group.AutoScalingGroupARN ?? group.AutoScalingGroupName ?? "",
        });
    }
  }
  return [...found.values(), ...groups];
}

/** States of peering connections that are none any more, or never were one. */
const PARTED = ["deleted", "deleting", "expired", "failed", "rejected"];

/**
 * Ids of terminated instances, deleted NAT gateways and parted peering connections: EC2 shows them and their tags for hours
 * more, and they cost nothing.
 */
export async function goneOf(ec2: EC2Client, found: readonly Owned[]): Promise<string[]> {
  const idsOf = (kind: string) => found.filter((one) => one.kind === kind).map((one) => one.id);
  const instances = idsOf("ec2 instance");
  const gateways = idsOf("ec2 natgateway");
  const peerings = idsOf("ec2 vpc-peering-connection");
  const live = new Set<string | undefined>();
  if (instances.length) {
    const { Reservations } = await ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: "instance-id", Values: instances }] }),
    );
    for (const { InstanceId, State } of (Reservations ?? []).flatMap((one) => one.Instances ?? []))
      if (State?.Name !== "terminated") live.add(InstanceId);
  }
  if (gateways.length) {
    const { NatGateways } = await ec2.send(
      new DescribeNatGatewaysCommand({ Filter: [{ Name: "nat-gateway-id", Values: gateways }] }),
    );
    for (const { NatGatewayId, State } of NatGateways ?? []) if (State !== "deleted") live.add(NatGatewayId);
  }
  if (peerings.length) {
    const { VpcPeeringConnections } = await ec2.send(
      new DescribeVpcPeeringConnectionsCommand({
        Filters: [{ Name: "vpc-peering-connection-id", Values: peerings }],
      }),
    );
    for (const { VpcPeeringConnectionId, Status } of VpcPeeringConnections ?? [])
      if (!PARTED.includes(Status?.Code ?? "")) live.add(VpcPeeringConnectionId);
  }
  return [...instances, ...gateways, ...peerings].filter((id) => !live.has(id));
}
