import type { Filter, Image } from "@aws-sdk/client-ec2";
import type { Props } from "../runtime/types";
import { arn, partition } from "./arn";
import { services } from "./clients";
import type { Function } from "./functions";
import { camel, filters } from "./shapes";
import { fromList } from "./tags";

/** Look-ups in EC2, by the tokens the SDK calls. */
export function ec2Functions(regionOf: (args: Props) => string): Record<string, Function> {
  const at = (args: Props, ctx: Parameters<Function>[1]) => ({
    ...services(regionOf(args), ctx.signal),
    region: regionOf(args),
  });

  const getAvailabilityZones: Function = async (args, ctx) => {
    const { ec2, region } = at(args, ctx);
    const { AvailabilityZones } = await ec2.describeAvailabilityZones({
      AllAvailabilityZones: args.allAvailabilityZones,
      Filters: [...filters({ state: args.state }), ...asked(args)],
    });
    const zones = (AvailabilityZones ?? [])
      .filter(
        (zone) => !args.excludeNames?.includes(zone.ZoneName) && !args.excludeZoneIds?.includes(zone.ZoneId),
      )
      .sort((a, b) => a.ZoneName!.localeCompare(b.ZoneName!));
    return {
      ...args,
      id: region,
      groupNames: [...new Set(zones.map((zone) => zone.GroupName ?? region))],
      names: zones.map((zone) => zone.ZoneName),
      region,
      zoneIds: zones.map((zone) => zone.ZoneId),
    };
  };

  const getAmi: Function = async (args, ctx) => {
    const { ec2, region } = at(args, ctx);
    const { Images } = await ec2.describeImages({
      ExecutableUsers: args.executableUsers,
      Filters: asked(args),
      IncludeDeprecated: args.includeDeprecated,
      Owners: args.owners,
    });
    const pattern = args.nameRegex && new RegExp(args.nameRegex);
    const found = (Images ?? []).filter((image) => !pattern || pattern.test(image.Name ?? ""));
    if (!found.length) throw new Error(`ec2.getAmi in ${region}: no image fits; change the search criteria`);
    if (found.length > 1 && !args.mostRecent) {
      throw new Error(
        `ec2.getAmi in ${region}: ${found.length} images fit; narrow the search or set mostRecent`,
      );
    }
    const [image] = found.sort((a, b) => (b.CreationDate ?? "").localeCompare(a.CreationDate ?? ""));
    return { ...args, ...imageResult(image, region) };
  };

  const getInstanceTypeOfferings: Function = async (args, ctx) => {
    const { ec2, region } = at(args, ctx);
    const offerings: { InstanceType?: string; LocationType?: string; Location?: string }[] = [];
    for (let NextToken: string | undefined, page = 0; page < 100; page++) {
      const answer = await ec2.describeInstanceTypeOfferings({
        Filters: asked(args),
        LocationType: args.locationType,
        NextToken,
      });
      offerings.push(...(answer.InstanceTypeOfferings ?? []));
      NextToken = answer.NextToken;
      if (!NextToken) break;
    }
    return {
      ...args,
      id: region,
      instanceTypes: offerings.map((one) => one.InstanceType),
      locationTypes: offerings.map((one) => one.LocationType),
      locations: offerings.map((one) => one.Location),
      region,
    };
  };

  const getInstanceType: Function = async (args, ctx) => {
    const { ec2, region } = at(args, ctx);
    const { InstanceTypes } = await ec2.describeInstanceTypes({ InstanceTypes: [args.instanceType] });
    const type = InstanceTypes?.[0];
    if (!type) throw new Error(`ec2.getInstanceType in ${region}: no type ${args.instanceType}`);
    return {
      id: args.instanceType,
      instanceType: args.instanceType,
      region,
      bareMetal: type.BareMetal ?? false,
      burstablePerformanceSupported: type.BurstablePerformanceSupported ?? false,
      currentGeneration: type.CurrentGeneration ?? false,
      defaultCores: type.VCpuInfo?.DefaultCores,
      defaultThreadsPerCore: type.VCpuInfo?.DefaultThreadsPerCore,
      defaultVcpus: type.VCpuInfo?.DefaultVCpus,
      ebsOptimizedSupport: type.EbsInfo?.EbsOptimizedSupport,
      freeTierEligible: type.FreeTierEligible ?? false,
      hypervisor: type.Hypervisor,
      ipv6Supported: type.NetworkInfo?.Ipv6Supported ?? false,
      maximumIpv4AddressesPerInterface: type.NetworkInfo?.Ipv4AddressesPerInterface,
      maximumNetworkInterfaces: type.NetworkInfo?.MaximumNetworkInterfaces,
      memorySize: type.MemoryInfo?.SizeInMiB,
      networkPerformance: type.NetworkInfo?.NetworkPerformance,
      supportedArchitectures: type.ProcessorInfo?.SupportedArchitectures ?? [],
      sustainedClockSpeed: type.ProcessorInfo?.SustainedClockSpeedInGhz,
    };
  };

  const getVpc: Function = async (args, ctx) => {
    const call = at(args, ctx);
    const isDefault = args.default === undefined ? undefined : String(args.default);
    const wanted = {
      "is-default": isDefault,
      cidr: args.cidrBlock,
      "dhcp-options-id": args.dhcpOptionsId,
      state: args.state,
    };
    const Filters = [...filters(wanted), ...tagFilters(args.tags), ...asked(args)];
    const { Vpcs } = await call.ec2.describeVpcs({ VpcIds: args.id ? [args.id] : undefined, Filters });
    if (Vpcs?.length !== 1)
      throw new Error(
        `ec2.getVpc in ${call.region}: ${Vpcs?.length ?? 0} VPCs fit; there must be exactly one`,
      );
    const [vpc] = Vpcs;
    const main = await call.ec2.describeRouteTables({
      Filters: filters({ "vpc-id": vpc.VpcId, "association.main": "true" }),
    });
    return {
      ...args,
      id: vpc.VpcId,
      arn: await arn(call, "ec2", `vpc/${vpc.VpcId}`, vpc.OwnerId),
      cidrBlock: vpc.CidrBlock,
      cidrBlockAssociations: (vpc.CidrBlockAssociationSet ?? []).map((one) => ({
        associationId: one.AssociationId,
        cidrBlock: one.CidrBlock,
        state: one.CidrBlockState?.State,
      })),
      default: vpc.IsDefault ?? false,
      dhcpOptionsId: vpc.DhcpOptionsId,
      instanceTenancy: vpc.InstanceTenancy,
      mainRouteTableId: main.RouteTables?.[0]?.RouteTableId,
      ownerId: vpc.OwnerId,
      region: call.region,
      state: vpc.State,
      tags: fromList(vpc.Tags),
    };
  };

  const getSubnets: Function = async (args, ctx) => {
    const { ec2, region } = at(args, ctx);
    const { Subnets } = await ec2.describeSubnets({ Filters: [...tagFilters(args.tags), ...asked(args)] });
    return {
      ...args,
      id: region,
      ids: (Subnets ?? []).map((one) => one.SubnetId),
      region,
      tags: args.tags ?? {},
    };
  };

  return {
    "aws:index/getAvailabilityZones:getAvailabilityZones": getAvailabilityZones,
    "aws:ec2/getAmi:getAmi": getAmi,
    "aws:ec2/getInstanceType:getInstanceType": getInstanceType,
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": getInstanceTypeOfferings,
    "aws:ec2/getSubnets:getSubnets": getSubnets,
    "aws:ec2/getVpc:getVpc": getVpc,
  };
}

/** The caller's own `filters` argument. */
function asked(args: Props): Filter[] {
  return (args.filters ?? []).map(({ name, values }: Props) => ({ Name: name, Values: values }));
}

function tagFilters(tags: Record<string, string> | undefined): Filter[] {
  return Object.entries(tags ?? {}).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
}

function imageResult(image: Image, region: string): Props {
  const mappings = image.BlockDeviceMappings ?? [];
  const root = mappings.find((one) => one.DeviceName === image.RootDeviceName);
  const text = (block: object | undefined) =>
    Object.fromEntries(Object.entries(camel(block ?? {})).map(([key, value]) => [key, String(value)]));
  return {
    id: image.ImageId,
    architecture: image.Architecture,
    arn: `arn:${partition(region)}:ec2:${region}::image/${image.ImageId}`,
    blockDeviceMappings: mappings.map((one) => ({
      deviceName: one.DeviceName ?? "",
      ebs: text(one.Ebs),
      noDevice: one.NoDevice ?? "",
      virtualName: one.VirtualName ?? "",
    })),
    bootMode: image.BootMode ?? "",
    creationDate: image.CreationDate ?? "",
    deprecationTime: image.DeprecationTime ?? "",
    description: image.Description ?? "",
    enaSupport: image.EnaSupport ?? false,
    hypervisor: image.Hypervisor ?? "",
    imageId: image.ImageId,
    imageLocation: image.ImageLocation ?? "",
    imageOwnerAlias: image.ImageOwnerAlias ?? "",
    imageType: image.ImageType ?? "machine",
    imdsSupport: image.ImdsSupport ?? "",
    kernelId: image.KernelId ?? "",
    lastLaunchedTime: image.LastLaunchedTime ?? "",
    name: image.Name ?? "",
    ownerId: image.OwnerId ?? "",
    platform: image.Platform ?? "",
    platformDetails: image.PlatformDetails ?? "",
    productCodes: [],
    public: image.Public ?? false,
    ramdiskId: image.RamdiskId ?? "",
    region,
    rootDeviceName: image.RootDeviceName ?? "",
    rootDeviceType: image.RootDeviceType ?? "",
    rootSnapshotId: root?.Ebs?.SnapshotId ?? "",
    sriovNetSupport: image.SriovNetSupport ?? "",
    state: image.State ?? "",
    stateReason: image.StateReason ? camel(image.StateReason) : { code: "UNSET", message: "UNSET" },
    tags: fromList(image.Tags),
    tpmSupport: image.TpmSupport ?? "",
    usageOperation: image.UsageOperation ?? "",
    virtualizationType: image.VirtualizationType ?? "",
  };
}
