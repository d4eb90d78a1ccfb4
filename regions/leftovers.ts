import {
  EC2Client,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  paginateDescribeVolumes,
} from "@aws-sdk/client-ec2";
import { findBalancers } from "../operate/find-balancers";

/** Whose leftovers to look for. */
export interface LeftoverScope {
  readonly region: string;
  /** Key of the tag that the cluster's controllers put on what they make. */
  readonly tag: string;
  readonly vpc: string;
  /** The one group with that tag that is not theirs. */
  readonly nodesGroup: string;
  /** DNS name of the API's load balancer, which is not theirs either. */
  readonly apiLoadBalancer: string;
}

/** What a cluster's controllers made and AWS still has: an id each, with its kind in front. */
export async function leftovers(scope: LeftoverScope): Promise<string[]> {
  const { region, tag } = scope;
  const balancers = await findBalancers(region, (tags) => !!tags?.some(({ Key }) => Key === tag));
  return [...balancers.map(({ kind, id }) => `${kind} ${id}`), ...(await ofEc2(scope))];
}

async function ofEc2({ region, tag, vpc, nodesGroup, apiLoadBalancer }: LeftoverScope): Promise<string[]> {
  const client = new EC2Client({ region });
  const byTag = { Filters: [{ Name: "tag-key", Values: [tag] }] };
  const found: string[] = [];
  for await (const page of paginateDescribeSecurityGroups({ client }, byTag)) {
    const groups = (page.SecurityGroups ?? []).filter(({ GroupId }) => GroupId !== nodesGroup);
    found.push(...groups.map(({ GroupId }) => `security group ${GroupId}`));
  }
  for await (const page of paginateDescribeVolumes({ client }, byTag)) {
    found.push(...(page.Volumes ?? []).map(({ VolumeId }) => `volume ${VolumeId}`));
  }
  // A load balancer's interfaces outlive it by minutes, and a subnet cannot go while it has one.
  const ours = `ELB net/${apiLoadBalancer.split(".")[0].split("-").slice(0, -1).join("-")}/`;
  const inVpc = { Filters: [{ Name: "vpc-id", Values: [vpc] }] };
  for await (const page of paginateDescribeNetworkInterfaces({ client }, inVpc)) {
    const balancers = (page.NetworkInterfaces ?? []).filter(
      ({ Description = "" }) => Description.startsWith("ELB ") && !Description.startsWith(ours),
    );
    found.push(...balancers.map(({ NetworkInterfaceId }) => `network interface ${NetworkInterfaceId}`));
  }
  return found;
}
