import { unless } from "./errors";
import { runInstance } from "./instance-launch";
import { readInstance } from "./instance-read";
import { NO_INSTANCE, waitForInstance } from "./instance-state";
import { settleAttributes, updateInstance } from "./instance-update";
import type { Spec } from "./resource";
import { isSet } from "./shapes";
import { ec2Tags } from "./tags";

const USER_DATA = ["userData", "userDataBase64"];
/** Where the instance's own network settings stand; a pre-made interface brings its own. */
const NETWORK = ["associatePublicIpAddress", "privateIp", "subnetId", "vpcSecurityGroupIds"];

/**
 * Upstream: aws_instance. New user data restarts the instance, unless `userDataReplaceOnChange`; a new type stops and
 * starts it.
 */
export const instance: Spec = {
  inputs: [
    ...[
      "ami",
      "availabilityZone",
      "disableApiStop",
      "disableApiTermination",
      "ebsBlockDevices",
      "ebsOptimized",
    ],
    ...["forceDestroy", "iamInstanceProfile", "instanceInitiatedShutdownBehavior", "instanceType", "keyName"],
    ...["launchTemplate", "metadataOptions", "monitoring", "networkInterfaces", "primaryNetworkInterface"],
    ...[
      "rootBlockDevice",
      "sourceDestCheck",
      "tenancy",
      "userDataReplaceOnChange",
      "volumeTags",
      ...NETWORK,
      ...USER_DATA,
    ],
  ],
  defaults: { forceDestroy: false, userDataReplaceOnChange: false },
  filled: [
    ...[
      "ami",
      "associatePublicIpAddress",
      "availabilityZone",
      "disableApiStop",
      "disableApiTermination",
      "ebsOptimized",
    ],
    ...[
      "ebsBlockDevices",
      "iamInstanceProfile",
      "instanceInitiatedShutdownBehavior",
      "instanceType",
      "keyName",
    ],
    ...[
      "metadataOptions",
      "monitoring",
      "networkInterfaces",
      "primaryNetworkInterface",
      "privateIp",
      "rootBlockDevice",
    ],
    ...["sourceDestCheck", "subnetId", "tenancy", "vpcSecurityGroupIds"],
  ],
  sets: ["vpcSecurityGroupIds"],
  conflicts: [
    ["userData", "userDataBase64"],
    ["networkInterfaces", "primaryNetworkInterface"],
    ...NETWORK.flatMap((name) => [
      ["networkInterfaces", name],
      ["primaryNetworkInterface", name],
    ]),
  ],
  validate: (inputs) =>
    ["ami", "instanceType"]
      .filter((name) => !isSet(inputs[name]) && !isSet(inputs.launchTemplate))
      .map((property) => ({ property, reason: `one of ${property} and launchTemplate must be given` })),
  replaceOn: [
    ...["ami", "associatePublicIpAddress", "availabilityZone", "ebsBlockDevices", "ebsOptimized", "keyName"],
    ...[
      "launchTemplate.id",
      "launchTemplate.name",
      "networkInterfaces",
      "primaryNetworkInterface.networkInterfaceId",
    ],
    ...["privateIp", "rootBlockDevice.encrypted", "rootBlockDevice.kmsKeyId", "subnetId", "tenancy"],
  ],
  replaceIf: (_, news) => (news.userDataReplaceOnChange ? USER_DATA : []),
  computed: [
    ...["arn", "capacityReservationSpecification", "cpuOptions", "enclaveOptions", "ephemeralBlockDevices"],
    ...[
      "getPasswordData",
      "hostId",
      "instanceLifecycle",
      "instanceState",
      "ipv6AddressCount",
      "ipv6Addresses",
    ],
    ...["maintenanceOptions", "outpostArn", "passwordData", "placementGroup", "placementPartitionNumber"],
    ...["primaryNetworkInterfaceId", "privateDns", "privateDnsNameOptions", "publicDns", "publicIp"],
    ...["secondaryPrivateIps", "securityGroups", "spotInstanceRequestId"],
  ],
  volatile: (changed) => (changed("instanceType", ...USER_DATA) ? ["publicDns", "publicIp"] : []),
  tags: ec2Tags,
  create: runInstance,
  async settle(call) {
    await waitForInstance(call, call.id, ["running"], call.seconds(600));
    await settleAttributes(call);
  },
  read: readInstance,
  update: updateInstance,
  async delete(call) {
    const { ec2, id, inputs } = call;
    if (inputs.forceDestroy && inputs.disableApiTermination) {
      await unless(NO_INSTANCE, () =>
        ec2.modifyInstanceAttribute({ InstanceId: id, DisableApiTermination: { Value: false } }),
      );
    }
    const answer = await unless(NO_INSTANCE, () => ec2.terminateInstances({ InstanceIds: [id] }));
    if (answer) await waitForInstance(call, id, ["terminated"], call.seconds(1200));
  },
};
