import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as route53 from "@aws-sdk/client-route-53";
import * as ssm from "@aws-sdk/client-ssm";
import type { Clients } from "./emulator";

export const UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";

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

/** Role and instance profile of the nodes, both of one name. */
export async function nodeRole(c: Clients, name: string): Promise<void> {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
  };
  await c.iam.send(
    new iam.CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  await c.iam.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName: name }));
  await c.iam.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
}

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

/** A control-plane slot: interface with a fixed address, Elastic IP, volume. */
export async function slot(c: Clients, region: string, net: Network, address = "10.0.0.10") {
  const eni = (
    await c.ec2.send(
      new ec2.CreateNetworkInterfaceCommand({
        SubnetId: net.subnets[0],
        PrivateIpAddress: address,
        Groups: [net.group],
      }),
    )
  ).NetworkInterface!.NetworkInterfaceId!;
  const eip = await c.ec2.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }));
  const associated = await c.ec2.send(
    new ec2.AssociateAddressCommand({ AllocationId: eip.AllocationId, NetworkInterfaceId: eni }),
  );
  const volume = (
    await c.ec2.send(
      new ec2.CreateVolumeCommand({
        AvailabilityZone: region + "a",
        Size: 8,
        VolumeType: "gp3",
        Encrypted: true,
      }),
    )
  ).VolumeId!;
  return {
    eni,
    allocation: eip.AllocationId!,
    publicIp: eip.PublicIp!,
    association: associated.AssociationId!,
    volume,
  };
}

export type Slot = Awaited<ReturnType<typeof slot>>;

/** An instance in a slot, its volume attached. */
export async function controlPlane(c: Clients, image: string, at: Slot, profile: string): Promise<string> {
  const made = await c.ec2.send(
    new ec2.RunInstancesCommand({
      ImageId: image,
      InstanceType: "t3.medium",
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: at.eni }],
      IamInstanceProfile: { Name: profile },
      MetadataOptions: {
        HttpTokens: "required",
        HttpPutResponseHopLimit: 1,
        InstanceMetadataTags: "disabled",
      },
      UserData: Buffer.from("#!/bin/sh\necho control plane\n").toString("base64"),
      TagSpecifications: [
        { ResourceType: "instance", Tags: [{ Key: "Name", Value: "us-west-control-plane-0" }] },
      ],
    }),
  );
  const id = made.Instances![0].InstanceId!;
  await c.ec2.send(new ec2.AttachVolumeCommand({ InstanceId: id, VolumeId: at.volume, Device: "/dev/sdf" }));
  await c.ec2.send(
    new ec2.ModifyInstanceAttributeCommand({ InstanceId: id, SourceDestCheck: { Value: false } }),
  );
  return id;
}

/** Launch template and auto-scaling group of the workers. */
export async function workers(c: Clients, net: Network, image: string, profile: string, count = 2) {
  const template = (
    await c.ec2.send(
      new ec2.CreateLaunchTemplateCommand({
        LaunchTemplateName: "us-west-workers",
        LaunchTemplateData: {
          ImageId: image,
          InstanceType: "t3.medium",
          UserData: Buffer.from("#!/bin/sh\necho worker\n").toString("base64"),
          IamInstanceProfile: { Name: profile },
          MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
          NetworkInterfaces: [
            {
              DeviceIndex: 0,
              AssociatePublicIpAddress: true,
              Groups: [net.group],
              DeleteOnTermination: true,
            },
          ],
          BlockDeviceMappings: [
            { DeviceName: "/dev/sda1", Ebs: { VolumeSize: 20, Encrypted: true, VolumeType: "gp3" } },
          ],
          TagSpecifications: [
            { ResourceType: "instance", Tags: [{ Key: "kubernetes.io/cluster/us-west", Value: "owned" }] },
          ],
        },
      }),
    )
  ).LaunchTemplate!.LaunchTemplateId!;
  const name = "us-west-workers";
  await c.asg.send(
    new asg.CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: count,
      MaxSize: count + 1,
      DesiredCapacity: count,
      LaunchTemplate: { LaunchTemplateId: template, Version: "1" },
      VPCZoneIdentifier: net.subnets.join(","),
      Tags: [{ Key: "Name", Value: "us-west-worker", PropagateAtLaunch: true }],
    }),
  );
  return { template, name };
}

/** The whole of one member, a Service's classic load balancer and the zone; every id that was made. */
export async function realistic(c: Clients, region = "us-west-2") {
  const image = (await c.ssm.send(new ssm.GetParameterCommand({ Name: UBUNTU }))).Parameter!.Value!;
  const net = await network(c, region);
  await nodeRole(c, "us-west-node");
  const at = await slot(c, region, net);
  const api = await apiBalancer(c, net);
  const instance = await controlPlane(c, image, at, "us-west-node");
  await c.elbv2.send(
    new elbv2.RegisterTargetsCommand({ TargetGroupArn: api.target, Targets: [{ Id: instance, Port: 6443 }] }),
  );
  const nodes = await workers(c, net, image, "us-west-node");
  const group = await c.asg.send(
    new asg.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [nodes.name] }),
  );
  const members = group.AutoScalingGroups![0].Instances!.map((one) => one.InstanceId!);
  await c.ec2.send(
    new ec2.CreateRouteCommand({
      RouteTableId: net.table,
      DestinationCidrBlock: "10.244.1.0/24",
      InstanceId: members[0],
    }),
  );
  const service = await c.elb.send(
    new elb.CreateLoadBalancerCommand({
      LoadBalancerName: "a0123456789abcdef0123456789abcde",
      Listeners: [{ Protocol: "tcp", InstanceProtocol: "tcp", LoadBalancerPort: 80, InstancePort: 30080 }],
      Subnets: net.subnets,
      SecurityGroups: [net.group],
    }),
  );
  const Instances = members.map((InstanceId) => ({ InstanceId }));
  await c.elb.send(
    new elb.RegisterInstancesWithLoadBalancerCommand({
      LoadBalancerName: "a0123456789abcdef0123456789abcde",
      Instances,
    }),
  );
  const zone = await c.route53.send(
    new route53.CreateHostedZoneCommand({ Name: "k8s.example.com", CallerReference: "recorded" }),
  );
  const check = await c.route53.send(
    new route53.CreateHealthCheckCommand({
      CallerReference: "recorded",
      HealthCheckConfig: {
        Type: "HTTP",
        FullyQualifiedDomainName: service.DNSName,
        Port: 80,
        ResourcePath: "/",
        RequestInterval: 10,
        FailureThreshold: 2,
      },
    }),
  );
  const record = (set: string, value: string) => ({
    Action: "CREATE" as const,
    ResourceRecordSet: {
      Name: "nginx.k8s.example.com",
      Type: "CNAME" as const,
      TTL: 300,
      SetIdentifier: set,
      Region: set as route53.ResourceRecordSetRegion,
      HealthCheckId: check.HealthCheck!.Id,
      ResourceRecords: [{ Value: value }],
    },
  });
  await c.route53.send(
    new route53.ChangeResourceRecordSetsCommand({
      HostedZoneId: zone.HostedZone!.Id,
      ChangeBatch: {
        Changes: [
          record("us-west-2", service.DNSName!),
          record("ap-northeast-1", "other-1.ap-northeast-1.elb.amazonaws.com"),
        ],
      },
    }),
  );
  return {
    image,
    net,
    at,
    api,
    instance,
    nodes,
    members,
    service,
    zone: zone.HostedZone!.Id!,
    check: check.HealthCheck!.Id!,
  };
}
