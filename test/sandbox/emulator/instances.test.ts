import * as ec2 from "@aws-sdk/client-ec2";
import { network } from "./network";
import { Stage } from "./stage";

jest.setTimeout(60_000);

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.emulator.stop());

test("private addresses are unique, none that AWS keeps, and names in us-east-1 have their short form", async () => {
  const east = stage.emulator.clients("us-east-1");
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
    await stage.c.ec2.send(
      new ec2.RunInstancesCommand({
        ImageId: stage.image,
        MinCount: 1,
        MaxCount: 1,
        SubnetId: stage.net.subnets[0],
      }),
    )
  ).Instances![0].InstanceId!;
  await stage.c.ec2.send(
    new ec2.CreateRouteCommand({
      RouteTableId: stage.net.table,
      DestinationCidrBlock: "10.244.3.0/24",
      InstanceId: node,
    }),
  );
  const route = async () => {
    const tables = await stage.c.ec2.send(
      new ec2.DescribeRouteTablesCommand({ RouteTableIds: [stage.net.table] }),
    );
    return tables.RouteTables![0].Routes!.find((one) => one.DestinationCidrBlock === "10.244.3.0/24")!;
  };
  expect(await route()).toMatchObject({
    State: "active",
    InstanceId: node,
    NetworkInterfaceId: expect.stringMatching(/^eni-/),
  });
  await stage.c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [node] }));
  expect(await route()).toMatchObject({ State: "blackhole" });
});

test("what an instance type is: t3.medium and t2.micro as on AWS, and where they are offered", async () => {
  const InstanceTypes: ec2._InstanceType[] = ["t3.medium", "t2.micro"];
  const types = (await stage.c.ec2.send(new ec2.DescribeInstanceTypesCommand({ InstanceTypes })))
    .InstanceTypes!;
  const of = (name: string) => types.find((one) => one.InstanceType === name)!;
  expect([of("t3.medium").VCpuInfo!.DefaultVCpus, of("t3.medium").MemoryInfo!.SizeInMiB]).toEqual([2, 4096]);
  expect([of("t2.micro").VCpuInfo!.DefaultVCpus, of("t2.micro").MemoryInfo!.SizeInMiB]).toEqual([1, 1024]);
  const offered = await stage.c.ec2.send(
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
    await stage.c.ec2.send(
      new ec2.RunInstancesCommand({
        ImageId: stage.image,
        MinCount: 1,
        MaxCount: 1,
        SubnetId: stage.net.subnets[0],
      }),
    )
  ).Instances![0].InstanceId!;
  await stage.emulator.send("PUT", `/sandbox/console/${node}`, "x".repeat(70_000) + "\nlogin: ");
  const shown = await stage.c.ec2.send(new ec2.GetConsoleOutputCommand({ InstanceId: node }));
  const text = Buffer.from(shown.Output!, "base64").toString();
  expect(text.length).toBe(64 * 1024);
  expect(text).toMatch(/login: $/);
  expect((await stage.c.ec2.send(new ec2.DescribeInstanceTopologyCommand({}))).Instances).toEqual([]);
});

test("user data and type change only while it is stopped, and what was given comes back", async () => {
  const node = await stage.run({ SubnetId: stage.net.subnets[0] });
  const change = () =>
    stage.c.ec2.send(
      new ec2.ModifyInstanceAttributeCommand({
        InstanceId: node,
        UserData: { Value: Buffer.from("#!/bin/sh\n") },
      }),
    );
  await expect(change()).rejects.toMatchObject({ name: "IncorrectInstanceState" });
  await stage.c.ec2.send(new ec2.StopInstancesCommand({ InstanceIds: [node] }));
  await change();
  expect(Buffer.from((await stage.instance(node)).userData!, "base64").toString()).toBe("#!/bin/sh\n");
});

test("a launch is made once for one client token", async () => {
  const ClientToken = "the-same";
  const again = { SubnetId: stage.net.subnets[0], ClientToken };
  expect(await stage.run(again)).toBe(await stage.run(again));
});
