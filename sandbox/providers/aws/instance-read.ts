import type { Instance } from "@aws-sdk/client-ec2";
import type { Props } from "../runtime/types";
import { accountId, arn } from "./arn";
import { encodeOnce } from "./instance-launch";
import { findInstance } from "./instance-state";
import type { Call } from "./resource";
import { camel, isSet } from "./shapes";
import { fromList } from "./tags";

/** The instance as AWS says; a terminated one is gone. */
export async function readInstance(call: Call): Promise<Props | undefined> {
  const found = await findInstance(call, call.id);
  if (!found || found.State?.Name === "terminated") return undefined;
  const { ec2, id: InstanceId, inputs } = call;
  const primary = found.NetworkInterfaces?.find((one) => (one.Attachment?.DeviceIndex ?? 0) === 0);
  const [data, termination, stop, shutdown, owner] = await Promise.all([
    ec2.describeInstanceAttribute({ InstanceId, Attribute: "userData" }),
    ec2.describeInstanceAttribute({ InstanceId, Attribute: "disableApiTermination" }),
    ec2.describeInstanceAttribute({ InstanceId, Attribute: "disableApiStop" }),
    ec2.describeInstanceAttribute({ InstanceId, Attribute: "instanceInitiatedShutdownBehavior" }),
    accountId(call),
  ]);
  const groups = (primary?.Groups ?? found.SecurityGroups ?? []).map((group) => group.GroupId);
  return {
    ami: found.ImageId,
    arn: await arn(call, "ec2", `instance/${call.id}`, owner),
    associatePublicIpAddress: isSet(primary?.Association?.PublicIp ?? found.PublicIpAddress),
    availabilityZone: found.Placement?.AvailabilityZone,
    cpuOptions: found.CpuOptions ? camel(found.CpuOptions) : undefined,
    disableApiStop: stop.DisableApiStop?.Value ?? false,
    disableApiTermination: termination.DisableApiTermination?.Value ?? false,
    ebsOptimized: found.EbsOptimized ?? false,
    getPasswordData: false,
    hostId: found.Placement?.HostId ?? "",
    iamInstanceProfile: found.IamInstanceProfile?.Arn?.split("/").pop() ?? "",
    instanceInitiatedShutdownBehavior: shutdown.InstanceInitiatedShutdownBehavior?.Value ?? "stop",
    instanceLifecycle: found.InstanceLifecycle ?? "",
    instanceState: found.State?.Name,
    instanceType: found.InstanceType,
    ipv6AddressCount: 0,
    ipv6Addresses: [],
    keyName: found.KeyName ?? "",
    metadataOptions: metadataOptions(found),
    monitoring: found.Monitoring?.State === "enabled" || found.Monitoring?.State === "pending",
    networkInterfaces: networkInterfaces(found, inputs),
    outpostArn: found.OutpostArn ?? "",
    passwordData: "",
    placementGroup: found.Placement?.GroupName ?? "",
    placementPartitionNumber: found.Placement?.PartitionNumber ?? 0,
    primaryNetworkInterface: primary && {
      deleteOnTermination: primary.Attachment?.DeleteOnTermination ?? false,
      networkInterfaceId: primary.NetworkInterfaceId,
    },
    primaryNetworkInterfaceId: primary?.NetworkInterfaceId ?? "",
    privateDns: found.PrivateDnsName,
    privateIp: found.PrivateIpAddress,
    publicDns: found.PublicDnsName ?? "",
    publicIp: found.PublicIpAddress ?? primary?.Association?.PublicIp ?? "",
    secondaryPrivateIps: (primary?.PrivateIpAddresses ?? [])
      .filter((one) => !one.Primary)
      .map((one) => one.PrivateIpAddress),
    securityGroups: [],
    sourceDestCheck: primary?.SourceDestCheck ?? found.SourceDestCheck ?? true,
    spotInstanceRequestId: found.SpotInstanceRequestId ?? "",
    subnetId: found.SubnetId,
    tagsAll: fromList(found.Tags),
    tenancy: found.Placement?.Tenancy ?? "default",
    vpcSecurityGroupIds: groups,
    ...(await volumes(call, found)),
    ...userData(data.UserData?.Value, call),
  };
}

function metadataOptions(found: Instance) {
  const options = found.MetadataOptions;
  if (!options) return undefined;
  return {
    httpEndpoint: options.HttpEndpoint,
    httpProtocolIpv6: options.HttpProtocolIpv6 ?? "disabled",
    httpPutResponseHopLimit: options.HttpPutResponseHopLimit,
    httpTokens: options.HttpTokens,
    instanceMetadataTags: options.InstanceMetadataTags ?? "disabled",
  };
}

/** Interfaces declared as blocks; upstream, too, says nothing of those it was not told about. */
function networkInterfaces(found: Instance, inputs: Props) {
  if (!isSet(inputs.networkInterfaces)) return [];
  return (found.NetworkInterfaces ?? []).map((one) => ({
    deleteOnTermination: one.Attachment?.DeleteOnTermination ?? false,
    deviceIndex: one.Attachment?.DeviceIndex ?? 0,
    networkCardIndex: one.Attachment?.NetworkCardIndex ?? 0,
    networkInterfaceId: one.NetworkInterfaceId,
  }));
}

/** Root and declared volumes; one that a VolumeAttachment brought belongs to that resource. */
async function volumes(call: Call, found: Instance): Promise<Props> {
  const ids = (found.BlockDeviceMappings ?? [])
    .map((mapping) => mapping.Ebs?.VolumeId)
    .filter(isSet) as string[];
  if (!ids.length) return { rootBlockDevice: undefined, ebsBlockDevices: call.inputs.ebsBlockDevices ?? [] };
  const { Volumes } = await call.ec2.describeVolumes({ VolumeIds: ids });
  const declared = new Set((call.inputs.ebsBlockDevices ?? []).map((device: any) => device.deviceName));
  const block = (name: string | undefined) => {
    const mapping = found.BlockDeviceMappings!.find((one) => one.DeviceName === name);
    const volume = Volumes?.find((one) => one.VolumeId === mapping?.Ebs?.VolumeId);
    if (!volume) return undefined;
    return {
      deleteOnTermination: mapping!.Ebs?.DeleteOnTermination ?? true,
      deviceName: name,
      encrypted: volume.Encrypted ?? false,
      iops: volume.Iops ?? 0,
      kmsKeyId: volume.KmsKeyId ?? "",
      tags: fromList(volume.Tags),
      throughput: volume.Throughput ?? 0,
      volumeId: volume.VolumeId,
      volumeSize: volume.Size,
      volumeType: volume.VolumeType,
    };
  };
  return {
    rootBlockDevice: block(found.RootDeviceName),
    ebsBlockDevices: [...declared].map((name) => block(name as string)),
  };
}

/** In the form the program used, so that a refresh shows only a real difference. */
function userData(live: string | undefined, { inputs, importing }: Call): Props {
  if (importing) return live ? { userData: Buffer.from(live, "base64").toString() } : {};
  if (isSet(inputs.userDataBase64)) return { userDataBase64: live ?? "" };
  if (!isSet(inputs.userData)) return {};
  const unchanged = encodeOnce(inputs.userData) === live;
  return { userData: unchanged ? inputs.userData : Buffer.from(live ?? "", "base64").toString() };
}
