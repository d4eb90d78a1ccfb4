import type { ResponseLaunchTemplateData } from "@aws-sdk/client-ec2";
import type { Props } from "../runtime/types";
import { arn } from "./arn";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { camel, filters, isSet, pascal } from "./shapes";
import { ec2Tags, fromList, tagSpecifications, toList } from "./tags";

const GONE = [
  "InvalidLaunchTemplateId.NotFound",
  "InvalidLaunchTemplateId.NotFoundException",
  "InvalidLaunchTemplateName.NotFoundException",
];

/** What a version holds; a change of any makes a new version. */
const DATA = [
  ...[
    "blockDeviceMappings",
    "creditSpecification",
    "disableApiStop",
    "disableApiTermination",
    "ebsOptimized",
  ],
  ...[
    "iamInstanceProfile",
    "imageId",
    "instanceInitiatedShutdownBehavior",
    "instanceType",
    "keyName",
    "metadataOptions",
  ],
  ...["monitoring", "networkInterfaces", "placement", "securityGroupNames", "tagSpecifications", "userData"],
  "vpcSecurityGroupIds",
];
const NEW_VERSION = [...DATA, "description"];

/** Upstream: aws_launch_template. `latestVersion` moves with every change of the data, `defaultVersion` only if asked. */
export const launchTemplate: Spec = {
  inputs: ["defaultVersion", "description", "name", "updateDefaultVersion", ...DATA],
  autoname: { property: "name", maxLength: 125 },
  filled: ["defaultVersion", "metadataOptions"],
  sets: ["securityGroupNames", "vpcSecurityGroupIds"],
  conflicts: [
    ["defaultVersion", "updateDefaultVersion"],
    ["securityGroupNames", "vpcSecurityGroupIds"],
  ],
  replaceOn: ["name"],
  computed: ["arn", "latestVersion", "namePrefix"],
  volatile: (changed) => (changed(...NEW_VERSION) ? ["latestVersion"] : []),
  tags: ec2Tags,
  async create(call) {
    const { LaunchTemplate } = await call.ec2.createLaunchTemplate({
      LaunchTemplateName: call.inputs.name,
      VersionDescription: call.inputs.description,
      LaunchTemplateData: templateData(call.inputs),
      TagSpecifications: tagSpecifications(call, "launch-template"),
    });
    return LaunchTemplate!.LaunchTemplateId!;
  },
  async read(call) {
    const found = await findTemplate(call);
    if (!found) return undefined;
    const LaunchTemplateId = call.id;
    const answer = await call.ec2.describeLaunchTemplateVersions({
      LaunchTemplateId,
      Versions: [String(found.LatestVersionNumber)],
    });
    const version = answer.LaunchTemplateVersions?.[0];
    const tags = await call.ec2.describeTags({ Filters: filters({ "resource-id": LaunchTemplateId }) });
    return {
      ...templateInputs(version?.LaunchTemplateData),
      arn: await arn(call, "ec2", `launch-template/${call.id}`),
      defaultVersion: found.DefaultVersionNumber,
      description: version?.VersionDescription,
      latestVersion: found.LatestVersionNumber,
      name: found.LaunchTemplateName,
      namePrefix: "",
      tagsAll: fromList(tags.Tags),
    };
  },
  async update(call) {
    const { ec2, id: LaunchTemplateId, inputs, changed } = call;
    let latest: number | undefined;
    if (changed(...NEW_VERSION)) {
      const { LaunchTemplateVersion } = await ec2.createLaunchTemplateVersion({
        LaunchTemplateId,
        VersionDescription: inputs.description,
        LaunchTemplateData: templateData(inputs),
      });
      latest = LaunchTemplateVersion!.VersionNumber;
    }
    const wanted = inputs.updateDefaultVersion ? (latest ?? call.state.latestVersion) : inputs.defaultVersion;
    if (isSet(wanted) && wanted !== call.state.defaultVersion) {
      await ec2.modifyLaunchTemplate({ LaunchTemplateId, DefaultVersion: String(wanted) });
    }
  },
  async delete(call) {
    await unless(GONE, () => call.ec2.deleteLaunchTemplate({ LaunchTemplateId: call.id }));
  },
};

async function findTemplate({ ec2, id }: Call) {
  const call = () => ec2.describeLaunchTemplates({ LaunchTemplateIds: [id] });
  return (await unless(GONE, call))?.LaunchTemplates?.[0];
}

/** AWS's booleans that Terraform, hence Pulumi, writes as text ("" = not said). */
function flag(value: unknown): boolean | undefined {
  return isSet(value) ? String(value) === "true" : undefined;
}

function templateData(inputs: Props): any {
  return {
    ...pascal({
      creditSpecification: inputs.creditSpecification,
      iamInstanceProfile: inputs.iamInstanceProfile,
      metadataOptions: inputs.metadataOptions,
      monitoring: inputs.monitoring,
      placement: inputs.placement,
    }),
    BlockDeviceMappings: inputs.blockDeviceMappings?.map((device: Props) => ({
      ...pascal({
        deviceName: device.deviceName,
        noDevice: device.noDevice,
        virtualName: device.virtualName,
      }),
      Ebs: device.ebs && {
        ...pascal(device.ebs),
        DeleteOnTermination: flag(device.ebs.deleteOnTermination),
        Encrypted: flag(device.ebs.encrypted),
      },
    })),
    DisableApiStop: inputs.disableApiStop,
    DisableApiTermination: inputs.disableApiTermination,
    EbsOptimized: flag(inputs.ebsOptimized),
    ImageId: inputs.imageId,
    InstanceInitiatedShutdownBehavior: inputs.instanceInitiatedShutdownBehavior,
    InstanceType: inputs.instanceType,
    KeyName: inputs.keyName,
    NetworkInterfaces: inputs.networkInterfaces?.map((one: Props) => ({
      ...pascal({ ...one, securityGroups: undefined }),
      AssociatePublicIpAddress: flag(one.associatePublicIpAddress),
      DeleteOnTermination: flag(one.deleteOnTermination),
      Groups: one.securityGroups,
    })),
    SecurityGroups: inputs.securityGroupNames,
    SecurityGroupIds: inputs.vpcSecurityGroupIds,
    TagSpecifications: inputs.tagSpecifications?.map((one: Props) => ({
      ResourceType: one.resourceType,
      Tags: toList(one.tags ?? {}),
    })),
    UserData: inputs.userData,
  };
}

function templateInputs(data: ResponseLaunchTemplateData | undefined): Props {
  if (!data) return {};
  const text = (value: boolean | undefined) => (value === undefined ? "" : String(value));
  return {
    blockDeviceMappings: data.BlockDeviceMappings?.map((device) => ({
      ...camel({ DeviceName: device.DeviceName, NoDevice: device.NoDevice, VirtualName: device.VirtualName }),
      ebs: device.Ebs && {
        ...camel(device.Ebs),
        deleteOnTermination: text(device.Ebs.DeleteOnTermination),
        encrypted: text(device.Ebs.Encrypted),
      },
    })),
    creditSpecification: camel(data.CreditSpecification),
    disableApiStop: data.DisableApiStop,
    disableApiTermination: data.DisableApiTermination,
    ebsOptimized: data.EbsOptimized === undefined ? undefined : text(data.EbsOptimized),
    iamInstanceProfile: camel(data.IamInstanceProfile),
    imageId: data.ImageId,
    instanceInitiatedShutdownBehavior: data.InstanceInitiatedShutdownBehavior,
    instanceType: data.InstanceType,
    keyName: data.KeyName,
    metadataOptions: data.MetadataOptions && camel({ ...data.MetadataOptions, State: undefined }),
    monitoring: data.Monitoring && { enabled: data.Monitoring.Enabled ?? false },
    networkInterfaces: data.NetworkInterfaces?.map((one) => ({
      ...camel({
        ...one,
        Groups: undefined,
        AssociatePublicIpAddress: undefined,
        DeleteOnTermination: undefined,
      }),
      associatePublicIpAddress: text(one.AssociatePublicIpAddress),
      deleteOnTermination: text(one.DeleteOnTermination),
      securityGroups: one.Groups ?? [],
    })),
    placement: camel(data.Placement),
    securityGroupNames: data.SecurityGroups,
    // The template's own tags are no part of what it launches.
    tagSpecifications: data.TagSpecifications?.filter((one) => one.ResourceType !== "launch-template").map(
      (one) => ({
        resourceType: one.ResourceType,
        tags: fromList(one.Tags),
      }),
    ),
    userData: data.UserData,
    vpcSecurityGroupIds: data.SecurityGroupIds,
  };
}
