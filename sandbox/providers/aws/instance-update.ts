import { encodeOnce } from "./instance-launch";
import { findInstance, startInstance, stopInstance } from "./instance-state";
import type { Call } from "./resource";
import { filters, isSet, pascal } from "./shapes";
import { tagChanges, toList } from "./tags";
import { retrying, until } from "./wait";

/** What RunInstances cannot set. */
export async function settleAttributes(call: Call): Promise<void> {
  const { ec2, id: InstanceId, inputs } = call;
  const ownInterface = !isSet(inputs.networkInterfaces) && !isSet(inputs.primaryNetworkInterface);
  if (inputs.sourceDestCheck === false && ownInterface) {
    await ec2.modifyInstanceAttribute({ InstanceId, SourceDestCheck: { Value: false } });
  }
  if (isSet(inputs.rootBlockDevice?.tags)) {
    const root = await rootVolume(call);
    if (root) await ec2.createTags({ Resources: [root], Tags: toList(inputs.rootBlockDevice.tags) });
  }
}

/** Changes in place, those first that need no stop. */
export async function updateInstance(call: Call): Promise<void> {
  const { ec2, id: InstanceId, inputs, changed } = call;
  if (changed("iamInstanceProfile")) await profile(call);
  if (changed("vpcSecurityGroupIds")) {
    const primary = (await findInstance(call, InstanceId))?.NetworkInterfaces?.[0]?.NetworkInterfaceId;
    if (!primary)
      throw new Error(`instance ${InstanceId} has no interface whose security groups could change`);
    await ec2.modifyNetworkInterfaceAttribute({
      NetworkInterfaceId: primary,
      Groups: inputs.vpcSecurityGroupIds,
    });
  }
  if (changed("sourceDestCheck")) {
    await ec2.modifyInstanceAttribute({
      InstanceId,
      SourceDestCheck: { Value: inputs.sourceDestCheck ?? true },
    });
  }
  if (changed("disableApiStop")) {
    await ec2.modifyInstanceAttribute({ InstanceId, DisableApiStop: { Value: inputs.disableApiStop } });
  }
  if (changed("disableApiTermination")) {
    await ec2.modifyInstanceAttribute({
      InstanceId,
      DisableApiTermination: { Value: inputs.disableApiTermination },
    });
  }
  if (changed("instanceInitiatedShutdownBehavior")) {
    const Value = inputs.instanceInitiatedShutdownBehavior;
    await ec2.modifyInstanceAttribute({ InstanceId, InstanceInitiatedShutdownBehavior: { Value } });
  }
  if (changed("monitoring")) {
    if (inputs.monitoring) await ec2.monitorInstances({ InstanceIds: [InstanceId] });
    else await ec2.unmonitorInstances({ InstanceIds: [InstanceId] });
  }
  if (changed("metadataOptions")) await metadata(call);
  if (changed("rootBlockDevice")) await rootDevice(call);
  if (changed("volumeTags")) await volumeTags(call);
  if (changed("instanceType", "userData", "userDataBase64")) await stopped(call);
}

/** Type and user data change only while the instance is stopped. */
async function stopped(call: Call): Promise<void> {
  const { ec2, id: InstanceId, inputs, changed } = call;
  const running = (await findInstance(call, InstanceId))?.State?.Name !== "stopped";
  if (running) await stopInstance(call, InstanceId, call.seconds(600));
  if (changed("instanceType")) {
    await ec2.modifyInstanceAttribute({ InstanceId, InstanceType: { Value: inputs.instanceType } });
  }
  if (changed("userData", "userDataBase64")) {
    const text: string = inputs.userData ? encodeOnce(inputs.userData) : (inputs.userDataBase64 ?? "");
    await ec2.modifyInstanceAttribute({ InstanceId, UserData: { Value: Buffer.from(text, "base64") } });
  }
  if (running) await startInstance(call, InstanceId, call.seconds(600));
}

async function profile(call: Call): Promise<void> {
  const { ec2, id, inputs } = call;
  const Filters = filters({ "instance-id": id });
  const { IamInstanceProfileAssociations } = await ec2.describeIamInstanceProfileAssociations({ Filters });
  const AssociationId = IamInstanceProfileAssociations?.find((one) =>
    one.State?.startsWith("associat"),
  )?.AssociationId;
  const IamInstanceProfile = { Name: inputs.iamInstanceProfile };
  await retrying(
    ["InvalidParameterValue"],
    120,
    call.signal,
    async () => {
      if (AssociationId && isSet(inputs.iamInstanceProfile)) {
        await ec2.replaceIamInstanceProfileAssociation({ AssociationId, IamInstanceProfile });
      } else if (AssociationId) await ec2.disassociateIamInstanceProfile({ AssociationId });
      else await ec2.associateIamInstanceProfile({ InstanceId: id, IamInstanceProfile });
    },
    "IAM Instance Profile",
  );
}

async function metadata(call: Call): Promise<void> {
  await call.ec2.modifyInstanceMetadataOptions({
    InstanceId: call.id,
    ...pascal(call.inputs.metadataOptions),
  });
  await until(`metadata options of ${call.id} to apply`, 600, call.signal, async () => {
    const state = (await findInstance(call, call.id))?.MetadataOptions?.State;
    return state === undefined || state === "applied" ? true : undefined;
  });
}

async function rootVolume(call: Call): Promise<string | undefined> {
  const found = await findInstance(call, call.id);
  return found?.BlockDeviceMappings?.find((one) => one.DeviceName === found.RootDeviceName)?.Ebs?.VolumeId;
}

async function rootDevice(call: Call): Promise<void> {
  const VolumeId = await rootVolume(call);
  if (!VolumeId) throw new Error(`instance ${call.id} has no root volume to change`);
  const [old, wanted] = [call.state.rootBlockDevice ?? {}, call.inputs.rootBlockDevice ?? {}];
  const names = ["iops", "throughput", "volumeSize", "volumeType"];
  if (names.some((name) => wanted[name] !== undefined && wanted[name] !== old[name])) {
    const { iops: Iops, throughput: Throughput, volumeSize: Size, volumeType: VolumeType } = wanted;
    await call.ec2.modifyVolume({ VolumeId, Iops, Throughput, Size, VolumeType });
  }
  if (wanted.deleteOnTermination !== undefined && wanted.deleteOnTermination !== old.deleteOnTermination) {
    const DeviceName = (await findInstance(call, call.id))!.RootDeviceName;
    const BlockDeviceMappings = [{ DeviceName, Ebs: { DeleteOnTermination: wanted.deleteOnTermination } }];
    await call.ec2.modifyInstanceAttribute({ InstanceId: call.id, BlockDeviceMappings });
  }
  if (wanted.tags) await retag(call, [VolumeId], old.tags ?? {}, wanted.tags);
}

async function volumeTags(call: Call): Promise<void> {
  const found = await findInstance(call, call.id);
  const ids = (found?.BlockDeviceMappings ?? []).map((one) => one.Ebs?.VolumeId).filter(isSet) as string[];
  if (ids.length) await retag(call, ids, call.state.volumeTags ?? {}, call.inputs.volumeTags ?? {});
}

async function retag(
  call: Call,
  Resources: string[],
  olds: Record<string, string>,
  news: Record<string, string>,
): Promise<void> {
  const { set, removed } = tagChanges(olds, news);
  if (removed.length) {
    await call.ec2.deleteTags({ Resources, Tags: removed.map((Key) => ({ Key })) });
  }
  if (Object.keys(set).length) await call.ec2.createTags({ Resources, Tags: toList(set) });
}
