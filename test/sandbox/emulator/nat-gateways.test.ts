import * as ec2 from "@aws-sdk/client-ec2";
import { type Clients, type Emulator, startEmulator } from "./emulator";
import { type Network, network } from "./network";
import { refused } from "./stage";

jest.setTimeout(60_000);

let emulator: Emulator;
let c: Clients;
let net: Network;
let inner: { subnet: string; table: string };

beforeAll(async () => {
  emulator = await startEmulator();
  c = emulator.clients("us-west-2");
  net = await network(c, "us-west-2");
  const subnet = (
    await c.ec2.send(new ec2.CreateSubnetCommand({ VpcId: net.vpc, CidrBlock: "10.0.128.0/24" }))
  ).Subnet!.SubnetId!;
  const table = (await c.ec2.send(new ec2.CreateRouteTableCommand({ VpcId: net.vpc }))).RouteTable!
    .RouteTableId!;
  await c.ec2.send(new ec2.AssociateRouteTableCommand({ RouteTableId: table, SubnetId: subnet }));
  inner = { subnet, table };
});
afterAll(() => emulator?.stop());

const address = async () =>
  (await c.ec2.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }))).AllocationId!;

const make = async (input: Partial<ec2.CreateNatGatewayCommandInput> = {}) =>
  (
    await c.ec2.send(
      new ec2.CreateNatGatewayCommand({
        SubnetId: net.subnets[0],
        TagSpecifications: [{ ResourceType: "natgateway", Tags: [{ Key: "Name", Value: "out" }] }],
        ...input,
      }),
    )
  ).NatGateway!;

const find = async (id: string) =>
  (await c.ec2.send(new ec2.DescribeNatGatewaysCommand({ NatGatewayIds: [id] }))).NatGateways![0];

/** The gateway in one of these states. */
async function awaited(id: string, ...states: string[]) {
  for (let i = 0; i < 600; i++) {
    const found = await find(id);
    if (states.includes(found.State!)) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${id} did not become ${states}`);
}

async function remove(id: string): Promise<void> {
  await c.ec2.send(new ec2.DeleteNatGatewayCommand({ NatGatewayId: id }));
  await awaited(id, "deleted");
}

const told = async () => (await emulator.get("/sandbox/state")).regions["us-west-2"];

test("it is pending, then available, with an address of its subnet, its Elastic IP and an interface that AWS manages", async () => {
  const AllocationId = await address();
  const made = await make({ AllocationId, PrivateIpAddress: "10.0.0.77" });
  expect(made.State).toBe("pending");
  const { NatGatewayAddresses, VpcId, ConnectivityType } = await awaited(made.NatGatewayId!, "available");
  expect([VpcId, ConnectivityType]).toEqual([net.vpc, "public"]);
  const [own] = NatGatewayAddresses!;
  expect(own).toMatchObject({ AllocationId, PrivateIp: "10.0.0.77", AssociationId: expect.any(String) });
  const { NetworkInterfaces } = await c.ec2.send(
    new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [own.NetworkInterfaceId!] }),
  );
  expect(NetworkInterfaces![0]).toMatchObject({
    RequesterManaged: true,
    SourceDestCheck: false,
    Association: { PublicIp: own.PublicIp },
  });
  const content = await told();
  expect(content.natGateways).toEqual([
    {
      id: made.NatGatewayId,
      subnet: net.subnets[0],
      privateIp: "10.0.0.77",
      publicIp: own.PublicIp,
      state: "available",
    },
  ]);
  const held = content.interfaces.find((one: { requester?: string }) => one.requester === made.NatGatewayId);
  expect(held).toMatchObject({ publicIp: own.PublicIp, groups: [], instance: null });
  await remove(made.NatGatewayId!);
  await c.ec2.send(new ec2.ReleaseAddressCommand({ AllocationId }));
});

test("a route to it is a black hole until it is there, and again when it is gone", async () => {
  const AllocationId = await address();
  const { NatGatewayId } = await make({ AllocationId });
  const route = { RouteTableId: inner.table, DestinationCidrBlock: "0.0.0.0/0" };
  await c.ec2.send(new ec2.CreateRouteCommand({ ...route, NatGatewayId }));
  const state = async () => {
    const tables = (await told()).routeTables as { id: string; routes: Record<string, string>[] }[];
    const routes = tables.find(({ id }) => id === inner.table)!.routes;
    const { target, id, state } = routes.find(({ destination }) => destination === "0.0.0.0/0")!;
    return [target, id, state];
  };
  expect(await state()).toEqual(["nat", NatGatewayId, "blackhole"]);
  await awaited(NatGatewayId!, "available");
  expect(await state()).toEqual(["nat", NatGatewayId, "active"]);
  await remove(NatGatewayId!);
  expect(await state()).toEqual(["nat", NatGatewayId, "blackhole"]);
  expect(await refused(c.ec2.send(new ec2.ReplaceRouteCommand({ ...route, NatGatewayId })))).toBe(
    "InvalidNatGatewayID.NotFound",
  );
  await c.ec2.send(new ec2.DeleteRouteCommand(route));
  expect(await refused(c.ec2.send(new ec2.CreateRouteCommand({ ...route, NatGatewayId })))).toBe(
    "InvalidNatGatewayID.NotFound",
  );
  await c.ec2.send(new ec2.ReleaseAddressCommand({ AllocationId }));
});

test("while it is there or going, its subnet, its Elastic IP, its interface and the internet gateway stay", async () => {
  const lone = (await c.ec2.send(new ec2.CreateSubnetCommand({ VpcId: net.vpc, CidrBlock: "10.0.129.0/24" })))
    .Subnet!.SubnetId!;
  const AllocationId = await address();
  const { NatGatewayId } = await make({ AllocationId, SubnetId: lone });
  const [own] = (await awaited(NatGatewayId!, "available")).NatGatewayAddresses!;
  const gone: [string, () => Promise<unknown>][] = [
    ["DependencyViolation", () => c.ec2.send(new ec2.DeleteSubnetCommand({ SubnetId: lone }))],
    ["AuthFailure", () => c.ec2.send(new ec2.ReleaseAddressCommand({ AllocationId }))],
    [
      "AuthFailure",
      () => c.ec2.send(new ec2.DisassociateAddressCommand({ AssociationId: own.AssociationId })),
    ],
    [
      "OperationNotPermitted",
      () => c.ec2.send(new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: own.NetworkInterfaceId })),
    ],
    [
      "DependencyViolation",
      () =>
        c.ec2.send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId: net.gateway, VpcId: net.vpc })),
    ],
  ];
  for (const [code, call] of gone) expect(await refused(call())).toBe(code);
  await c.ec2.send(new ec2.DeleteNatGatewayCommand({ NatGatewayId }));
  const release = c.ec2.send(new ec2.ReleaseAddressCommand({ AllocationId }));
  expect([await refused(release), (await find(NatGatewayId!)).State]).toEqual(["AuthFailure", "deleting"]);
  await awaited(NatGatewayId!, "deleted");
  await c.ec2.send(new ec2.DeleteSubnetCommand({ SubnetId: lone }));
  await c.ec2.send(new ec2.ReleaseAddressCommand({ AllocationId }));
  expect((await told()).interfaces).toEqual([]);
});

test("what AWS finds out later fails it: an Elastic IP in use, a network without internet gateway", async () => {
  const before = await emulator.get("/sandbox/account");
  const AllocationId = await address();
  const first = await make({ AllocationId });
  const second = await make({ AllocationId });
  expect(second.State).toBe("pending");
  expect(await awaited(second.NatGatewayId!, "failed", "available")).toMatchObject({
    State: "failed",
    FailureCode: "Resource.AlreadyAssociated",
  });
  const vpc = (await c.ec2.send(new ec2.CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))).Vpc!.VpcId!;
  const lone = (await c.ec2.send(new ec2.CreateSubnetCommand({ VpcId: vpc, CidrBlock: "10.9.0.0/24" })))
    .Subnet!.SubnetId!;
  const other = await address();
  const third = await make({ AllocationId: other, SubnetId: lone });
  expect(await awaited(third.NatGatewayId!, "failed", "available")).toMatchObject({
    FailureCode: "Gateway.NotAttached",
    FailureMessage: expect.stringContaining(vpc),
  });
  await remove(first.NatGatewayId!);
  await c.ec2.send(new ec2.DeleteSubnetCommand({ SubnetId: lone }));
  await c.ec2.send(new ec2.DeleteVpcCommand({ VpcId: vpc }));
  for (const one of [AllocationId, other])
    await c.ec2.send(new ec2.ReleaseAddressCommand({ AllocationId: one }));
  expect(await emulator.get("/sandbox/account")).toEqual(before);
});

test("without an Elastic IP, without a gateway of that id, with a route from another network: refused", async () => {
  expect(await refused(make())).toBe("MissingParameter");
  expect(await refused(find("nat-0123456789abcdef0"))).toBe("NatGatewayNotFound");
  expect(await refused(remove("nat-0123456789abcdef0"))).toBe("NatGatewayNotFound");
  const AllocationId = await address();
  const { NatGatewayId } = await make({ AllocationId });
  const vpc = (await c.ec2.send(new ec2.CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))).Vpc!.VpcId!;
  const { RouteTable } = await c.ec2.send(new ec2.CreateRouteTableCommand({ VpcId: vpc }));
  const route = { RouteTableId: RouteTable!.RouteTableId, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId };
  expect(await refused(c.ec2.send(new ec2.CreateRouteCommand(route)))).toBe("InvalidParameterValue");
  await c.ec2.send(new ec2.DeleteRouteTableCommand({ RouteTableId: RouteTable!.RouteTableId }));
  await c.ec2.send(new ec2.DeleteVpcCommand({ VpcId: vpc }));
  await remove(NatGatewayId!);
  await c.ec2.send(new ec2.ReleaseAddressCommand({ AllocationId }));
});

test("one that is left shows in the account and by its tags, one that is deleted by its tags alone", async () => {
  const before = await emulator.get("/sandbox/account");
  const AllocationId = await address();
  const { NatGatewayId } = await make({ AllocationId });
  await awaited(NatGatewayId!, "available");
  const kinds = async () =>
    (
      await c.ec2.send(
        new ec2.DescribeTagsCommand({ Filters: [{ Name: "resource-type", Values: ["natgateway"] }] }),
      )
    ).Tags!.map(({ ResourceId, ResourceType, Key }) => [ResourceId, ResourceType, Key]);
  const added = Object.keys(await emulator.get("/sandbox/account")).filter((key) => !(key in before));
  expect(added).toContain(`us-west-2/ec2/nat_gateways/${NatGatewayId}`);
  expect(await kinds()).toContainEqual([NatGatewayId, "natgateway", "Name"]);
  await remove(NatGatewayId!);
  await c.ec2.send(new ec2.ReleaseAddressCommand({ AllocationId }));
  expect(await emulator.get("/sandbox/account")).toEqual(before);
  expect(await kinds()).toContainEqual([NatGatewayId, "natgateway", "Name"]);
});
