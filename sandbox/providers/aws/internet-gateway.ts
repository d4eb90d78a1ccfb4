import { arn } from "./arn";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { ec2Tags, fromList, tagSpecifications } from "./tags";
import { retrying, until, untilGone } from "./wait";

/** Upstream: aws_internet_gateway. */
export const internetGateway: Spec = {
  inputs: ["vpcId"],
  filled: ["vpcId"],
  computed: ["arn", "ownerId"],
  tags: ec2Tags,
  async create(call) {
    const TagSpecifications = tagSpecifications(call, "internet-gateway");
    const { InternetGateway } = await call.ec2.createInternetGateway({ TagSpecifications });
    return InternetGateway!.InternetGatewayId!;
  },
  async settle(call) {
    if (call.inputs.vpcId) await attachGateway(call, call.inputs.vpcId);
  },
  async read(call) {
    const found = await findGateway(call);
    if (!found) return undefined;
    return {
      arn: await arn(call, "ec2", `internet-gateway/${call.id}`, found.OwnerId),
      ownerId: found.OwnerId,
      tagsAll: fromList(found.Tags),
      vpcId: found.Attachments?.[0]?.VpcId ?? "",
    };
  },
  async update(call) {
    if (!call.changed("vpcId")) return;
    if (call.state.vpcId) await detachGateway(call, call.state.vpcId);
    if (call.inputs.vpcId) await attachGateway(call, call.inputs.vpcId);
  },
  async delete(call) {
    const attached = (await findGateway(call))?.Attachments?.[0]?.VpcId;
    if (attached) await detachGateway(call, attached);
    const gone = ["InvalidInternetGatewayID.NotFound"];
    const remove = () => unless(gone, () => call.ec2.deleteInternetGateway({ InternetGatewayId: call.id }));
    await retrying(["DependencyViolation"], call.seconds(1200), call.signal, remove);
    await untilGone(`internet gateway ${call.id}`, 300, call.signal, () => findGateway(call));
  },
};

async function findGateway({ ec2, id }: Call) {
  const call = () => ec2.describeInternetGateways({ InternetGatewayIds: [id] });
  return (await unless(["InvalidInternetGatewayID.NotFound"], call))?.InternetGateways?.[0];
}

async function attachGateway(call: Call, VpcId: string): Promise<void> {
  const attach = () => call.ec2.attachInternetGateway({ InternetGatewayId: call.id, VpcId });
  await retrying(["InvalidInternetGatewayID.NotFound"], 300, call.signal, attach);
  await until(`internet gateway ${call.id} to be attached to ${VpcId}`, 1200, call.signal, async () =>
    (await findGateway(call))?.Attachments?.some((attachment) => attachment.VpcId === VpcId)
      ? true
      : undefined,
  );
}

/** Public addresses still mapped in the VPC keep the gateway: AWS says DependencyViolation until they are gone. */
async function detachGateway(call: Call, VpcId: string): Promise<void> {
  const absent = ["Gateway.NotAttached", "InvalidInternetGatewayID.NotFound"];
  const detach = () =>
    unless(absent, () => call.ec2.detachInternetGateway({ InternetGatewayId: call.id, VpcId }));
  await retrying(["DependencyViolation"], call.seconds(1200), call.signal, detach);
  await untilGone(`attachment of internet gateway ${call.id} to ${VpcId}`, 300, call.signal, async () =>
    (await findGateway(call))?.Attachments?.some((attachment) => attachment.VpcId === VpcId),
  );
}
