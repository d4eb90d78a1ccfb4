import * as ssm from "@aws-sdk/client-ssm";
import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
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

describe("what is there already is not made again", () => {
  const cases: [string, string | RegExp, () => Promise<unknown>][] = [
    ["a security group of the same name in the VPC", "InvalidGroup.Duplicate", () => group("us-west-nodes")],
    [
      "a rule of the same meaning",
      "InvalidPermission.Duplicate",
      () =>
        c.ec2.send(
          new ec2.AuthorizeSecurityGroupIngressCommand({
            GroupId: made.net.group,
            IpPermissions: [
              {
                IpProtocol: "tcp",
                FromPort: 6443,
                ToPort: 6443,
                IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "another word for it" }],
              },
            ],
          }),
        ),
    ],
    [
      "a rule for the same group",
      "InvalidPermission.Duplicate",
      () =>
        c.ec2.send(
          new ec2.AuthorizeSecurityGroupIngressCommand({
            GroupId: made.net.group,
            IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: made.net.group }] }],
          }),
        ),
    ],
    [
      "a network load balancer",
      /^DuplicateLoadBalancerName/,
      () =>
        c.elbv2.send(
          new elbv2.CreateLoadBalancerCommand({
            Name: "us-west-api",
            Type: "network",
            Subnets: made.net.subnets,
            Scheme: "internal",
          }),
        ),
    ],
    [
      "a classic load balancer",
      /^DuplicateLoadBalancerName|DuplicateAccessPointName/,
      () =>
        c.elb.send(
          new elb.CreateLoadBalancerCommand({
            LoadBalancerName: made.service.DNSName!.split("-")[0],
            Subnets: made.net.subnets,
            Listeners: [{ Protocol: "TCP", LoadBalancerPort: 1, InstancePort: 1 }],
          }),
        ),
    ],
    [
      "a target group",
      /^DuplicateTargetGroupName/,
      () =>
        c.elbv2.send(
          new elbv2.CreateTargetGroupCommand({
            Name: "us-west-api",
            Protocol: "TCP",
            Port: 1,
            VpcId: made.net.vpc,
          }),
        ),
    ],
    [
      "a role",
      /^EntityAlreadyExists/,
      () =>
        c.iam.send(new iam.CreateRoleCommand({ RoleName: "us-west-node", AssumeRolePolicyDocument: TRUST })),
    ],
    [
      "an instance profile",
      /^EntityAlreadyExists/,
      () => c.iam.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName: "us-west-node" })),
    ],
    [
      "a launch template",
      "InvalidLaunchTemplateName.AlreadyExistsException",
      () =>
        c.ec2.send(
          new ec2.CreateLaunchTemplateCommand({
            LaunchTemplateName: "us-west-workers",
            LaunchTemplateData: { ImageId: made.image },
          }),
        ),
    ],
    [
      "an auto-scaling group",
      /^AlreadyExists/,
      () =>
        c.asg.send(
          new asg.CreateAutoScalingGroupCommand({
            AutoScalingGroupName: "us-west-workers",
            MinSize: 0,
            MaxSize: 0,
            LaunchTemplate: { LaunchTemplateId: made.nodes.template },
            VPCZoneIdentifier: made.net.subnets[0],
          }),
        ),
    ],
    [
      "a route to the same place",
      "RouteAlreadyExists",
      () =>
        c.ec2.send(
          new ec2.CreateRouteCommand({
            RouteTableId: made.net.table,
            DestinationCidrBlock: "0.0.0.0/0",
            GatewayId: made.net.gateway,
          }),
        ),
    ],
    [
      "a subnet over another",
      "InvalidSubnet.Conflict",
      () => c.ec2.send(new ec2.CreateSubnetCommand({ VpcId: made.net.vpc, CidrBlock: "10.0.0.0/25" })),
    ],
    [
      "an interface with a taken address",
      "InvalidIPAddress.InUse",
      () =>
        c.ec2.send(
          new ec2.CreateNetworkInterfaceCommand({
            SubnetId: made.net.subnets[0],
            PrivateIpAddress: "10.0.0.10",
          }),
        ),
    ],
    [
      "an interface with an address that AWS keeps",
      "InvalidParameterValue",
      () =>
        c.ec2.send(
          new ec2.CreateNetworkInterfaceCommand({
            SubnetId: made.net.subnets[0],
            PrivateIpAddress: "10.0.0.2",
          }),
        ),
    ],
    [
      "an instance on an interface in use",
      "InvalidNetworkInterface.InUse",
      () =>
        c.ec2.send(
          new ec2.RunInstancesCommand({
            ImageId: made.image,
            MinCount: 1,
            MaxCount: 1,
            NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: made.at.eni }],
          }),
        ),
    ],
    [
      "an instance of an image that is none",
      /^InvalidAMIID/,
      () =>
        c.ec2.send(
          new ec2.RunInstancesCommand({
            ImageId: "ami-0123456789abcdef0",
            MinCount: 1,
            MaxCount: 1,
            SubnetId: made.net.subnets[0],
          }),
        ),
    ],
    [
      "an instance outside any VPC",
      "VPCIdNotSpecified",
      () => c.ec2.send(new ec2.RunInstancesCommand({ ImageId: made.image, MinCount: 1, MaxCount: 1 })),
    ],
    [
      "a volume on a second instance",
      "VolumeInUse",
      () =>
        c.ec2.send(
          new ec2.AttachVolumeCommand({
            VolumeId: made.at.volume,
            InstanceId: made.members[0],
            Device: "/dev/sdf",
          }),
        ),
    ],
    [
      "a volume on an instance in another zone",
      "InvalidVolume.ZoneMismatch",
      async () => {
        const volume = await c.ec2.send(
          new ec2.CreateVolumeCommand({ AvailabilityZone: "us-west-2c", Size: 1 }),
        );
        await c.ec2.send(
          new ec2.AttachVolumeCommand({
            VolumeId: volume.VolumeId,
            InstanceId: made.instance,
            Device: "/dev/sdg",
          }),
        );
      },
    ],
  ];
  test.each(cases)("%s", async (_, code, call) => {
    expect(await refused(call())).toMatch(code instanceof RegExp ? code : new RegExp(`^${code}$`));
  });
});

test("a call that the emulator does not know is refused for good, not repeated", async () => {
  expect(await refused(c.ec2.send(new ec2.DescribeIpamPoolsCommand({})))).toBe("InvalidAction");
});

async function group(name: string): Promise<string> {
  const made_ = await c.ec2.send(
    new ec2.CreateSecurityGroupCommand({ GroupName: name, Description: name, VpcId: made.net.vpc }),
  );
  return made_.GroupId!;
}

test("a role's trust must be a policy, a parameter must fit its tier", async () => {
  const nonsense = c.iam.send(new iam.CreateRoleCommand({ RoleName: "x", AssumeRolePolicyDocument: "{}" }));
  expect(await refused(nonsense)).toMatch(/^MalformedPolicyDocument/);
  const Value = "v".repeat(4097);
  const large = c.ssm.send(new ssm.PutParameterCommand({ Name: "/large", Value, Type: "SecureString" }));
  expect(await refused(large)).toBe("ValidationException");
});
