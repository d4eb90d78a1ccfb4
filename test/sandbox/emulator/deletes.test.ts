import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as route53 from "@aws-sdk/client-route-53";
import { type Clients, type Emulator, startEmulator } from "./emulator";
import { TRUST } from "./nodes";
import { realistic } from "./realistic";
import { refused } from "./stage";

jest.setTimeout(60_000);

let emulator: Emulator;
let c: Clients;
let made: Awaited<ReturnType<typeof realistic>>;

beforeAll(async () => {
  emulator = await startEmulator();
  c = emulator.clients("us-west-2");
  made = await realistic(c);
});
afterAll(() => emulator?.stop());

describe("what is in use is not deleted", () => {
  const cases: [string, string | RegExp, () => Promise<unknown>][] = [
    [
      "a VPC with subnets",
      "DependencyViolation",
      () => c.ec2.send(new ec2.DeleteVpcCommand({ VpcId: made.net.vpc })),
    ],
    [
      "a subnet with interfaces",
      "DependencyViolation",
      () => c.ec2.send(new ec2.DeleteSubnetCommand({ SubnetId: made.net.subnets[0] })),
    ],
    [
      "a subnet with a load balancer's interface alone",
      "DependencyViolation",
      async () => {
        const subnet = await extraSubnet();
        await c.elb.send(
          new elb.AttachLoadBalancerToSubnetsCommand({
            LoadBalancerName: made.service.DNSName!.split("-")[0],
            Subnets: [subnet],
          }),
        );
        await c.ec2.send(new ec2.DeleteSubnetCommand({ SubnetId: subnet }));
      },
    ],
    [
      "a security group of interfaces",
      "DependencyViolation",
      () => c.ec2.send(new ec2.DeleteSecurityGroupCommand({ GroupId: made.net.group })),
    ],
    [
      "a security group of a network load balancer",
      "DependencyViolation",
      () => c.ec2.send(new ec2.DeleteSecurityGroupCommand({ GroupId: made.api.group })),
    ],
    [
      "a security group that another's rule names",
      "DependencyViolation",
      async () => {
        const [one, other] = [await group("named"), await group("naming")];
        await c.ec2.send(
          new ec2.AuthorizeSecurityGroupIngressCommand({
            GroupId: other,
            IpPermissions: [
              { IpProtocol: "tcp", FromPort: 1, ToPort: 1, UserIdGroupPairs: [{ GroupId: one }] },
            ],
          }),
        );
        await c.ec2.send(new ec2.DeleteSecurityGroupCommand({ GroupId: one }));
      },
    ],
    [
      "the default security group",
      "CannotDelete",
      async () => {
        const found = await c.ec2.send(
          new ec2.DescribeSecurityGroupsCommand({ Filters: [{ Name: "group-name", Values: ["default"] }] }),
        );
        await c.ec2.send(new ec2.DeleteSecurityGroupCommand({ GroupId: found.SecurityGroups![0].GroupId }));
      },
    ],
    [
      "an internet gateway's attachment while public addresses are mapped",
      "DependencyViolation",
      () =>
        c.ec2.send(
          new ec2.DetachInternetGatewayCommand({ InternetGatewayId: made.net.gateway, VpcId: made.net.vpc }),
        ),
    ],
    [
      "an attached internet gateway",
      "DependencyViolation",
      () => c.ec2.send(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: made.net.gateway })),
    ],
    [
      "an associated route table",
      "DependencyViolation",
      () => c.ec2.send(new ec2.DeleteRouteTableCommand({ RouteTableId: made.net.table })),
    ],
    [
      "an associated Elastic IP",
      "InvalidIPAddress.InUse",
      () => c.ec2.send(new ec2.ReleaseAddressCommand({ AllocationId: made.at.allocation })),
    ],
    [
      "an attached interface",
      "InvalidNetworkInterface.InUse",
      () => c.ec2.send(new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: made.at.eni })),
    ],
    [
      "a load balancer's interface",
      "OperationNotPermitted",
      async () => {
        const found = await c.ec2.send(
          new ec2.DescribeNetworkInterfacesCommand({
            Filters: [
              {
                Name: "description",
                Values: [/* as AWS names it */ `ELB ${made.service.DNSName!.split("-")[0]}`],
              },
            ],
          }),
        );
        await c.ec2.send(
          new ec2.DeleteNetworkInterfaceCommand({
            NetworkInterfaceId: found.NetworkInterfaces![0].NetworkInterfaceId,
          }),
        );
      },
    ],
    [
      "an attached volume",
      "VolumeInUse",
      () => c.ec2.send(new ec2.DeleteVolumeCommand({ VolumeId: made.at.volume })),
    ],
    [
      "a role in an instance profile",
      "DeleteConflictException",
      () => c.iam.send(new iam.DeleteRoleCommand({ RoleName: "us-west-node" })),
    ],
    [
      "an instance profile with its role",
      "DeleteConflictException",
      () => c.iam.send(new iam.DeleteInstanceProfileCommand({ InstanceProfileName: "us-west-node" })),
    ],
    [
      "a role with an inline policy",
      "DeleteConflictException",
      async () => {
        await c.iam.send(new iam.CreateRoleCommand({ RoleName: "inline", AssumeRolePolicyDocument: TRUST }));
        const PolicyDocument = JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "ec2:*", Resource: "*" }],
        });
        await c.iam.send(
          new iam.PutRolePolicyCommand({ RoleName: "inline", PolicyName: "p", PolicyDocument }),
        );
        await c.iam.send(new iam.DeleteRoleCommand({ RoleName: "inline" }));
      },
    ],
    [
      "a role with an attached policy",
      "DeleteConflictException",
      async () => {
        await c.iam.send(
          new iam.CreateRoleCommand({ RoleName: "attached", AssumeRolePolicyDocument: TRUST }),
        );
        await c.iam.send(
          new iam.AttachRolePolicyCommand({
            RoleName: "attached",
            PolicyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
          }),
        );
        await c.iam.send(new iam.DeleteRoleCommand({ RoleName: "attached" }));
      },
    ],
    [
      "a target group that a listener uses",
      /^ResourceInUse/,
      () => c.elbv2.send(new elbv2.DeleteTargetGroupCommand({ TargetGroupArn: made.api.target })),
    ],
    [
      "an auto-scaling group with instances",
      /^ResourceInUse/,
      () => c.asg.send(new asg.DeleteAutoScalingGroupCommand({ AutoScalingGroupName: made.nodes.name })),
    ],
    [
      "a hosted zone with records",
      "HostedZoneNotEmpty",
      () => c.route53.send(new route53.DeleteHostedZoneCommand({ Id: made.zone })),
    ],
  ];
  test.each(cases)("%s", async (_, code, call) => {
    expect(await refused(call())).toMatch(code instanceof RegExp ? code : new RegExp(`^${code}$`));
  });

  test("a VPC that holds nothing but a security group of ours, an internet gateway, a route table, an interface: each alone", async () => {
    const vpc = (await c.ec2.send(new ec2.CreateVpcCommand({ CidrBlock: "10.7.0.0/16" }))).Vpc!.VpcId!;
    const gone = () => c.ec2.send(new ec2.DeleteVpcCommand({ VpcId: vpc }));
    const ours = (
      await c.ec2.send(new ec2.CreateSecurityGroupCommand({ GroupName: "x", Description: "x", VpcId: vpc }))
    ).GroupId;
    expect(await refused(gone())).toBe("DependencyViolation");
    await c.ec2.send(new ec2.DeleteSecurityGroupCommand({ GroupId: ours }));
    const gateway = (await c.ec2.send(new ec2.CreateInternetGatewayCommand({}))).InternetGateway!
      .InternetGatewayId!;
    await c.ec2.send(new ec2.AttachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: vpc }));
    expect(await refused(gone())).toBe("DependencyViolation");
    await c.ec2.send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: vpc }));
    await c.ec2.send(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: gateway }));
    const table = (await c.ec2.send(new ec2.CreateRouteTableCommand({ VpcId: vpc }))).RouteTable!
      .RouteTableId!;
    expect(await refused(gone())).toBe("DependencyViolation");
    await c.ec2.send(new ec2.DeleteRouteTableCommand({ RouteTableId: table }));
    await gone();
  });
});

async function group(name: string): Promise<string> {
  const made_ = await c.ec2.send(
    new ec2.CreateSecurityGroupCommand({ GroupName: name, Description: name, VpcId: made.net.vpc }),
  );
  return made_.GroupId!;
}

async function extraSubnet(): Promise<string> {
  const subnet = await c.ec2.send(
    new ec2.CreateSubnetCommand({
      VpcId: made.net.vpc,
      CidrBlock: "10.0.77.0/24",
      AvailabilityZone: "us-west-2c",
    }),
  );
  return subnet.Subnet!.SubnetId!;
}
