import { arn } from "./arn";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { filters, isSet, listChanges } from "./shapes";
import { ec2Tags, fromList, tagSpecifications } from "./tags";
import { untilGone, untilState } from "./wait";

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
    vpcEndpointType === "Gateway"
      ? []
      : [{ property: "vpcEndpointType", reason: "only Gateway endpoints are stood in for" }],
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
    await untilState(
      `VPC endpoint ${call.id}`,
      600,
      call.signal,
      ["available", "pendingacceptance"],
      ["pending"],
      state,
    );
  },
  async read(call) {
    const found = await findEndpoint(call);
    if (!found) return undefined;
    const lists = await call.ec2.describePrefixLists({
      Filters: filters({ "prefix-list-name": found.ServiceName }),
    });
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
    const { added, removed } = listChanges(
      call.state.routeTableIds,
      call.inputs.routeTableIds ?? call.state.routeTableIds,
    );
    await call.ec2.modifyVpcEndpoint({
      VpcEndpointId: call.id,
      AddRouteTableIds: added.length ? added : undefined,
      RemoveRouteTableIds: removed.length ? removed : undefined,
      ...(call.changed("policy")
        ? { PolicyDocument: call.inputs.policy, ResetPolicy: !isSet(call.inputs.policy) }
        : {}),
    });
  },
  async delete(call) {
    if (!(await findEndpoint(call))) return;
    const answer = await unless(["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"], () =>
      call.ec2.deleteVpcEndpoints({ VpcEndpointIds: [call.id] }),
    );
    const refused = answer?.Unsuccessful?.[0]?.Error;
    if (refused && !refused.Code?.endsWith("NotFound"))
      throw new Error(`deleting VPC endpoint ${call.id}: ${refused.Code}: ${refused.Message}`);
    await untilGone(`VPC endpoint ${call.id}`, call.seconds(600), call.signal, () => findEndpoint(call));
  },
};

async function findEndpoint({ ec2, id }: Call) {
  const call = () => ec2.describeVpcEndpoints({ VpcEndpointIds: [id] });
  const found = (await unless(["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"], call))
    ?.VpcEndpoints?.[0];
  return found?.State?.toLowerCase() === "deleted" ? undefined : found;
}
