import { crc32 } from "node:zlib";
import { arn } from "./arn";
import { isCode, unless } from "./errors";
import { instanceState, stopInstance, waitForInstance } from "./instance-state";
import type { Call, Spec } from "./resource";
import { filters } from "./shapes";
import { ec2Tags, fromList, tagSpecifications } from "./tags";
import { retrying, untilGone, untilState } from "./wait";

const GONE = ["InvalidVolume.NotFound"];

/** Upstream: aws_ebs_volume. */
export const volume: Spec = {
  inputs: [
    ...[
      "availabilityZone",
      "encrypted",
      "finalSnapshot",
      "iops",
      "kmsKeyId",
      "multiAttachEnabled",
      "size",
      "snapshotId",
    ],
    ...["throughput", "type"],
  ],
  required: ["availabilityZone"],
  defaults: { finalSnapshot: false },
  filled: ["encrypted", "iops", "kmsKeyId", "size", "snapshotId", "throughput", "type"],
  replaceOn: ["availabilityZone", "encrypted", "kmsKeyId", "multiAttachEnabled", "snapshotId"],
  computed: ["arn", "createTime", "outpostArn", "volumeInitializationRate"],
  tags: ec2Tags,
  validate: ({ size, snapshotId, finalSnapshot }) => [
    ...(size === undefined && snapshotId === undefined
      ? [{ property: "size", reason: "one of size and snapshotId must be given" }]
      : []),
    ...(finalSnapshot
      ? [{ property: "finalSnapshot", reason: "the sandbox's aws provider makes no final snapshot" }]
      : []),
  ],
  async create(call) {
    const { inputs } = call;
    const { VolumeId } = await call.ec2.createVolume({
      AvailabilityZone: inputs.availabilityZone,
      Encrypted: inputs.encrypted,
      Iops: inputs.iops,
      KmsKeyId: inputs.kmsKeyId,
      MultiAttachEnabled: inputs.multiAttachEnabled,
      Size: inputs.size,
      SnapshotId: inputs.snapshotId,
      Throughput: inputs.throughput,
      VolumeType: inputs.type,
      TagSpecifications: tagSpecifications(call, "volume"),
    });
    return VolumeId!;
  },
  async settle(call) {
    const state = async () => (await findVolume(call, call.id))?.State;
    await untilState(
      `volume ${call.id}`,
      call.seconds(300),
      call.signal,
      ["available", "in-use"],
      ["creating"],
      state,
    );
  },
  async read(call) {
    const found = await findVolume(call, call.id);
    if (!found) return undefined;
    return {
      arn: await arn(call, "ec2", `volume/${call.id}`),
      availabilityZone: found.AvailabilityZone,
      createTime: found.CreateTime?.toISOString(),
      encrypted: found.Encrypted ?? false,
      iops: found.Iops ?? 0,
      kmsKeyId: found.KmsKeyId ?? "",
      multiAttachEnabled: found.MultiAttachEnabled ?? false,
      outpostArn: found.OutpostArn ?? "",
      size: found.Size,
      snapshotId: found.SnapshotId ?? "",
      tagsAll: fromList(found.Tags),
      throughput: found.Throughput ?? 0,
      type: found.VolumeType,
      volumeInitializationRate: 0,
    };
  },
  async update(call) {
    if (!call.changed("iops", "size", "throughput", "type")) return;
    const { iops: Iops, size: Size, throughput: Throughput, type: VolumeType } = call.inputs;
    await call.ec2.modifyVolume({ VolumeId: call.id, Iops, Size, Throughput, VolumeType });
    const state = async () => {
      const answer = await call.ec2.describeVolumesModifications({ VolumeIds: [call.id] });
      return answer.VolumesModifications?.[0]?.ModificationState;
    };
    const done = ["completed", "optimizing"];
    await untilState(
      `modification of volume ${call.id}`,
      call.seconds(300),
      call.signal,
      done,
      ["modifying"],
      state,
    );
  },
  async delete(call) {
    const remove = () => unless(GONE, () => call.ec2.deleteVolume({ VolumeId: call.id }));
    await retrying(["VolumeInUse"], call.seconds(600), call.signal, remove);
    await untilGone(`volume ${call.id}`, 300, call.signal, async () => {
      const state = (await findVolume(call, call.id))?.State;
      return state && state !== "deleted";
    });
  },
};

async function findVolume({ ec2 }: Call, id: string) {
  return (await unless(GONE, () => ec2.describeVolumes({ VolumeIds: [id] })))?.Volumes?.[0];
}

/** Upstream: aws_volume_attachment. */
export const volumeAttachment: Spec = {
  inputs: [
    "deviceName",
    "forceDetach",
    "instanceId",
    "skipDestroy",
    "stopInstanceBeforeDetaching",
    "volumeId",
  ],
  required: ["deviceName", "instanceId", "volumeId"],
  replaceOn: ["deviceName", "instanceId", "volumeId"],
  computed: [],
  imported: (id) => {
    const [deviceName, volumeId, instanceId] = id.split(":");
    if (!instanceId)
      throw new Error(`import of a volume attachment: ${id} is not <device>:<volume id>:<instance id>`);
    return { deviceName, volumeId, instanceId };
  },
  async create(call) {
    const { deviceName: Device, instanceId: InstanceId, volumeId: VolumeId } = call.inputs;
    await waitForInstance(call, InstanceId, ["running", "stopped"], 600);
    if (!(await findAttachment(call))) {
      const attach = () => call.ec2.attachVolume({ Device, InstanceId, VolumeId });
      await retrying(["IncorrectState"], 120, call.signal, attach, "pending");
    }
    return `vai-${crc32(`${Device}-${InstanceId}-${VolumeId}-`)}`;
  },
  async settle(call) {
    const state = async () => (await findAttachment(call))?.State;
    const what = `attachment of ${call.inputs.volumeId} to ${call.inputs.instanceId}`;
    await untilState(what, call.seconds(300), call.signal, ["attached"], ["attaching"], state);
  },
  async read(call) {
    const found = await findAttachment(call);
    return found && { deviceName: found.Device, instanceId: found.InstanceId, volumeId: found.VolumeId };
  },
  async update() {
    // forceDetach, skipDestroy and stopInstanceBeforeDetaching say only how to delete.
  },
  async delete(call) {
    const { deviceName: Device, instanceId: InstanceId, volumeId: VolumeId } = call.inputs;
    if (call.inputs.skipDestroy) return;
    if (call.inputs.stopInstanceBeforeDetaching && (await instanceState(call, InstanceId)) === "running") {
      await stopInstance(call, InstanceId, call.seconds(300));
    }
    try {
      const Force = call.inputs.forceDetach;
      await unless(GONE, () => call.ec2.detachVolume({ Device, InstanceId, VolumeId, Force }));
    } catch (error) {
      // A terminated instance has let the volume go: AWS then calls the volume "available" and refuses.
      if (!isCode(error, "IncorrectState", "InvalidAttachment.NotFound") || (await findAttachment(call)))
        throw error;
    }
    const what = `attachment of ${VolumeId} to ${InstanceId}`;
    await untilGone(what, call.seconds(300), call.signal, () => findAttachment(call));
  },
};

async function findAttachment(call: Call) {
  const { deviceName, instanceId, volumeId } = call.inputs;
  const Filters = filters({ "attachment.device": deviceName, "attachment.instance-id": instanceId });
  const found = await unless(GONE, () => call.ec2.describeVolumes({ VolumeIds: [volumeId], Filters }));
  const attachments = found?.Volumes?.[0]?.Attachments ?? [];
  return attachments.find(
    (one) =>
      one.InstanceId === instanceId && (one.Device ?? deviceName) === deviceName && one.State !== "detached",
  );
}
