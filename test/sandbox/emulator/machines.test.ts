import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import { type Clients, type Emulator, startEmulator } from "./emulator";
import {
  apiBalancer,
  controlPlane,
  network,
  nodeRole,
  slot,
  UBUNTU,
  workers,
  type Network,
  type Slot,
} from "./realistic";
import * as ssm from "@aws-sdk/client-ssm";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Instance, NetworkInterface, RegionState } from "../../../sandbox/cloud/state";

let emulator: Emulator;
let c: Clients;
let net: Network;
let image: string;

beforeAll(async () => {
  emulator = await startEmulator();
  c = emulator.clients("us-west-2");
  net = await network(c, "us-west-2");
  await nodeRole(c, "node");
  image = (await c.ssm.send(new ssm.GetParameterCommand({ Name: UBUNTU }))).Parameter!.Value!;
}, 60_000);
afterAll(() => emulator?.stop());

const region = async (name = "us-west-2"): Promise<RegionState> =>
  (await emulator.get("/sandbox/state")).regions[name];
const instance = async (id: string): Promise<Instance> =>
  (await region()).instances.find((one) => one.id === id)!;
const eni = async (id: string): Promise<NetworkInterface> =>
  (await region()).interfaces.find((one) => one.id === id)!;
const described = async (id: string) =>
  (await c.ec2.send(new ec2.DescribeInstancesCommand({ InstanceIds: [id] }))).Reservations![0].Instances![0];

describe("a control-plane slot", () => {
  let at: Slot;
  let first: string;

  beforeAll(async () => {
    at = await slot(c, "us-west-2", net);
    first = await controlPlane(c, image, at, "node");
  });

  test("gives its instance the fixed address, Elastic IP, name, groups and zone", async () => {
    const shown = await described(first);
    expect(shown).toMatchObject({
      PrivateIpAddress: "10.0.0.10",
      PublicIpAddress: at.publicIp,
      PrivateDnsName: "ip-10-0-0-10.us-west-2.compute.internal",
      PublicDnsName: `ec2-${at.publicIp.replace(/\./g, "-")}.us-west-2.compute.amazonaws.com`,
      SubnetId: net.subnets[0],
      VpcId: net.vpc,
      Placement: { AvailabilityZone: "us-west-2a" },
      SecurityGroups: [{ GroupId: net.group }],
      SourceDestCheck: false,
      MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
    });
    expect(shown.IamInstanceProfile!.Arn).toMatch(/instance-profile\/node$/);
    expect(shown.NetworkInterfaces![0]).toMatchObject({ NetworkInterfaceId: at.eni, SourceDestCheck: false });
    expect(shown.NetworkInterfaces![0].Attachment!.DeleteOnTermination).toBe(false);
    expect(shown.NetworkInterfaces![0].Association).toMatchObject({ PublicIp: at.publicIp });
    expect(at.publicIp).toMatch(/^203\.0\.113\./);
  });

  test("shows in the feed with user data, role and volume", async () => {
    expect(await instance(first)).toMatchObject({
      profile: "node",
      role: "node",
      interfaces: [at.eni],
      state: "running",
    });
    expect(Buffer.from((await instance(first)).userData!, "base64").toString()).toMatch(/^#!\/bin\/sh/);
    const volume = (await region()).volumes.find((one) => one.id === at.volume);
    expect(volume).toMatchObject({ state: "in-use", attachments: [{ instance: first, device: "/dev/sdf" }] });
  });

  test("is free again after termination, keeps address and volume, and a second instance takes it over", async () => {
    const roots = (await region()).volumes.filter((one) => one.attachments[0]?.device === "/dev/sda1").length;
    await c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [first] }));
    const found = await c.ec2.send(
      new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [at.eni] }),
    );
    expect(found.NetworkInterfaces![0]).toMatchObject({ Status: "available", PrivateIpAddress: "10.0.0.10" });
    expect(await eni(at.eni)).toMatchObject({ instance: null, publicIp: at.publicIp, groups: [net.group] });
    const volumes = (await region()).volumes;
    expect(volumes.find((one) => one.id === at.volume)).toMatchObject({
      state: "available",
      attachments: [],
    });
    expect(volumes.filter((one) => one.attachments[0]?.device === "/dev/sda1").length).toBe(roots - 1);
    expect(await instance(first)).toMatchObject({ state: "terminated", interfaces: [] });
    expect((await described(first)).PrivateIpAddress).toBeUndefined();

    const second = await controlPlane(c, image, at, "node");
    expect(await described(second)).toMatchObject({
      PrivateIpAddress: "10.0.0.10",
      PublicIpAddress: at.publicIp,
    });
    await c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [second] }));
  });

  test("stop and start keep the Elastic IP; an address from the pool is given back and drawn anew", async () => {
    const fixed = await controlPlane(c, image, at, "node");
    const pooled = (
      await c.ec2.send(
        new ec2.RunInstancesCommand({ ImageId: image, MinCount: 1, MaxCount: 1, SubnetId: net.subnets[1] }),
      )
    ).Instances![0].InstanceId!;
    expect((await described(pooled)).PublicIpAddress).toMatch(/^54\.214\./);
    const InstanceIds = [fixed, pooled];
    await c.ec2.send(new ec2.StopInstancesCommand({ InstanceIds }));
    expect((await described(fixed)).PublicIpAddress).toBe(at.publicIp);
    expect((await described(pooled)).PublicIpAddress).toBeUndefined();
    await c.ec2.send(new ec2.StartInstancesCommand({ InstanceIds }));
    expect((await described(fixed)).PublicIpAddress).toBe(at.publicIp);
    expect((await described(pooled)).PublicIpAddress).toMatch(/^54\.214\./);
    await c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds }));
  });
});

describe("auto-scaling", () => {
  let group: string;
  const members = async () =>
    (await region()).instances.filter(
      (one) => one.state === "running" && one.tags["aws:autoscaling:groupName"] === group,
    );

  test("launches at once, over the zones, with all that the template says", async () => {
    const made = await workers(c, net, image, "node");
    group = made.name;
    const now = await members();
    expect(now.map((one) => one.zone).sort()).toEqual(["us-west-2a", "us-west-2b"]);
    for (const one of now) {
      expect(one).toMatchObject({ profile: "node", role: "node", type: "t3.medium", imageId: image });
      expect(one.metadata).toEqual({ tokens: "required", hopLimit: 1, tags: false });
      expect(one.privateDns).toMatch(/^ip-10-0-\d+-\d+\.us-west-2\.compute\.internal$/);
      expect(one.publicDns).toMatch(/us-west-2\.compute\.amazonaws\.com$/);
      expect(one.tags).toMatchObject({ Name: "us-west-worker", "kubernetes.io/cluster/us-west": "owned" });
      expect(await eni(one.interfaces[0])).toMatchObject({
        groups: [net.group],
        publicIp: expect.stringMatching(/^54\.214\./),
      });
    }
    const roots = (await region()).volumes.filter((one) =>
      now.some((node) => one.attachments[0]?.instance === node.id),
    );
    expect(roots.map((one) => one.size)).toEqual([20, 20]);
  });

  test("replaces a terminated instance before the call returns, and a stopped one", async () => {
    const [one, other] = await members();
    await c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [one.id] }));
    expect((await members()).length).toBe(2);
    await c.ec2.send(new ec2.StopInstancesCommand({ InstanceIds: [other.id] }));
    const now = await members();
    expect(now.length).toBe(2);
    expect(now.some((node) => node.id === one.id || node.id === other.id)).toBe(false);
    expect(new Set(now.map((node) => node.zone)).size).toBe(2);
    expect(await instance(other.id)).toMatchObject({ state: "terminated" });
  });

  test("keeps its target group in step: new in, gone out", async () => {
    const api = await apiBalancer(c, net);
    await c.asg.send(
      new asg.AttachLoadBalancerTargetGroupsCommand({
        AutoScalingGroupName: group,
        TargetGroupARNs: [api.target],
      }),
    );
    const targets = async () => (await region()).targetGroups[0].targets.map((one) => one.id).sort();
    const ids = async () => (await members()).map((one) => one.id).sort();
    expect(await targets()).toEqual(await ids());
    await c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [(await ids())[0]] }));
    expect(await targets()).toEqual(await ids());
    await c.asg.send(new asg.SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: 3 }));
    expect(await targets()).toEqual(await ids());
    expect((await ids()).length).toBe(3);
    await c.asg.send(new asg.SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: 2 }));
    expect(await targets()).toEqual(await ids());
    expect(new Set((await members()).map((one) => one.zone)).size).toBe(2);
    await c.elbv2.send(new elbv2.DeleteListenerCommand({ ListenerArn: api.listener }));
    await c.elbv2.send(new elbv2.DeleteTargetGroupCommand({ TargetGroupArn: api.target }));
  });

  test("an instance refresh replaces all, one after the other, from the version asked for", async () => {
    const before = (await members()).map((one) => one.id);
    const groupNow = (await c.asg.send(new asg.DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups![0];
    const LaunchTemplateId = groupNow.LaunchTemplate!.LaunchTemplateId!;
    await c.ec2.send(
      new ec2.CreateLaunchTemplateVersionCommand({
        LaunchTemplateId,
        SourceVersion: "1",
        LaunchTemplateData: { InstanceType: "t3.large" },
      }),
    );
    await c.asg.send(
      new asg.UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: group,
        LaunchTemplate: { LaunchTemplateId, Version: "2" },
      }),
    );
    await c.asg.send(
      new asg.StartInstanceRefreshCommand({
        AutoScalingGroupName: group,
        Preferences: { InstanceWarmup: 0 },
      }),
    );
    let last: asg.InstanceRefresh | undefined;
    for (let look = 0; look < 100 && last?.Status !== "Successful"; look++) {
      await new Promise((done) => setTimeout(done, 50));
      last = (await c.asg.send(new asg.DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group })))
        .InstanceRefreshes![0];
    }
    expect(last).toMatchObject({ Status: "Successful", PercentageComplete: 100 });
    const now = await members();
    expect(now.length).toBe(2);
    for (const one of now) {
      expect(before).not.toContain(one.id);
      expect(one).toMatchObject({ type: "t3.large", profile: "node" });
    }
  });

  test("scales to nothing and is deleted, leaving no interface and no volume of its own", async () => {
    await c.asg.send(
      new asg.UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group, MinSize: 0, DesiredCapacity: 0 }),
    );
    expect(await members()).toEqual([]);
    await c.asg.send(new asg.DeleteAutoScalingGroupCommand({ AutoScalingGroupName: group }));
    const now = await region();
    expect(now.volumes.filter((one) => one.attachments.length > 0)).toEqual([]);
    expect(now.interfaces.filter((one) => one.requester === null && one.privateIp !== "10.0.0.10")).toEqual(
      [],
    );
  });
});

test("private addresses are unique, none that AWS keeps, and names in us-east-1 have their short form", async () => {
  const east = emulator.clients("us-east-1");
  const there = await network(east, "us-east-1");
  const small = await east.ec2.send(
    new ec2.CreateSubnetCommand({
      VpcId: there.vpc,
      CidrBlock: "10.0.9.0/28",
      AvailabilityZone: "us-east-1c",
    }),
  );
  const taken: string[] = [];
  for (let number = 0; number < 11; number++) {
    const made = await east.ec2.send(
      new ec2.CreateNetworkInterfaceCommand({ SubnetId: small.Subnet!.SubnetId }),
    );
    taken.push(made.NetworkInterface!.PrivateIpAddress!);
  }
  expect(new Set(taken).size).toBe(11);
  const last = taken.map((address) => Number(address.split(".")[3]));
  expect(Math.min(...last)).toBe(4);
  expect(Math.max(...last)).toBe(14);
  await expect(
    east.ec2.send(new ec2.CreateNetworkInterfaceCommand({ SubnetId: small.Subnet!.SubnetId })),
  ).rejects.toMatchObject({
    name: "InsufficientFreeAddressesInSubnet",
  });
  const found = await east.ec2.send(new ec2.DescribeNetworkInterfacesCommand({}));
  expect(found.NetworkInterfaces![0].PrivateDnsName).toMatch(/^ip-10-0-9-\d+\.ec2\.internal$/);
  const answer = await east.ec2.send(
    new ec2.DescribeSubnetsCommand({ SubnetIds: [small.Subnet!.SubnetId!] }),
  );
  expect(answer.Subnets![0].MapPublicIpOnLaunch).toBe(false);
});

test("a route to a terminated instance or a detached gateway is a black hole", async () => {
  const node = (
    await c.ec2.send(
      new ec2.RunInstancesCommand({ ImageId: image, MinCount: 1, MaxCount: 1, SubnetId: net.subnets[0] }),
    )
  ).Instances![0].InstanceId!;
  await c.ec2.send(
    new ec2.CreateRouteCommand({
      RouteTableId: net.table,
      DestinationCidrBlock: "10.244.3.0/24",
      InstanceId: node,
    }),
  );
  const route = async () => {
    const tables = await c.ec2.send(new ec2.DescribeRouteTablesCommand({ RouteTableIds: [net.table] }));
    return tables.RouteTables![0].Routes!.find((one) => one.DestinationCidrBlock === "10.244.3.0/24")!;
  };
  expect(await route()).toMatchObject({
    State: "active",
    InstanceId: node,
    NetworkInterfaceId: expect.stringMatching(/^eni-/),
  });
  await c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [node] }));
  expect(await route()).toMatchObject({ State: "blackhole" });
});

test("what an instance type is: t3.medium and t2.micro as on AWS, and where they are offered", async () => {
  const InstanceTypes: ec2._InstanceType[] = ["t3.medium", "t2.micro"];
  const types = (await c.ec2.send(new ec2.DescribeInstanceTypesCommand({ InstanceTypes }))).InstanceTypes!;
  const of = (name: string) => types.find((one) => one.InstanceType === name)!;
  expect([of("t3.medium").VCpuInfo!.DefaultVCpus, of("t3.medium").MemoryInfo!.SizeInMiB]).toEqual([2, 4096]);
  expect([of("t2.micro").VCpuInfo!.DefaultVCpus, of("t2.micro").MemoryInfo!.SizeInMiB]).toEqual([1, 1024]);
  const offered = await c.ec2.send(
    new ec2.DescribeInstanceTypeOfferingsCommand({
      LocationType: "availability-zone",
      Filters: [{ Name: "instance-type", Values: ["t3.medium"] }],
    }),
  );
  expect(offered.InstanceTypeOfferings!.map((one) => one.Location).sort()).toEqual(
    expect.arrayContaining(["us-west-2a", "us-west-2b", "us-west-2c"]),
  );
});

test("the console is what the machine wrote; topology is empty for ordinary instances", async () => {
  const node = (
    await c.ec2.send(
      new ec2.RunInstancesCommand({ ImageId: image, MinCount: 1, MaxCount: 1, SubnetId: net.subnets[0] }),
    )
  ).Instances![0].InstanceId!;
  await emulator.send("PUT", `/sandbox/console/${node}`, "x".repeat(70_000) + "\nlogin: ");
  const shown = await c.ec2.send(new ec2.GetConsoleOutputCommand({ InstanceId: node }));
  const text = Buffer.from(shown.Output!, "base64").toString();
  expect(text.length).toBe(64 * 1024);
  expect(text).toMatch(/login: $/);
  expect((await c.ec2.send(new ec2.DescribeInstanceTopologyCommand({}))).Instances).toEqual([]);
});
