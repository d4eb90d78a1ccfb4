import * as ec2 from "@aws-sdk/client-ec2";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Clients } from "./emulator";

/** The network of one member: VPC, two subnets in two zones, internet gateway, route table, node group. */
export async function network(c: Clients, region: string, cidr = "10.0") {
  const vpc = (await c.ec2.send(new ec2.CreateVpcCommand({ CidrBlock: `${cidr}.0.0/16` }))).Vpc!.VpcId!;
  await c.ec2.send(new ec2.ModifyVpcAttributeCommand({ VpcId: vpc, EnableDnsHostnames: { Value: true } }));
  const subnets: string[] = [];
  for (const [index, letter] of ["a", "b"].entries()) {
    const made = await c.ec2.send(
      new ec2.CreateSubnetCommand({
        VpcId: vpc,
        CidrBlock: `${cidr}.${index}.0/24`,
        AvailabilityZone: region + letter,
        TagSpecifications: [
          {
            ResourceType: "subnet",
            Tags: [
              { Key: "kubernetes.io/cluster/us-west", Value: "owned" },
              { Key: "kubernetes.io/role/elb", Value: "1" },
            ],
          },
        ],
      }),
    );
    subnets.push(made.Subnet!.SubnetId!);
    await c.ec2.send(
      new ec2.ModifySubnetAttributeCommand({
        SubnetId: subnets[index],
        MapPublicIpOnLaunch: { Value: true },
      }),
    );
  }
  const gateway = (await c.ec2.send(new ec2.CreateInternetGatewayCommand({}))).InternetGateway!
    .InternetGatewayId!;
  await c.ec2.send(new ec2.AttachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: vpc }));
  const table = (await c.ec2.send(new ec2.CreateRouteTableCommand({ VpcId: vpc }))).RouteTable!.RouteTableId!;
  await c.ec2.send(
    new ec2.CreateRouteCommand({
      RouteTableId: table,
      DestinationCidrBlock: "0.0.0.0/0",
      GatewayId: gateway,
    }),
  );
  const associations: string[] = [];
  for (const SubnetId of subnets) {
    const made = await c.ec2.send(new ec2.AssociateRouteTableCommand({ RouteTableId: table, SubnetId }));
    associations.push(made.AssociationId!);
  }
  const group = (
    await c.ec2.send(
      new ec2.CreateSecurityGroupCommand({
        GroupName: "us-west-nodes",
        Description: "nodes of us-west",
        VpcId: vpc,
      }),
    )
  ).GroupId!;
  await c.ec2.send(
    new ec2.AuthorizeSecurityGroupIngressCommand({
      GroupId: group,
      IpPermissions: [
        { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: group, Description: "nodes to nodes" }] },
        { IpProtocol: "tcp", FromPort: 6443, ToPort: 6443, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
      ],
    }),
  );
  return { vpc, subnets, gateway, table, associations, group };
}

export type Network = Awaited<ReturnType<typeof network>>;

/** The network load balancer before the API servers. */
export async function apiBalancer(c: Clients, net: Network) {
  const group = (
    await c.ec2.send(
      new ec2.CreateSecurityGroupCommand({
        GroupName: "us-west-api",
        Description: "API of us-west",
        VpcId: net.vpc,
      }),
    )
  ).GroupId!;
  const made = await c.elbv2.send(
    new elbv2.CreateLoadBalancerCommand({
      Name: "us-west-api",
      Type: "network",
      Subnets: net.subnets,
      SecurityGroups: [group],
    }),
  );
  const balancer = made.LoadBalancers![0];
  const target = (
    await c.elbv2.send(
      new elbv2.CreateTargetGroupCommand({
        Name: "us-west-api",
        Protocol: "TCP",
        Port: 6443,
        VpcId: net.vpc,
        TargetType: "instance",
        HealthCheckProtocol: "HTTPS",
        HealthCheckPath: "/readyz",
        HealthCheckIntervalSeconds: 10,
        HealthyThresholdCount: 2,
      }),
    )
  ).TargetGroups![0];
  await c.elbv2.send(
    new elbv2.ModifyTargetGroupAttributesCommand({
      TargetGroupArn: target.TargetGroupArn,
      Attributes: [{ Key: "preserve_client_ip.enabled", Value: "false" }],
    }),
  );
  const listener = (
    await c.elbv2.send(
      new elbv2.CreateListenerCommand({
        LoadBalancerArn: balancer.LoadBalancerArn,
        Port: 6443,
        Protocol: "TCP",
        DefaultActions: [{ Type: "forward", TargetGroupArn: target.TargetGroupArn }],
      }),
    )
  ).Listeners![0];
  return { group, balancer, target: target.TargetGroupArn!, listener: listener.ListenerArn! };
}
