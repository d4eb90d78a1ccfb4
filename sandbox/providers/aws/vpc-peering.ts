import type { VpcPeeringConnection } from "@aws-sdk/client-ec2";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { ec2Tags, fromList, tagSpecifications } from "./tags";
import { retrying, until, untilGone, untilState } from "./wait";

const NO_PEERING = ["InvalidVpcPeeringConnectionID.NotFound"];
const PENDING = ["initiating-request", "provisioning"];
/** States of connections that AWS still describes and that are none any more. */
const GONE = ["deleted", "deleting", "expired", "failed", "rejected"];

/** Upstream: aws_vpc_peering_connection, the requester's side; accepted by a resource of its own, and its options are one. */
export const vpcPeeringConnection: Spec = {
  inputs: ["peerOwnerId", "peerRegion", "peerVpcId", "vpcId"],
  required: ["peerVpcId", "vpcId"],
  filled: ["peerOwnerId", "peerRegion"],
  replaceOn: ["peerOwnerId", "peerRegion", "peerVpcId", "vpcId"],
  computed: ["acceptStatus"],
  tags: ec2Tags,
  async create(call) {
    const { peerOwnerId, peerRegion, peerVpcId, vpcId } = call.inputs;
    const { VpcPeeringConnection } = await call.ec2.createVpcPeeringConnection({
      PeerOwnerId: peerOwnerId,
      PeerRegion: peerRegion,
      PeerVpcId: peerVpcId,
      VpcId: vpcId,
      TagSpecifications: tagSpecifications(call, "vpc-peering-connection"),
    });
    return VpcPeeringConnection!.VpcPeeringConnectionId!;
  },
  /** AWS says only now what is wrong with it: ranges that overlap, a network that is not there. */
  async settle(call) {
    await until(`peering ${call.id} to be asked for`, call.seconds(60), call.signal, async () => {
      const status = (await describe(call))?.Status;
      if (!status || PENDING.includes(status.Code!)) return undefined;
      if (!GONE.includes(status.Code!)) return true;
      throw new Error(`peering ${call.id} is ${status.Code}: ${status.Message}`);
    });
  },
  async read(call) {
    const found = await alive(call);
    return (
      found && {
        acceptStatus: found.Status?.Code,
        peerOwnerId: found.AccepterVpcInfo?.OwnerId,
        peerRegion: found.AccepterVpcInfo?.Region,
        peerVpcId: found.AccepterVpcInfo?.VpcId,
        tagsAll: fromList(found.Tags),
        vpcId: found.RequesterVpcInfo?.VpcId,
      }
    );
  },
  async delete(call) {
    if (!(await alive(call))) return;
    const remove = () => call.ec2.deleteVpcPeeringConnection({ VpcPeeringConnectionId: call.id });
    await unless([...NO_PEERING, "InvalidStateTransition"], remove);
    await untilGone(`peering ${call.id}`, call.seconds(60), call.signal, () => alive(call));
  },
};

/** Upstream: aws_vpc_peering_connection_accepter. It adopts the connection, and leaves it to the requester's side to delete. */
export const vpcPeeringConnectionAccepter: Spec = {
  inputs: ["autoAccept", "vpcPeeringConnectionId"],
  required: ["vpcPeeringConnectionId"],
  replaceOn: ["vpcPeeringConnectionId"],
  computed: ["acceptStatus", "peerOwnerId", "peerRegion", "peerVpcId", "vpcId"],
  tags: ec2Tags,
  imported: (vpcPeeringConnectionId) => ({ vpcPeeringConnectionId }),
  async create(call) {
    const id: string = call.inputs.vpcPeeringConnectionId;
    await until(`peering ${id} to be known in ${call.region}`, call.seconds(60), call.signal, () =>
      alive({ ...call, id }),
    );
    return id;
  },
  async settle(call) {
    await accept(call);
    await ec2Tags(call, call.tags, []);
  },
  async read(call) {
    const found = await alive(call);
    return (
      found && {
        acceptStatus: found.Status?.Code,
        peerOwnerId: found.RequesterVpcInfo?.OwnerId,
        peerRegion: found.RequesterVpcInfo?.Region,
        peerVpcId: found.RequesterVpcInfo?.VpcId,
        tagsAll: fromList(found.Tags),
        vpcId: found.AccepterVpcInfo?.VpcId,
        vpcPeeringConnectionId: call.id,
      }
    );
  },
  async update(call) {
    if (call.changed("autoAccept")) await accept(call);
  },
  async delete() {},
};

/** Upstream: aws_vpc_peering_connection_options, one end's or both. What is not given stays; a delete leaves them as they are. */
export const peeringConnectionOptions: Spec = {
  inputs: ["accepter", "requester", "vpcPeeringConnectionId"],
  required: ["vpcPeeringConnectionId"],
  filled: ["accepter", "requester"],
  replaceOn: ["vpcPeeringConnectionId"],
  computed: [],
  imported: (vpcPeeringConnectionId) => ({ vpcPeeringConnectionId }),
  async create(call) {
    const id: string = call.inputs.vpcPeeringConnectionId;
    // Accepted in one region, it may for a moment not be so in the other.
    await retrying(
      ["OperationNotPermitted"],
      call.seconds(60),
      call.signal,
      () => modify(call, id),
      "is not active",
    );
    return id;
  },
  async read(call) {
    const found = await alive(call);
    const block = (end: VpcPeeringConnection["AccepterVpcInfo"]) => ({
      allowRemoteVpcDnsResolution: end?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc ?? false,
    });
    return (
      found && {
        accepter: block(found.AccepterVpcInfo),
        requester: block(found.RequesterVpcInfo),
        vpcPeeringConnectionId: call.id,
      }
    );
  },
  async update(call) {
    if (call.changed("accepter", "requester")) await modify(call, call.id);
  },
  async delete() {},
};

async function accept(call: Call): Promise<void> {
  const state = async () => (await describe(call))?.Status?.Code;
  if (!call.inputs.autoAccept) return;
  if ((await state()) === "pending-acceptance")
    await call.ec2.acceptVpcPeeringConnection({ VpcPeeringConnectionId: call.id });
  const pending = [...PENDING, "pending-acceptance"];
  await untilState(`peering ${call.id}`, call.seconds(60), call.signal, ["active"], pending, state);
}

async function modify({ ec2, inputs }: Call, VpcPeeringConnectionId: string): Promise<void> {
  const options = (block?: { allowRemoteVpcDnsResolution?: boolean }) =>
    block && { AllowDnsResolutionFromRemoteVpc: block.allowRemoteVpcDnsResolution ?? false };
  await ec2.modifyVpcPeeringConnectionOptions({
    VpcPeeringConnectionId,
    AccepterPeeringConnectionOptions: options(inputs.accepter),
    RequesterPeeringConnectionOptions: options(inputs.requester),
  });
}

async function describe({ ec2, id }: Pick<Call, "ec2" | "id">) {
  const call = () => ec2.describeVpcPeeringConnections({ VpcPeeringConnectionIds: [id] });
  return (await unless(NO_PEERING, call))?.VpcPeeringConnections?.[0];
}

/** The connection; AWS describes a deleted one for some hours more. */
async function alive(call: Pick<Call, "ec2" | "id">) {
  const found = await describe(call);
  return found && GONE.includes(found.Status?.Code ?? "") ? undefined : found;
}
