import type { BlockDeviceMapping, RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import { unless } from "./errors";
import type { Call } from "./resource";
import { isSet, pascal } from "./shapes";
import { tagSpecifications, toList } from "./tags";
import { retrying } from "./wait";

/** How long a new instance profile may be unknown to EC2, s (upstream: IAM propagation). */
const IAM_SECONDS = 120;

/** Runs the instance; its id. */
export async function runInstance(call: Call): Promise<string> {
  const input = await launchInput(call);
  // A profile made a moment ago is not there for EC2 yet, nor is its role; an address may still be held by what was replaced.
  const run = () => call.ec2.runInstances(input);
  const byProfile = () =>
    retrying(["InvalidParameterValue"], IAM_SECONDS, call.signal, run, "IAM Instance Profile");
  const byRole = () =>
    retrying(["InvalidParameterValue"], IAM_SECONDS, call.signal, byProfile, "has no associated IAM Roles");
  return (await byRole()).Instances![0].InstanceId!;
}

async function launchInput(call: Call): Promise<RunInstancesCommandInput> {
  const { inputs } = call;
  const template = inputs.launchTemplate;
  const placement = { AvailabilityZone: inputs.availabilityZone, Tenancy: inputs.tenancy };
  return {
    MinCount: 1,
    MaxCount: 1,
    ImageId: inputs.ami,
    InstanceType: inputs.instanceType,
    BlockDeviceMappings: await blockDevices(call),
    DisableApiStop: inputs.disableApiStop,
    DisableApiTermination: inputs.disableApiTermination,
    EbsOptimized: inputs.ebsOptimized,
    IamInstanceProfile: isSet(inputs.iamInstanceProfile) ? { Name: inputs.iamInstanceProfile } : undefined,
    InstanceInitiatedShutdownBehavior: inputs.instanceInitiatedShutdownBehavior,
    KeyName: inputs.keyName,
    LaunchTemplate: template
      ? {
          LaunchTemplateId: template.id,
          LaunchTemplateName: template.name,
          Version: template.version ?? "$Default",
        }
      : undefined,
    MetadataOptions: isSet(inputs.metadataOptions) ? pascal(inputs.metadataOptions) : undefined,
    Monitoring: inputs.monitoring === undefined ? undefined : { Enabled: inputs.monitoring },
    Placement: Object.values(placement).some(isSet) ? placement : undefined,
    UserData: inputs.userData ? encodeOnce(inputs.userData) : inputs.userDataBase64,
    TagSpecifications: [
      ...(tagSpecifications(call, "instance") ?? []),
      ...(isSet(inputs.volumeTags)
        ? [{ ResourceType: "volume" as const, Tags: toList(inputs.volumeTags) }]
        : []),
    ],
    ...network(inputs),
  };
}

/** A pre-made interface; else one made by AWS, spelled out only where a public address is asked for or refused. */
function network(inputs: Record<string, any>): Partial<RunInstancesCommandInput> {
  const primary = inputs.primaryNetworkInterface && [{ ...inputs.primaryNetworkInterface, deviceIndex: 0 }];
  const premade: any[] = primary ?? inputs.networkInterfaces ?? [];
  if (premade.length) {
    return {
      NetworkInterfaces: premade.map((one) => ({
        DeleteOnTermination: one.deleteOnTermination ?? false,
        DeviceIndex: one.deviceIndex,
        NetworkCardIndex: one.networkCardIndex,
        NetworkInterfaceId: one.networkInterfaceId,
      })),
    };
  }
  const { subnetId: SubnetId, privateIp: PrivateIpAddress, vpcSecurityGroupIds: groups } = inputs;
  if (inputs.associatePublicIpAddress === undefined)
    return { SubnetId, PrivateIpAddress, SecurityGroupIds: groups };
  const AssociatePublicIpAddress = inputs.associatePublicIpAddress;
  return {
    NetworkInterfaces: [
      { DeviceIndex: 0, SubnetId, PrivateIpAddress, Groups: groups, AssociatePublicIpAddress },
    ],
  };
}

async function blockDevices(call: Call): Promise<BlockDeviceMapping[] | undefined> {
  const { inputs } = call;
  const mappings: BlockDeviceMapping[] = (inputs.ebsBlockDevices ?? []).map((device: any) => ({
    DeviceName: device.deviceName,
    Ebs: ebs(device),
  }));
  if (isSet(inputs.rootBlockDevice)) {
    mappings.unshift({ DeviceName: await rootDevice(call, inputs.ami), Ebs: ebs(inputs.rootBlockDevice) });
  }
  return mappings.length ? mappings : undefined;
}

function ebs(device: Record<string, any>) {
  return {
    DeleteOnTermination: device.deleteOnTermination ?? true,
    Encrypted: device.encrypted,
    Iops: device.iops,
    KmsKeyId: device.kmsKeyId,
    SnapshotId: device.snapshotId,
    Throughput: device.throughput,
    VolumeSize: device.volumeSize,
    VolumeType: device.volumeType,
  };
}

/** The image's root device, which a block device mapping must name. */
async function rootDevice(call: Call, image: string | undefined): Promise<string> {
  if (!image) throw new Error("rootBlockDevice with a launch template: say the image (ami) too");
  const answer = await unless(["InvalidAMIID.NotFound"], () =>
    call.ec2.describeImages({ ImageIds: [image] }),
  );
  const found = answer?.Images?.[0];
  if (!found) throw new Error(`no image ${image} in ${call.region}`);
  return found.RootDeviceName ?? "/dev/xvda";
}

/** Base64, unless it is that already (upstream leaves such text as it is). */
export function encodeOnce(text: string): string {
  const decoded = Buffer.from(text, "base64");
  return text !== "" && decoded.toString("base64") === text ? text : Buffer.from(text).toString("base64");
}
