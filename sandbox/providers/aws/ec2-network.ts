import { arn } from "./arn";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { filters, isSet, listChanges } from "./shapes";
import { ec2Tags, fromList, tagSpecifications } from "./tags";
import { retrying, until, untilGone, untilState } from "./wait";

/** Upstream: aws_vpc. */
export const vpc: Spec = {
  inputs: ["cidrBlock", "enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics", "instanceTenancy"],
  required: ["cidrBlock"],
  defaults: { enableDnsSupport: true, instanceTenancy: "default" },
  filled: ["enableDnsHostnames", "enableNetworkAddressUsageMetrics"],
  replaceOn: ["cidrBlock"],
  replaceIf: (olds, news) => (olds.instanceTenancy === "default" && news.instanceTenancy === "dedicated" ? ["instanceTenancy"] : []),
  computed: [
    ...["arn", "assignGeneratedIpv6CidrBlock", "defaultNetworkAclId", "defaultRouteTableId", "defaultSecurityGroupId"],
    ...["dhcpOptionsId", "ipv6AssociationId", "ipv6CidrBlock", "ipv6CidrBlockNetworkBorderGroup", "mainRouteTableId", "ownerId"],
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
    await untilState(`VPC ${call.id}`, 600, call.signal, ["available"], ["pending"], async () => (await findVpc(call))?.State);
    await vpcAttributes(call);
  },
  async read(call) {
    const found = await findVpc(call);
    if (!found) return undefined;
    const { ec2, id } = call;
    const attribute = async (Attribute: "enableDnsHostnames" | "enableDnsSupport" | "enableNetworkAddressUsageMetrics") => {
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
    if (call.changed("instanceTenancy")) await call.ec2.modifyVpcTenancy({ VpcId: call.id, InstanceTenancy: "default" });
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
    creating ? inputs[name] !== undefined && inputs[name] !== initially : changed(name) && inputs[name] !== undefined;
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
    ...["enableResourceNameDnsAaaaRecordOnLaunch", "ipv6CidrBlockAssociationId", "ipv6Native", "mapCustomerOwnedIpOnLaunch"],
    ...["outpostArn", "ownerId", "privateDnsHostnameTypeOnLaunch", "customerOwnedIpv4Pool", "enableLniAtDeviceIndex"],
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
    const remove = () => unless(["InvalidSubnetID.NotFound"], () => call.ec2.deleteSubnet({ SubnetId: call.id }));
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

/** Upstream: aws_internet_gateway. */
export const internetGateway: Spec = {
  inputs: ["vpcId"],
  filled: ["vpcId"],
  computed: ["arn", "ownerId"],
  tags: ec2Tags,
  async create(call) {
    const TagSpecifications = tagSpecifications(call, "internet-gateway");
    const { InternetGateway } = await call.ec2.createInternetGateway({ TagSpecifications });
    return InternetGateway!.InternetGatewayId!;
  },
  async settle(call) {
    if (call.inputs.vpcId) await attachGateway(call, call.inputs.vpcId);
  },
  async read(call) {
    const found = await findGateway(call);
    if (!found) return undefined;
    return {
      arn: await arn(call, "ec2", `internet-gateway/${call.id}`, found.OwnerId),
      ownerId: found.OwnerId,
      tagsAll: fromList(found.Tags),
      vpcId: found.Attachments?.[0]?.VpcId ?? "",
    };
  },
  async update(call) {
    if (!call.changed("vpcId")) return;
    if (call.state.vpcId) await detachGateway(call, call.state.vpcId);
    if (call.inputs.vpcId) await attachGateway(call, call.inputs.vpcId);
  },
  async delete(call) {
    const attached = (await findGateway(call))?.Attachments?.[0]?.VpcId;
    if (attached) await detachGateway(call, attached);
    const gone = ["InvalidInternetGatewayID.NotFound"];
    const remove = () => unless(gone, () => call.ec2.deleteInternetGateway({ InternetGatewayId: call.id }));
    await retrying(["DependencyViolation"], call.seconds(1200), call.signal, remove);
    await untilGone(`internet gateway ${call.id}`, 300, call.signal, () => findGateway(call));
  },
};

async function findGateway({ ec2, id }: Call) {
  const call = () => ec2.describeInternetGateways({ InternetGatewayIds: [id] });
  return (await unless(["InvalidInternetGatewayID.NotFound"], call))?.InternetGateways?.[0];
}

async function attachGateway(call: Call, VpcId: string): Promise<void> {
  const attach = () => call.ec2.attachInternetGateway({ InternetGatewayId: call.id, VpcId });
  await retrying(["InvalidInternetGatewayID.NotFound"], 300, call.signal, attach);
  await until(`internet gateway ${call.id} to be attached to ${VpcId}`, 1200, call.signal, async () =>
    (await findGateway(call))?.Attachments?.some((attachment) => attachment.VpcId === VpcId) ? true : undefined,
  );
}

/** Public addresses still mapped in the VPC keep the gateway: AWS says DependencyViolation until they are gone. */
async function detachGateway(call: Call, VpcId: string): Promise<void> {
  const absent = ["Gateway.NotAttached", "InvalidInternetGatewayID.NotFound"];
  const detach = () => unless(absent, () => call.ec2.detachInternetGateway({ InternetGatewayId: call.id, VpcId }));
  await retrying(["DependencyViolation"], call.seconds(1200), call.signal, detach);
  await untilGone(`attachment of internet gateway ${call.id} to ${VpcId}`, 300, call.signal, async () =>
    (await findGateway(call))?.Attachments?.some((attachment) => attachment.VpcId === VpcId),
  );
}

/** Upstream: aws_vpc_endpoint, of type Gateway alone. */
export const vpcEndpoint: Spec = {
  inputs: ["policy", "routeTableIds", "serviceName", "vpcEndpointType", "vpcId"],
  required: ["vpcId", "serviceName"],
  defaults: { vpcEndpointType: "Gateway" },
  filled: ["policy", "routeTableIds"],
  sets: ["routeTableIds"],
  json: ["policy"],
  replaceOn: ["serviceName", "vpcEndpointType", "vpcId"],
  computed: [
    ...["arn", "cidrBlocks", "dnsEntries", "ipAddressType", "networkInterfaceIds", "ownerId", "prefixListId"],
    ...["privateDnsEnabled", "requesterManaged", "securityGroupIds", "state", "subnetIds", "serviceRegion"],
  ],
  tags: ec2Tags,
  validate: ({ vpcEndpointType }) =>
    vpcEndpointType === "Gateway" ? [] : [{ property: "vpcEndpointType", reason: "only Gateway endpoints are stood in for" }],
  async create(call) {
    const { VpcEndpoint } = await call.ec2.createVpcEndpoint({
      VpcId: call.inputs.vpcId,
      ServiceName: call.inputs.serviceName,
      VpcEndpointType: call.inputs.vpcEndpointType,
      PolicyDocument: call.inputs.policy,
      RouteTableIds: call.inputs.routeTableIds,
      TagSpecifications: tagSpecifications(call, "vpc-endpoint"),
    });
    return VpcEndpoint!.VpcEndpointId!;
  },
  async settle(call) {
    const state = async () => (await findEndpoint(call))?.State?.toLowerCase();
    await untilState(`VPC endpoint ${call.id}`, 600, call.signal, ["available", "pendingacceptance"], ["pending"], state);
  },
  async read(call) {
    const found = await findEndpoint(call);
    if (!found) return undefined;
    const lists = await call.ec2.describePrefixLists({ Filters: filters({ "prefix-list-name": found.ServiceName }) });
    return {
      arn: await arn(call, "ec2", `vpc-endpoint/${call.id}`, found.OwnerId),
      cidrBlocks: lists.PrefixLists?.[0]?.Cidrs ?? [],
      dnsEntries: [],
      ipAddressType: found.IpAddressType ?? "",
      networkInterfaceIds: found.NetworkInterfaceIds ?? [],
      ownerId: found.OwnerId,
      policy: found.PolicyDocument,
      prefixListId: lists.PrefixLists?.[0]?.PrefixListId,
      privateDnsEnabled: found.PrivateDnsEnabled ?? false,
      requesterManaged: found.RequesterManaged ?? false,
      routeTableIds: found.RouteTableIds ?? [],
      securityGroupIds: [],
      serviceName: found.ServiceName,
      serviceRegion: call.region,
      state: found.State,
      subnetIds: [],
      tagsAll: fromList(found.Tags),
      vpcEndpointType: found.VpcEndpointType ?? "Gateway",
      vpcId: found.VpcId,
    };
  },
  async update(call) {
    if (!call.changed("routeTableIds") && !call.changed("policy")) return;
    const { added, removed } = listChanges(call.state.routeTableIds, call.inputs.routeTableIds ?? call.state.routeTableIds);
    await call.ec2.modifyVpcEndpoint({
      VpcEndpointId: call.id,
      AddRouteTableIds: added.length ? added : undefined,
      RemoveRouteTableIds: removed.length ? removed : undefined,
      ...(call.changed("policy") ? { PolicyDocument: call.inputs.policy, ResetPolicy: !isSet(call.inputs.policy) } : {}),
    });
  },
  async delete(call) {
    const answer = await unless(["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"], () =>
      call.ec2.deleteVpcEndpoints({ VpcEndpointIds: [call.id] }),
    );
    const refused = answer?.Unsuccessful?.[0]?.Error;
    if (refused && !refused.Code?.endsWith("NotFound")) throw new Error(`deleting VPC endpoint ${call.id}: ${refused.Code}: ${refused.Message}`);
    await untilGone(`VPC endpoint ${call.id}`, call.seconds(600), call.signal, () => findEndpoint(call));
  },
};

async function findEndpoint({ ec2, id }: Call) {
  const call = () => ec2.describeVpcEndpoints({ VpcEndpointIds: [id] });
  const found = (await unless(["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"], call))?.VpcEndpoints?.[0];
  return found?.State?.toLowerCase() === "deleted" ? undefined : found;
}
