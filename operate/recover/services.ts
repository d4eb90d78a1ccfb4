import { crc32 } from "node:zlib";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as route53 from "@aws-sdk/client-route-53";
import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { findDns } from "../find-dns";
import { GLOBAL_REGION, isOwned } from "../ownership";

/** What a creation asked for, as the state has it. */
export type Inputs = any;

/** The ids, as the AWS provider forms them, of what is there and is what a creation asked for. */
export type Search = (inputs: Inputs, stack: string) => Promise<readonly (string | undefined)[]>;

const global = {
  iam: () => new iam.IAMClient({ region: GLOBAL_REGION }),
  route53: () => new route53.Route53Client({ region: GLOBAL_REGION }),
};

/** How each kind is found that has a name of its own, or is known by what it belongs to. Services throw where there is none. */
export const services: Readonly<Record<string, Search>> = {
  "aws:autoscaling/group:Group": async ({ region, name }) => {
    const ask = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
    const { AutoScalingGroups = [] } = await new AutoScalingClient({ region }).send(ask);
    return AutoScalingGroups.map((one) => one.AutoScalingGroupName);
  },
  "aws:ec2/eipAssociation:EipAssociation": async ({ region, allocationId }) => {
    const ask = new ec2.DescribeAddressesCommand({ AllocationIds: [allocationId] });
    const { Addresses = [] } = await new ec2.EC2Client({ region }).send(ask);
    return Addresses.map(({ AssociationId }) => AssociationId);
  },
  "aws:ec2/route:Route": async ({ region, routeTableId, destinationCidrBlock }) => {
    const ask = new ec2.DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] });
    const { RouteTables = [] } = await new ec2.EC2Client({ region }).send(ask);
    return RouteTables.flatMap(({ Routes = [] }) => Routes)
      .filter((route) => route.DestinationCidrBlock === destinationCidrBlock)
      .map(() => `r-${routeTableId}${crc32(destinationCidrBlock)}`);
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": async ({ region, routeTableId, subnetId }) => {
    const ask = new ec2.DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] });
    const { RouteTables = [] } = await new ec2.EC2Client({ region }).send(ask);
    return RouteTables.flatMap(({ Associations = [] }) => Associations)
      .filter((one) => one.SubnetId === subnetId)
      .map((one) => one.RouteTableAssociationId);
  },
  "aws:iam/instanceProfile:InstanceProfile": async ({ name }) => {
    const ask = new iam.GetInstanceProfileCommand({ InstanceProfileName: name });
    return [(await global.iam().send(ask)).InstanceProfile?.InstanceProfileName];
  },
  "aws:iam/role:Role": async ({ name }) => {
    return [(await global.iam().send(new iam.GetRoleCommand({ RoleName: name }))).Role?.RoleName];
  },
  "aws:iam/rolePolicy:RolePolicy": async ({ role, name }) => {
    await global.iam().send(new iam.GetRolePolicyCommand({ RoleName: role, PolicyName: name }));
    return [`${role}:${name}`];
  },
  "aws:lb/listener:Listener": async ({ region, loadBalancerArn, port }) => {
    const ask = new elb.DescribeListenersCommand({ LoadBalancerArn: loadBalancerArn });
    const { Listeners = [] } = await new elb.ElasticLoadBalancingV2Client({ region }).send(ask);
    return Listeners.filter((one) => one.Port === port).map((one) => one.ListenerArn);
  },
  "aws:lb/loadBalancer:LoadBalancer": async ({ region, name }) => {
    const ask = new elb.DescribeLoadBalancersCommand({ Names: [name] });
    const { LoadBalancers = [] } = await new elb.ElasticLoadBalancingV2Client({ region }).send(ask);
    return LoadBalancers.map((one) => one.LoadBalancerArn);
  },
  "aws:lb/targetGroup:TargetGroup": async ({ region, name }) => {
    const ask = new elb.DescribeTargetGroupsCommand({ Names: [name] });
    const { TargetGroups = [] } = await new elb.ElasticLoadBalancingV2Client({ region }).send(ask);
    return TargetGroups.map((one) => one.TargetGroupArn);
  },
  "aws:route53/healthCheck:HealthCheck": async ({ tags }, stack) => {
    const mine = (all: any) =>
      isOwned(stack)(all) && all.some((tag: any) => tag.Key === "Name" && tag.Value === tags.Name);
    const found = await findDns(GLOBAL_REGION, stack, mine);
    return found.filter(({ kind }) => kind === "health check").map(({ id }) => id);
  },
  "aws:route53/record:Record": async ({ zoneId, name, type, setIdentifier }) => {
    const ask = new route53.ListResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      StartRecordName: name,
      StartRecordType: type,
      StartRecordIdentifier: setIdentifier,
      MaxItems: 1,
    });
    const { ResourceRecordSets = [] } = await global.route53().send(ask);
    const [at] = ResourceRecordSets;
    const same = at?.Name === `${name}.` && at.Type === type && at.SetIdentifier === setIdentifier;
    return same ? [[zoneId, name, type, setIdentifier].filter(Boolean).join("_")] : [];
  },
  "aws:route53/zone:Zone": async ({ name }, stack) => {
    const found = await findDns(GLOBAL_REGION, stack, isOwned(stack));
    const zones = found.filter(({ kind }) => kind === "hosted zone").map(({ id }) => id);
    const named = zones.map(
      async (Id) => (await global.route53().send(new route53.GetHostedZoneCommand({ Id }))).HostedZone,
    );
    return (await Promise.all(named))
      .filter((zone) => zone?.Name === `${name}.`)
      .map((zone) => zone?.Id?.replace("/hostedzone/", ""));
  },
  "aws:s3/bucket:Bucket": async ({ region, bucket }) => {
    await new S3Client({ region }).send(new HeadBucketCommand({ Bucket: bucket }));
    return [bucket];
  },
  "aws:ssm/parameter:Parameter": async ({ region, name }) => {
    const { Parameter } = await new SSMClient({ region }).send(new GetParameterCommand({ Name: name }));
    return [Parameter?.Name];
  },
};
