import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as route53 from "@aws-sdk/client-route-53";
import type { Clients } from "./emulator";
import type { realistic } from "./realistic";

type Made = Awaited<ReturnType<typeof realistic>>;

/** Delete what `realistic` made, in the order that AWS asks for. */
export async function teardown(c: Clients, made: Made): Promise<void> {
  await dns(c, made);
  await c.elb.send(
    new elb.DeleteLoadBalancerCommand({ LoadBalancerName: "a0123456789abcdef0123456789abcde" }),
  );
  await c.asg.send(
    new asg.UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: made.nodes.name,
      MinSize: 0,
      DesiredCapacity: 0,
    }),
  );
  await c.asg.send(new asg.DeleteAutoScalingGroupCommand({ AutoScalingGroupName: made.nodes.name }));
  await c.ec2.send(new ec2.DeleteLaunchTemplateCommand({ LaunchTemplateId: made.nodes.template }));
  await c.ec2.send(new ec2.DetachVolumeCommand({ VolumeId: made.at.volume }));
  await c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [made.instance] }));
  await c.elbv2.send(new elbv2.DeleteListenerCommand({ ListenerArn: made.api.listener }));
  await c.elbv2.send(new elbv2.DeleteTargetGroupCommand({ TargetGroupArn: made.api.target }));
  await c.elbv2.send(
    new elbv2.DeleteLoadBalancerCommand({ LoadBalancerArn: made.api.balancer.LoadBalancerArn }),
  );
  await c.ec2.send(new ec2.DeleteVolumeCommand({ VolumeId: made.at.volume }));
  await c.ec2.send(new ec2.DisassociateAddressCommand({ AssociationId: made.at.association }));
  await c.ec2.send(new ec2.ReleaseAddressCommand({ AllocationId: made.at.allocation }));
  await c.ec2.send(new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: made.at.eni }));
  await network(c, made);
  await role(c, "us-west-node");
}

async function dns(c: Clients, made: Made): Promise<void> {
  const found = await c.route53.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: made.zone }));
  const ours = found.ResourceRecordSets!.filter((record) => !["NS", "SOA"].includes(record.Type!));
  const Changes = ours.map((ResourceRecordSet) => ({ Action: "DELETE" as const, ResourceRecordSet }));
  await c.route53.send(
    new route53.ChangeResourceRecordSetsCommand({ HostedZoneId: made.zone, ChangeBatch: { Changes } }),
  );
  await c.route53.send(new route53.DeleteHealthCheckCommand({ HealthCheckId: made.check }));
  await c.route53.send(new route53.DeleteHostedZoneCommand({ Id: made.zone }));
}

async function network(c: Clients, { net, api }: Made): Promise<void> {
  for (const AssociationId of net.associations) {
    await c.ec2.send(new ec2.DisassociateRouteTableCommand({ AssociationId }));
  }
  await c.ec2.send(new ec2.DeleteRouteTableCommand({ RouteTableId: net.table }));
  for (const GroupId of [api.group, net.group])
    await c.ec2.send(new ec2.DeleteSecurityGroupCommand({ GroupId }));
  await c.ec2.send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId: net.gateway, VpcId: net.vpc }));
  await c.ec2.send(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: net.gateway }));
  for (const SubnetId of net.subnets) await c.ec2.send(new ec2.DeleteSubnetCommand({ SubnetId }));
  await c.ec2.send(new ec2.DeleteVpcCommand({ VpcId: net.vpc }));
}

/** Delete a role with its instance profile of the same name. */
export async function role(c: Clients, name: string): Promise<void> {
  await c.iam.send(
    new iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }),
  );
  await c.iam.send(new iam.DeleteInstanceProfileCommand({ InstanceProfileName: name }));
  await c.iam.send(new iam.DeleteRoleCommand({ RoleName: name }));
}
