import * as ec2 from "@aws-sdk/client-ec2";
import { type Clients, type Emulator, startEmulator } from "./emulator";
import { refused } from "./stage";

jest.setTimeout(60_000);

let emulator: Emulator;
let west: Clients;
let east: Clients;
let vpcs: { west: string; east: string };

const vpcOf = async (c: Clients, CidrBlock: string) =>
  (await c.ec2.send(new ec2.CreateVpcCommand({ CidrBlock }))).Vpc!.VpcId!;

beforeAll(async () => {
  emulator = await startEmulator();
  west = emulator.clients("us-west-2");
  east = emulator.clients("us-east-2");
  vpcs = { west: await vpcOf(west, "10.3.0.0/16"), east: await vpcOf(east, "10.1.0.0/16") };
});
afterAll(() => emulator?.stop());

const ask = async (PeerVpcId = vpcs.east, PeerRegion = "us-east-2") =>
  (
    await west.ec2.send(
      new ec2.CreateVpcPeeringConnectionCommand({
        VpcId: vpcs.west,
        PeerVpcId,
        PeerRegion,
        TagSpecifications: [
          { ResourceType: "vpc-peering-connection", Tags: [{ Key: "Name", Value: "asked" }] },
        ],
      }),
    )
  ).VpcPeeringConnection!.VpcPeeringConnectionId!;
const accept = (c: Clients, VpcPeeringConnectionId: string) =>
  c.ec2.send(new ec2.AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
const remove = (c: Clients, VpcPeeringConnectionId: string) =>
  c.ec2.send(new ec2.DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
const find = async (c: Clients, id: string) =>
  (await c.ec2.send(new ec2.DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] })))
    .VpcPeeringConnections![0];
const told = async (region: string) => (await emulator.get("/sandbox/state")).regions[region].peerings;

test("D6: it waits for the other region's word, then stands in both, with ranges and options of each end", async () => {
  const id = await ask();
  for (const c of [west, east]) expect((await find(c, id)).Status!.Code).toBe("pending-acceptance");
  expect(await refused(accept(west, id))).toBe("OperationNotPermitted");
  await accept(east, id);
  const RequesterPeeringConnectionOptions = { AllowDnsResolutionFromRemoteVpc: true };
  await west.ec2.send(
    new ec2.ModifyVpcPeeringConnectionOptionsCommand({
      VpcPeeringConnectionId: id,
      RequesterPeeringConnectionOptions,
    }),
  );
  const seen = await find(east, id);
  expect(seen.RequesterVpcInfo).toMatchObject({ Region: "us-west-2", CidrBlock: "10.3.0.0/16" });
  expect(seen.RequesterVpcInfo!.PeeringOptions).toMatchObject(RequesterPeeringConnectionOptions);
  const connection = {
    id,
    state: "active",
    requester: { region: "us-west-2", vpc: vpcs.west, cidr: "10.3.0.0/16", privateNames: true },
    accepter: { region: "us-east-2", vpc: vpcs.east, cidr: "10.1.0.0/16", privateNames: false },
  };
  expect([await told("us-west-2"), await told("us-east-2")]).toEqual([[connection], [connection]]);
  await remove(east, id);
  expect([await told("us-west-2"), await told("us-east-2")]).toEqual([[], []]);
});

test("asked for a second time it is the one that is there", async () => {
  const id = await ask();
  expect(await ask()).toBe(id);
  await remove(west, id);
  expect(await refused(remove(west, id))).toBe("InvalidStateTransition");
  const next = await ask();
  expect(next).not.toBe(id);
  await remove(west, next);
});

test("options are set in each end's own region, and only of a connection that is accepted", async () => {
  const id = await ask();
  const modify = (c: Clients, input: object) =>
    c.ec2.send(new ec2.ModifyVpcPeeringConnectionOptionsCommand({ VpcPeeringConnectionId: id, ...input }));
  const on = { AllowDnsResolutionFromRemoteVpc: true };
  expect(await refused(modify(west, { RequesterPeeringConnectionOptions: on }))).toBe(
    "OperationNotPermitted",
  );
  await accept(east, id);
  expect(await refused(modify(west, { AccepterPeeringConnectionOptions: on }))).toBe("OperationNotPermitted");
  await modify(east, { AccepterPeeringConnectionOptions: on });
  expect((await told("us-west-2"))[0].accepter.privateNames).toBe(true);
  await remove(west, id);
});

test("each region has tags of its own for it, and those of a deleted one stay as AWS keeps them", async () => {
  const id = await ask();
  await accept(east, id);
  await east.ec2.send(
    new ec2.CreateTagsCommand({ Resources: [id], Tags: [{ Key: "Name", Value: "accepted" }] }),
  );
  const names = async () =>
    [(await find(west, id)).Tags, (await find(east, id)).Tags].map((tags) => tags![0].Value);
  expect(await names()).toEqual(["asked", "accepted"]);
  await remove(west, id);
  expect((await find(east, id)).Status!.Code).toBe("deleted");
  const { Tags } = await east.ec2.send(
    new ec2.DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [id] }] }),
  );
  expect(Tags!.map(({ ResourceType }) => ResourceType)).toEqual(["vpc-peering-connection"]);
});

test("a route to it is a black hole until it is accepted, and again when it is gone", async () => {
  const RouteTableId = (await west.ec2.send(new ec2.CreateRouteTableCommand({ VpcId: vpcs.west })))
    .RouteTable!.RouteTableId!;
  const id = await ask();
  const route = { RouteTableId, DestinationCidrBlock: "10.1.0.0/16", VpcPeeringConnectionId: id };
  await west.ec2.send(new ec2.CreateRouteCommand(route));
  const state = async () => {
    const { routeTables } = (await emulator.get("/sandbox/state")).regions["us-west-2"];
    const table = routeTables.find((one: { id: string }) => one.id === RouteTableId);
    const found = table.routes.find((one: { destination: string }) => one.destination === "10.1.0.0/16");
    return [found.target, found.id, found.state];
  };
  expect(await state()).toEqual(["peering", id, "blackhole"]);
  await accept(east, id);
  expect(await state()).toEqual(["peering", id, "active"]);
  await remove(east, id);
  expect(await state()).toEqual(["peering", id, "blackhole"]);
  await west.ec2.send(new ec2.DeleteRouteCommand(route));
  expect(await refused(west.ec2.send(new ec2.CreateRouteCommand(route)))).toBe(
    "InvalidVpcPeeringConnectionID.NotFound",
  );
  await west.ec2.send(new ec2.DeleteRouteTableCommand({ RouteTableId }));
});

test("with overlapping ranges it fails; with a network of others there is no route; unknown, it is not found", async () => {
  const near = await vpcOf(west, "10.3.128.0/17");
  const failed = await ask(near, "us-west-2");
  expect((await find(west, failed)).Status).toMatchObject({
    Code: "failed",
    Message: expect.stringContaining("overlapping CIDR"),
  });
  const id = await ask();
  const { RouteTable } = await west.ec2.send(new ec2.CreateRouteTableCommand({ VpcId: near }));
  const route = {
    RouteTableId: RouteTable!.RouteTableId,
    DestinationCidrBlock: "10.1.0.0/16",
    VpcPeeringConnectionId: id,
  };
  expect(await refused(west.ec2.send(new ec2.CreateRouteCommand(route)))).toBe("InvalidParameterValue");
  expect(await refused(find(west, "pcx-0123456789abcdef0"))).toBe("InvalidVpcPeeringConnectionID.NotFound");
  await remove(west, id);
});

test("either network stays while it is there, and nothing of it shows in the account when it is gone", async () => {
  const before = await emulator.get("/sandbox/account");
  const id = await ask();
  await accept(east, id);
  const added = Object.keys(await emulator.get("/sandbox/account")).filter((key) => !(key in before));
  expect(added.sort()).toEqual([`us-east-2/ec2/vpc_pcxs/${id}`, `us-west-2/ec2/vpc_pcxs/${id}`]);
  expect(await refused(east.ec2.send(new ec2.DeleteVpcCommand({ VpcId: vpcs.east })))).toBe(
    "DependencyViolation",
  );
  await remove(west, id);
  expect(await emulator.get("/sandbox/account")).toEqual(before);
  await east.ec2.send(new ec2.DeleteVpcCommand({ VpcId: vpcs.east }));
});
