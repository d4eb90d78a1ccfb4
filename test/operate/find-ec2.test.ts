import * as ec2 from "@aws-sdk/client-ec2";
import { findEc2 } from "../../operate/find-ec2";
import type { Clients } from "../sandbox/emulator/emulator";
import { network } from "../sandbox/emulator/network";
import { ownAccount } from "./account";

jest.setTimeout(60_000);

const region = "us-west-2";
const account = ownAccount();
let c: Clients;
beforeAll(() => {
  c = account().clients(region);
});

const Tags = [{ Key: "federation/stack", Value: "federation/test" }];
const found = () =>
  findEc2(region, (tags) => !!tags?.some(({ Key, Value }) => Key === Tags[0].Key && Value === Tags[0].Value));

test("a NAT gateway and an endpoint are found by their tags until they are gone, however long EC2 shows them (A14)", async () => {
  const net = await network(c, region);
  const { AllocationId } = await c.ec2.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }));
  const { NatGateway } = await c.ec2.send(
    new ec2.CreateNatGatewayCommand({
      AllocationId,
      SubnetId: net.subnets[0],
      TagSpecifications: [{ ResourceType: "natgateway", Tags }],
    }),
  );
  const { VpcEndpoint } = await c.ec2.send(
    new ec2.CreateVpcEndpointCommand({
      VpcId: net.vpc,
      VpcEndpointType: "Gateway",
      ServiceName: `com.amazonaws.${region}.s3`,
      RouteTableIds: [net.table],
      TagSpecifications: [{ ResourceType: "vpc-endpoint", Tags }],
    }),
  );
  const gateway = { region, kind: "ec2 natgateway", id: NatGateway!.NatGatewayId! };
  const endpoint = { region, kind: "ec2 vpc-endpoint", id: VpcEndpoint!.VpcEndpointId! };
  expect(await found()).toEqual([gateway, endpoint]);

  await c.ec2.send(new ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [endpoint.id] }));
  await c.ec2.send(new ec2.DeleteNatGatewayCommand({ NatGatewayId: gateway.id }));
  expect(await found()).toEqual([gateway]);
  for (let i = 0; i < 300 && (await found()).length; i++) await new Promise((done) => setTimeout(done, 100));
  expect(await found()).toEqual([]);
  const { NatGateways } = await c.ec2.send(
    new ec2.DescribeNatGatewaysCommand({ NatGatewayIds: [gateway.id] }),
  );
  expect(NatGateways![0]).toMatchObject({ State: "deleted", Tags });
});

test("a peering is found by its tags in either region until it is parted (A14, D6)", async () => {
  const east = account().clients("us-east-2");
  const vpcOf = async (clients: Clients, CidrBlock: string) =>
    (await clients.ec2.send(new ec2.CreateVpcCommand({ CidrBlock }))).Vpc!.VpcId!;
  const [VpcId, PeerVpcId] = [await vpcOf(c, "10.3.0.0/16"), await vpcOf(east, "10.1.0.0/16")];
  const { VpcPeeringConnection } = await c.ec2.send(
    new ec2.CreateVpcPeeringConnectionCommand({
      VpcId,
      PeerVpcId,
      PeerRegion: "us-east-2",
      TagSpecifications: [{ ResourceType: "vpc-peering-connection", Tags }],
    }),
  );
  const VpcPeeringConnectionId = VpcPeeringConnection!.VpcPeeringConnectionId!;
  await east.ec2.send(new ec2.AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
  expect(await found()).toEqual([{ region, kind: "ec2 vpc-peering-connection", id: VpcPeeringConnectionId }]);
  await east.ec2.send(new ec2.DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
  expect(await found()).toEqual([]);
});
