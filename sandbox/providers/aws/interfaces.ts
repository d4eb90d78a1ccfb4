import { arn } from "./arn";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { isSet, listChanges } from "./shapes";
import { ec2Tags, fromList, tagSpecifications } from "./tags";
import { retrying, untilGone, untilState } from "./wait";

const GONE = ["InvalidNetworkInterfaceID.NotFound"];

/** Upstream: aws_network_interface. */
export const networkInterface: Spec = {
  inputs: [
    "description",
    "interfaceType",
    "privateIp",
    "privateIps",
    "privateIpsCount",
    "securityGroups",
    "sourceDestCheck",
    "subnetId",
  ],
  required: ["subnetId"],
  defaults: { sourceDestCheck: true },
  filled: ["interfaceType", "privateIp", "privateIps", "privateIpsCount", "securityGroups"],
  sets: ["privateIps", "securityGroups"],
  replaceOn: ["interfaceType", "subnetId"],
  // The primary address is an interface's own for life; further ones come and go.
  replaceIf: (olds, news) =>
    isSet(news.privateIps) && olds.privateIp && !news.privateIps.includes(olds.privateIp)
      ? ["privateIps"]
      : [],
  computed: [
    ...[
      "arn",
      "attachments",
      "ipv4PrefixCount",
      "ipv4Prefixes",
      "ipv6AddressCount",
      "ipv6AddressLists",
      "ipv6Addresses",
    ],
    ...[
      "ipv6PrefixCount",
      "ipv6Prefixes",
      "macAddress",
      "outpostArn",
      "ownerId",
      "privateDnsName",
      "privateIpLists",
    ],
  ],
  tags: ec2Tags,
  async create(call) {
    const { inputs } = call;
    const addresses: string[] = inputs.privateIps ?? (inputs.privateIp ? [inputs.privateIp] : []);
    const { NetworkInterface } = await call.ec2.createNetworkInterface({
      SubnetId: inputs.subnetId,
      Description: inputs.description,
      InterfaceType: inputs.interfaceType,
      Groups: inputs.securityGroups,
      PrivateIpAddresses: addresses.length
        ? addresses.map((PrivateIpAddress, index) => ({ PrivateIpAddress, Primary: index === 0 }))
        : undefined,
      SecondaryPrivateIpAddressCount: addresses.length ? undefined : inputs.privateIpsCount,
      TagSpecifications: tagSpecifications(call, "network-interface"),
    });
    return NetworkInterface!.NetworkInterfaceId!;
  },
  async settle(call) {
    const state = async () => (await findInterface(call, call.id))?.Status;
    await untilState(
      `network interface ${call.id}`,
      300,
      call.signal,
      ["available", "in-use"],
      ["pending"],
      state,
    );
    if (call.inputs.sourceDestCheck === false) await sourceDestCheck(call);
  },
  async read(call) {
    const found = await findInterface(call, call.id);
    if (!found) return undefined;
    const addresses = (found.PrivateIpAddresses ?? []).map((address) => address.PrivateIpAddress!);
    const attachment = found.Attachment;
    return {
      arn: await arn(call, "ec2", `network-interface/${call.id}`, found.OwnerId),
      attachments: attachment?.AttachmentId
        ? [
            {
              attachmentId: attachment.AttachmentId,
              deviceIndex: attachment.DeviceIndex,
              instance: attachment.InstanceId ?? "",
            },
          ]
        : [],
      description: found.Description,
      interfaceType: found.InterfaceType ?? "interface",
      ipv4PrefixCount: 0,
      ipv4Prefixes: [],
      ipv6AddressCount: 0,
      ipv6AddressLists: [],
      ipv6Addresses: [],
      ipv6PrefixCount: 0,
      ipv6Prefixes: [],
      macAddress: found.MacAddress,
      outpostArn: found.OutpostArn ?? "",
      ownerId: found.OwnerId,
      privateDnsName: found.PrivateDnsName ?? "",
      privateIp: found.PrivateIpAddress,
      privateIpLists: addresses,
      privateIps: addresses,
      privateIpsCount: Math.max(addresses.length - 1, 0),
      securityGroups: (found.Groups ?? []).map((group) => group.GroupId),
      sourceDestCheck: found.SourceDestCheck ?? true,
      subnetId: found.SubnetId,
      tagsAll: fromList(found.TagSet),
    };
  },
  async update(call) {
    const { ec2, id: NetworkInterfaceId, inputs } = call;
    if (call.changed("privateIps")) {
      const { added, removed } = listChanges(call.state.privateIps, inputs.privateIps);
      if (removed.length)
        await ec2.unassignPrivateIpAddresses({ NetworkInterfaceId, PrivateIpAddresses: removed });
      if (added.length) await ec2.assignPrivateIpAddresses({ NetworkInterfaceId, PrivateIpAddresses: added });
    }
    if (call.changed("securityGroups")) {
      await ec2.modifyNetworkInterfaceAttribute({ NetworkInterfaceId, Groups: inputs.securityGroups });
    }
    if (call.changed("sourceDestCheck")) await sourceDestCheck(call);
    if (call.changed("description")) {
      await ec2.modifyNetworkInterfaceAttribute({
        NetworkInterfaceId,
        Description: { Value: inputs.description ?? "" },
      });
    }
  },
  async delete(call) {
    const attachment = (await findInterface(call, call.id))?.Attachment;
    if (attachment?.AttachmentId && !attachment.AttachmentId.startsWith("ela-attach-"))
      await detach(call, attachment.AttachmentId);
    const remove = () => unless(GONE, () => call.ec2.deleteNetworkInterface({ NetworkInterfaceId: call.id }));
    await retrying(
      ["InvalidParameterValue", "InvalidNetworkInterface.InUse"],
      600,
      call.signal,
      remove,
      "in use",
    );
    await untilGone(`network interface ${call.id}`, 300, call.signal, () => findInterface(call, call.id));
  },
};

async function findInterface({ ec2 }: Call, id: string) {
  const found = await unless(GONE, () => ec2.describeNetworkInterfaces({ NetworkInterfaceIds: [id] }));
  return found?.NetworkInterfaces?.[0];
}

async function sourceDestCheck(call: Call): Promise<void> {
  const Value: boolean = call.inputs.sourceDestCheck ?? true;
  await call.ec2.modifyNetworkInterfaceAttribute({ NetworkInterfaceId: call.id, SourceDestCheck: { Value } });
}

async function detach(call: Call, AttachmentId: string): Promise<void> {
  const gone = ["InvalidAttachmentID.NotFound"];
  await unless(gone, () => call.ec2.detachNetworkInterface({ AttachmentId, Force: true }));
  await untilGone(`attachment of network interface ${call.id}`, 600, call.signal, async () => {
    const attachment = (await findInterface(call, call.id))?.Attachment;
    return attachment?.AttachmentId === AttachmentId && attachment.Status !== "detached";
  });
}
