import { arn } from "./arn";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { filters } from "./shapes";
import { ec2Tags, fromList, tagSpecifications } from "./tags";
import { retrying, until, untilGone, untilState } from "./wait";

/** Upstream: aws_vpc. */
export const vpc: Spec = {
  inputs: [
    "cidrBlock",
    "enableDnsHostnames",
    "enableDnsSupport",
    "enableNetworkAddressUsageMetrics",
    "instanceTenancy",
  ],
  required: ["cidrBlock"],
  defaults: { enableDnsSupport: true, instanceTenancy: "default" },
  filled: ["enableDnsHostnames", "enableNetworkAddressUsageMetrics"],
  replaceOn: ["cidrBlock"],
  replaceIf: (olds, news) =>
    olds.instanceTenancy === "default" && news.instanceTenancy === "dedicated" ? ["instanceTenancy"] : [],
  computed: [
    ...[
      "arn",
      "assignGeneratedIpv6CidrBlock",
      "defaultNetworkAclId",
      "defaultRouteTableId",
      "defaultSecurityGroupId",
    ],
    ...[
      "dhcpOptionsId",
      "ipv6AssociationId",
      "ipv6CidrBlock",
      "ipv6CidrBlockNetworkBorderGroup",
      "mainRouteTableId",
      "ownerId",
    ],
  ],
  tags: ec2Tags,
  async create(call) {
    const { Vpc } = await call.ec2.createVpc({
      CidrBlock: call.inputs.cidrBlock,
      InstanceTenancy: call.inputs.instanceTenancy,
      TagSpecifications: tagSpecifications(call, "vpc"),
    });
    return Vpc!.VpcId!;
  },
  async settle(call) {
    await untilState(
      `VPC ${call.id}`,
      600,
      call.signal,
      ["available"],
      ["pending"],
      async () => (await findVpc(call))?.State,
    );
    await vpcAttributes(call);
  },
  async read(call) {
    const found = await findVpc(call);
    if (!found) return undefined;
    const { ec2, id } = call;
    const attribute = async (
      Attribute: "enableDnsHostnames" | "enableDnsSupport" | "enableNetworkAddressUsageMetrics",
    ) => {
      const answer: any = await ec2.describeVpcAttribute({ VpcId: id, Attribute });
      return answer[Attribute[0].toUpperCase() + Attribute.slice(1)]?.Value ?? false;
    };
    const [hostnames, support, metrics, acls, groups, tables] = await Promise.all([
      attribute("enableDnsHostnames"),
      attribute("enableDnsSupport"),
      attribute("enableNetworkAddressUsageMetrics"),
      ec2.describeNetworkAcls({ Filters: filters({ default: "true", "vpc-id": id }) }),
      ec2.describeSecurityGroups({ Filters: filters({ "group-name": "default", "vpc-id": id }) }),
      ec2.describeRouteTables({ Filters: filters({ "association.main": "true", "vpc-id": id }) }),
    ]);
    const main = tables.RouteTables?.[0]?.RouteTableId;
    return {
      arn: await arn(call, "ec2", `vpc/${id}`, found.OwnerId),
      assignGeneratedIpv6CidrBlock: false,
      cidrBlock: found.CidrBlock,
      defaultNetworkAclId: acls.NetworkAcls?.[0]?.NetworkAclId,
      defaultRouteTableId: main,
      defaultSecurityGroupId: groups.SecurityGroups?.[0]?.GroupId,
      dhcpOptionsId: found.DhcpOptionsId,
      enableDnsHostnames: hostnames,
      enableDnsSupport: support,
      enableNetworkAddressUsageMetrics: metrics,
      instanceTenancy: found.InstanceTenancy,
      ipv6AssociationId: "",
      ipv6CidrBlock: "",
      ipv6CidrBlockNetworkBorderGroup: "",
      mainRouteTableId: main,
      ownerId: found.OwnerId,
      tagsAll: fromList(found.Tags),
    };
  },
  async update(call) {
    await vpcAttributes(call);
    if (call.changed("instanceTenancy"))
      await call.ec2.modifyVpcTenancy({ VpcId: call.id, InstanceTenancy: "default" });
  },
  async delete(call) {
    const remove = () => unless(["InvalidVpcID.NotFound"], () => call.ec2.deleteVpc({ VpcId: call.id }));
    await retrying(["DependencyViolation"], call.seconds(300), call.signal, remove);
    await untilGone(`VPC ${call.id}`, 300, call.signal, () => findVpc(call));
  },
};

async function findVpc({ ec2, id }: Call) {
  const answer = await unless(["InvalidVpcID.NotFound"], () => ec2.describeVpcs({ VpcIds: [id] }));
  return answer?.Vpcs?.[0];
}

/** One attribute a call is all AWS takes; DNS support goes first, since host names need it. */
async function vpcAttributes({ ec2, id, inputs, changed, creating }: Call): Promise<void> {
  const differs = (name: string, initially: boolean) =>
    creating
      ? inputs[name] !== undefined && inputs[name] !== initially
      : changed(name) && inputs[name] !== undefined;
  if (differs("enableDnsSupport", true)) {
    await ec2.modifyVpcAttribute({ VpcId: id, EnableDnsSupport: { Value: inputs.enableDnsSupport } });
  }
  if (differs("enableDnsHostnames", false)) {
    await ec2.modifyVpcAttribute({ VpcId: id, EnableDnsHostnames: { Value: inputs.enableDnsHostnames } });
  }
  if (differs("enableNetworkAddressUsageMetrics", false)) {
    const Value = inputs.enableNetworkAddressUsageMetrics;
    await ec2.modifyVpcAttribute({ VpcId: id, EnableNetworkAddressUsageMetrics: { Value } });
  }
}

/** Upstream: aws_subnet. */
export const subnet: Spec = {
  inputs: ["availabilityZone", "availabilityZoneId", "cidrBlock", "mapPublicIpOnLaunch", "vpcId"],
  required: ["vpcId", "cidrBlock"],
  conflicts: [["availabilityZone", "availabilityZoneId"]],
  defaults: { mapPublicIpOnLaunch: false },
  filled: ["availabilityZone", "availabilityZoneId"],
  replaceOn: ["availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"],
  computed: [
    ...["arn", "assignIpv6AddressOnCreation", "enableDns64", "enableResourceNameDnsARecordOnLaunch"],
    ...[
      "enableResourceNameDnsAaaaRecordOnLaunch",
      "ipv6CidrBlockAssociationId",
      "ipv6Native",
      "mapCustomerOwnedIpOnLaunch",
    ],
    ...[
      "outpostArn",
      "ownerId",
      "privateDnsHostnameTypeOnLaunch",
      "customerOwnedIpv4Pool",
      "enableLniAtDeviceIndex",
    ],
  ],
  tags: ec2Tags,
  async create(call) {
    const { Subnet } = await call.ec2.createSubnet({
      VpcId: call.inputs.vpcId,
      CidrBlock: call.inputs.cidrBlock,
      AvailabilityZone: call.inputs.availabilityZone,
      AvailabilityZoneId: call.inputs.availabilityZoneId,
      TagSpecifications: tagSpecifications(call, "subnet"),
    });
    return Subnet!.SubnetId!;
  },
  async settle(call) {
    const state = async () => (await findSubnet(call))?.State;
    await untilState(`subnet ${call.id}`, 600, call.signal, ["available"], ["pending"], state);
    if (call.inputs.mapPublicIpOnLaunch) await mapPublicIp(call);
  },
  async read(call) {
    const found = await findSubnet(call);
    if (!found) return undefined;
    const options = found.PrivateDnsNameOptionsOnLaunch;
    return {
      arn: found.SubnetArn ?? (await arn(call, "ec2", `subnet/${call.id}`, found.OwnerId)),
      assignIpv6AddressOnCreation: found.AssignIpv6AddressOnCreation ?? false,
      availabilityZone: found.AvailabilityZone,
      availabilityZoneId: found.AvailabilityZoneId,
      cidrBlock: found.CidrBlock,
      customerOwnedIpv4Pool: found.CustomerOwnedIpv4Pool ?? "",
      enableDns64: found.EnableDns64 ?? false,
      enableLniAtDeviceIndex: found.EnableLniAtDeviceIndex ?? 0,
      enableResourceNameDnsARecordOnLaunch: options?.EnableResourceNameDnsARecord ?? false,
      enableResourceNameDnsAaaaRecordOnLaunch: options?.EnableResourceNameDnsAAAARecord ?? false,
      ipv6CidrBlockAssociationId: "",
      ipv6Native: found.Ipv6Native ?? false,
      mapCustomerOwnedIpOnLaunch: found.MapCustomerOwnedIpOnLaunch ?? false,
      mapPublicIpOnLaunch: found.MapPublicIpOnLaunch ?? false,
      outpostArn: found.OutpostArn ?? "",
      ownerId: found.OwnerId,
      privateDnsHostnameTypeOnLaunch: options?.HostnameType ?? "ip-name",
      tagsAll: fromList(found.Tags),
      vpcId: found.VpcId,
    };
  },
  async update(call) {
    if (call.changed("mapPublicIpOnLaunch")) await mapPublicIp(call);
  },
  async delete(call) {
    const remove = () =>
      unless(["InvalidSubnetID.NotFound"], () => call.ec2.deleteSubnet({ SubnetId: call.id }));
    await retrying(["DependencyViolation"], call.seconds(1200), call.signal, remove);
    await untilGone(`subnet ${call.id}`, 300, call.signal, () => findSubnet(call));
  },
};

async function findSubnet({ ec2, id }: Call) {
  const answer = await unless(["InvalidSubnetID.NotFound"], () => ec2.describeSubnets({ SubnetIds: [id] }));
  return answer?.Subnets?.[0];
}

async function mapPublicIp(call: Call): Promise<void> {
  const Value: boolean = call.inputs.mapPublicIpOnLaunch ?? false;
  await call.ec2.modifySubnetAttribute({ SubnetId: call.id, MapPublicIpOnLaunch: { Value } });
  await until(`subnet ${call.id} to map public addresses: ${Value}`, 300, call.signal, async () =>
    ((await findSubnet(call))?.MapPublicIpOnLaunch ?? false) === Value ? true : undefined,
  );
}
