import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { ec2Tags, fromList, tagSpecifications } from "./tags";
import { until, untilGone } from "./wait";

const NO_GATEWAY = ["NatGatewayNotFound"];

/** Upstream: aws_nat_gateway, in one zone and with one address: neither regional ones nor secondary addresses. */
export const natGateway: Spec = {
  inputs: ["allocationId", "connectivityType", "privateIp", "subnetId"],
  // Upstream's regional gateways do without; all others have a subnet.
  required: ["subnetId"],
  defaults: { connectivityType: "public" },
  filled: ["privateIp"],
  replaceOn: ["allocationId", "connectivityType", "privateIp", "subnetId"],
  computed: ["associationId", "networkInterfaceId", "publicIp", "vpcId"],
  tags: ec2Tags,
  async create(call) {
    const { allocationId, connectivityType, privateIp, subnetId } = call.inputs;
    const { NatGateway } = await call.ec2.createNatGateway({
      AllocationId: allocationId,
      ConnectivityType: connectivityType,
      PrivateIpAddress: privateIp,
      SubnetId: subnetId,
      TagSpecifications: tagSpecifications(call, "natgateway"),
    });
    return NatGateway!.NatGatewayId!;
  },
  /** AWS says only now whether it works: a wrong Elastic IP or a network without internet gateway fails it. */
  async settle(call) {
    await until(`NAT gateway ${call.id} to be available`, call.seconds(600), call.signal, async () => {
      const found = await findGateway(call);
      if (found?.State === "available") return true;
      if (found?.State === "pending" || !found) return undefined;
      throw new Error(
        `NAT gateway ${call.id} is ${found.State}: ${found.FailureCode}: ${found.FailureMessage}`,
      );
    });
  },
  async read(call) {
    const found = await findGateway(call);
    if (!found) return undefined;
    const own = found.NatGatewayAddresses?.[0];
    return {
      allocationId: own?.AllocationId ?? "",
      associationId: own?.AssociationId ?? "",
      connectivityType: found.ConnectivityType,
      networkInterfaceId: own?.NetworkInterfaceId,
      privateIp: own?.PrivateIp,
      publicIp: own?.PublicIp ?? "",
      subnetId: found.SubnetId,
      tagsAll: fromList(found.Tags),
      vpcId: found.VpcId,
    };
  },
  async delete(call) {
    await unless(NO_GATEWAY, () => call.ec2.deleteNatGateway({ NatGatewayId: call.id }));
    // Its Elastic IP and its subnet are refused until then.
    await untilGone(`NAT gateway ${call.id}`, call.seconds(1800), call.signal, () => findGateway(call));
  },
};

/** The gateway; AWS describes a deleted one for about an hour more. */
async function findGateway({ ec2, id }: Call) {
  const answer = await unless(NO_GATEWAY, () => ec2.describeNatGateways({ NatGatewayIds: [id] }));
  const found = answer?.NatGateways?.[0];
  return found?.State === "deleted" ? undefined : found;
}
