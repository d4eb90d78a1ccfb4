import type { Address } from "@aws-sdk/client-ec2";
import { arn, dnsSuffix } from "./arn";
import { isCode, unless } from "./errors";
import type { Call, Spec } from "./resource";
import { filters, isSet } from "./shapes";
import { ec2Tags, fromList, tagSpecifications } from "./tags";
import { retrying, until, untilGone } from "./wait";

const GONE = ["InvalidAllocationID.NotFound", "InvalidAddress.NotFound"];
const USERS = ["instance", "networkInterface", "associateWithPrivateIp"];

/** Upstream: aws_eip. */
export const eip: Spec = {
  inputs: ["address", "domain", "networkBorderGroup", "publicIpv4Pool", ...USERS],
  filled: ["domain", "instance", "networkBorderGroup", "networkInterface", "publicIpv4Pool"],
  replaceOn: ["address", "domain", "networkBorderGroup", "publicIpv4Pool"],
  computed: [
    ...[
      "allocationId",
      "arn",
      "associationId",
      "carrierIp",
      "customerOwnedIp",
      "customerOwnedIpv4Pool",
      "privateDns",
    ],
    ...["privateIp", "ptrRecord", "publicDns", "publicIp"],
  ],
  volatile: (changed) => (changed(...USERS) ? ["associationId", "privateDns", "privateIp"] : []),
  tags: ec2Tags,
  async create(call) {
    const { AllocationId } = await call.ec2.allocateAddress({
      Domain: call.inputs.domain ?? "vpc",
      Address: call.inputs.address,
      NetworkBorderGroup: call.inputs.networkBorderGroup,
      PublicIpv4Pool: call.inputs.publicIpv4Pool,
      TagSpecifications: tagSpecifications(call, "elastic-ip"),
    });
    return AllocationId!;
  },
  async settle(call) {
    await until(`Elastic IP ${call.id} to be visible`, 900, call.signal, () => findAddress(call));
    if (isSet(call.inputs.instance) || isSet(call.inputs.networkInterface)) await associate(call);
  },
  async read(call) {
    const found = await findAddress(call);
    if (!found) return undefined;
    const host = (ip: string) => ip.replace(/\./g, "-");
    const { region } = call;
    const compute =
      region === "us-east-1" ? `compute-1.${dnsSuffix(region)}` : `${region}.compute.${dnsSuffix(region)}`;
    const internal = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
    return {
      allocationId: call.id,
      arn: await arn(call, "ec2", `elastic-ip/${call.id}`),
      associationId: found.AssociationId ?? "",
      carrierIp: found.CarrierIp ?? "",
      customerOwnedIp: found.CustomerOwnedIp ?? "",
      customerOwnedIpv4Pool: found.CustomerOwnedIpv4Pool ?? "",
      domain: found.Domain ?? "vpc",
      instance: found.InstanceId ?? "",
      networkBorderGroup: found.NetworkBorderGroup ?? region,
      networkInterface: found.NetworkInterfaceId ?? "",
      privateDns: found.PrivateIpAddress ? `ip-${host(found.PrivateIpAddress)}.${internal}` : undefined,
      privateIp: found.PrivateIpAddress ?? "",
      ptrRecord: "",
      publicDns: `ec2-${host(found.PublicIp!)}.${compute}`,
      publicIp: found.PublicIp,
      publicIpv4Pool: found.PublicIpv4Pool ?? "amazon",
      tagsAll: fromList(found.Tags),
    };
  },
  async update(call) {
    if (!call.changed(...USERS)) return;
    await disassociate(call, call.state.associationId);
    if (isSet(call.inputs.instance) || isSet(call.inputs.networkInterface)) await associate(call);
  },
  async delete(call) {
    const found = await findAddress(call);
    if (!found) return;
    await disassociate(call, found.AssociationId);
    const { NetworkBorderGroup } = found;
    const release = () =>
      unless(GONE, () => call.ec2.releaseAddress({ AllocationId: call.id, NetworkBorderGroup }));
    await retrying(["AuthFailure", "InvalidIPAddress.InUse"], call.seconds(180), call.signal, release);
    await untilGone(`Elastic IP ${call.id}`, 180, call.signal, () => findAddress(call));
  },
};

async function findAddress({ ec2, id }: Call): Promise<Address | undefined> {
  return (await unless(GONE, () => ec2.describeAddresses({ AllocationIds: [id] })))?.Addresses?.[0];
}

async function associate(call: Call): Promise<void> {
  const { instance: InstanceId, networkInterface: NetworkInterfaceId, associateWithPrivateIp } = call.inputs;
  const make = () =>
    call.ec2.associateAddress({
      AllocationId: call.id,
      InstanceId: NetworkInterfaceId ? undefined : InstanceId,
      NetworkInterfaceId,
      PrivateIpAddress: associateWithPrivateIp,
    });
  await retrying(["InvalidAllocationID.NotFound", "InvalidInstanceID"], 300, call.signal, make);
}

async function disassociate(call: Call, AssociationId: string | undefined): Promise<void> {
  if (!AssociationId) return;
  await unless(["InvalidAssociationID.NotFound"], () => call.ec2.disassociateAddress({ AssociationId }));
}

/** Upstream: aws_eip_association. */
export const eipAssociation: Spec = {
  inputs: [
    "allocationId",
    "allowReassociation",
    "instanceId",
    "networkInterfaceId",
    "privateIpAddress",
    "publicIp",
  ],
  filled: ["allocationId", "instanceId", "networkInterfaceId", "privateIpAddress", "publicIp"],
  exactlyOne: [["allocationId", "publicIp"]],
  replaceOn: [
    "allocationId",
    "allowReassociation",
    "instanceId",
    "networkInterfaceId",
    "privateIpAddress",
    "publicIp",
  ],
  computed: [],
  async create(call) {
    const make = () =>
      call.ec2.associateAddress({
        AllocationId: call.inputs.allocationId,
        AllowReassociation: call.inputs.allowReassociation,
        InstanceId: call.inputs.instanceId,
        NetworkInterfaceId: call.inputs.networkInterfaceId,
        PrivateIpAddress: call.inputs.privateIpAddress,
        PublicIp: call.inputs.publicIp,
      });
    return (await retrying(["InvalidInstanceID", "IncorrectInstanceState"], 300, call.signal, make))
      .AssociationId!;
  },
  async read(call) {
    const { Addresses } = await call.ec2.describeAddresses({
      Filters: filters({ "association-id": call.id }),
    });
    const found = Addresses?.[0];
    if (!found) return undefined;
    return {
      allocationId: found.AllocationId,
      instanceId: found.InstanceId ?? "",
      networkInterfaceId: found.NetworkInterfaceId ?? "",
      privateIpAddress: found.PrivateIpAddress ?? "",
      publicIp: found.PublicIp,
    };
  },
  async delete(call) {
    try {
      await disassociate(call, call.id);
    } catch (error) {
      if (!isCode(error, ...GONE)) throw error;
    }
  },
};
