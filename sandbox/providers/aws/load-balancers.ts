import type { Props } from "../runtime/types";
import { isUnknown } from "../runtime/values";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { filters, isSet, sameSet } from "./shapes";
import { elbTags, fromList, toList } from "./tags";
import { untilGone, untilState } from "./wait";

const GONE = ["LoadBalancerNotFound", "LoadBalancerNotFoundException"];
type Kind = "application" | "network" | "gateway";

/** Settings AWS keeps as attributes: their key, the kinds of load balancer that have them, upstream's default. */
const ATTRIBUTES: Record<string, { key: string; kinds: Kind[]; initially: unknown }> = {
  clientKeepAlive: { key: "client_keep_alive.seconds", kinds: ["application"], initially: 3600 },
  desyncMitigationMode: {
    key: "routing.http.desync_mitigation_mode",
    kinds: ["application"],
    initially: "defensive",
  },
  dnsRecordClientRoutingPolicy: {
    key: "dns_record.client_routing_policy",
    kinds: ["network"],
    initially: "any_availability_zone",
  },
  dropInvalidHeaderFields: {
    key: "routing.http.drop_invalid_header_fields.enabled",
    kinds: ["application"],
    initially: false,
  },
  enableCrossZoneLoadBalancing: {
    key: "load_balancing.cross_zone.enabled",
    kinds: ["network", "gateway"],
    initially: false,
  },
  enableDeletionProtection: {
    key: "deletion_protection.enabled",
    kinds: ["application", "network", "gateway"],
    initially: false,
  },
  enableHttp2: { key: "routing.http2.enabled", kinds: ["application"], initially: true },
  enableZonalShift: {
    key: "zonal_shift.config.enabled",
    kinds: ["application", "network"],
    initially: false,
  },
  idleTimeout: { key: "idle_timeout.timeout_seconds", kinds: ["application"], initially: 60 },
  preserveHostHeader: {
    key: "routing.http.preserve_host_header.enabled",
    kinds: ["application"],
    initially: false,
  },
  xffHeaderProcessingMode: {
    key: "routing.http.xff_header_processing.mode",
    kinds: ["application"],
    initially: "append",
  },
};

/**
 * Upstream: aws_lb. Create waits for `active`. A network load balancer is replaced when subnets go or change, when its
 * first security group comes or its last one goes: AWS cannot do those in place.
 */
export const loadBalancer: Spec = {
  inputs: [
    ...[
      "internal",
      "ipAddressType",
      "loadBalancerType",
      "name",
      "securityGroups",
      "subnetMappings",
      "subnets",
    ],
    ...Object.keys(ATTRIBUTES),
  ],
  autoname: { property: "name", maxLength: 32 },
  defaults: {
    loadBalancerType: "application",
    ...Object.fromEntries(Object.entries(ATTRIBUTES).map(([name, { initially }]) => [name, initially])),
  },
  filled: ["internal", "ipAddressType", "securityGroups", "subnetMappings", "subnets"],
  sets: ["securityGroups", "subnetMappings", "subnets"],
  exactlyOne: [["subnets", "subnetMappings"]],
  replaceOn: ["internal", "loadBalancerType", "name"],
  replaceIf: (olds, news) => (news.loadBalancerType === "network" ? networkReplaces(olds, news) : []),
  computed: [
    ...["arn", "arnSuffix", "dnsName", "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "namePrefix"],
    ...["secondaryIpsAutoAssignedPerSubnet", "vpcId", "zoneId"],
  ],
  tags: elbTags,
  validate: ({ name }) =>
    isUnknown(name) ||
    (/^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(name) &&
      name.length <= 32 &&
      !name.startsWith("internal-"))
      ? []
      : [
          {
            property: "name",
            reason: `"${name}": at most 32 letters, digits and inner hyphens, not starting with internal-`,
          },
        ],
  async create(call) {
    const { inputs } = call;
    const { LoadBalancers } = await call.elb.createLoadBalancer({
      Name: inputs.name,
      Type: inputs.loadBalancerType,
      Scheme: inputs.internal ? "internal" : undefined,
      IpAddressType: inputs.ipAddressType,
      SecurityGroups: inputs.securityGroups,
      Subnets: inputs.subnets,
      SubnetMappings: inputs.subnetMappings && mappings(inputs),
      Tags: toList(call.tags),
    });
    return LoadBalancers![0].LoadBalancerArn!;
  },
  async settle(call) {
    await waitActive(call);
    await attributes(call, (name) => String(call.inputs[name]) !== String(ATTRIBUTES[name].initially));
  },
  async read(call) {
    const found = await findBalancer(call);
    if (!found) return undefined;
    const { Attributes } = await call.elb.describeLoadBalancerAttributes({ LoadBalancerArn: call.id });
    const tags = await call.elb.describeTags({ ResourceArns: [call.id] });
    const zones = found.AvailabilityZones ?? [];
    return {
      ...attributeOutputs(found.Type as Kind, Attributes ?? []),
      arn: call.id,
      arnSuffix: arnSuffix(call.id),
      dnsName: found.DNSName,
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic:
        found.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic ?? "",
      internal: found.Scheme === "internal",
      ipAddressType: found.IpAddressType ?? "ipv4",
      loadBalancerType: found.Type,
      name: found.LoadBalancerName,
      namePrefix: "",
      secondaryIpsAutoAssignedPerSubnet: 0,
      securityGroups: found.SecurityGroups ?? [],
      subnetMappings: zones.map((zone) => ({
        subnetId: zone.SubnetId,
        allocationId: zone.LoadBalancerAddresses?.[0]?.AllocationId ?? "",
        ipv6Address: zone.LoadBalancerAddresses?.[0]?.IPv6Address ?? "",
        outpostId: zone.OutpostId ?? "",
        privateIpv4Address: zone.LoadBalancerAddresses?.[0]?.PrivateIPv4Address ?? "",
      })),
      subnets: zones.map((zone) => zone.SubnetId),
      tagsAll: fromList(tags.TagDescriptions?.[0]?.Tags),
      vpcId: found.VpcId,
      zoneId: found.CanonicalHostedZoneId,
    };
  },
  async update(call) {
    const { elb, id: LoadBalancerArn, inputs, changed } = call;
    await attributes(call, (name) => changed(name));
    if (changed("securityGroups"))
      await elb.setSecurityGroups({ LoadBalancerArn, SecurityGroups: inputs.securityGroups ?? [] });
    if (changed("subnets")) await elb.setSubnets({ LoadBalancerArn, Subnets: inputs.subnets });
    if (changed("subnetMappings"))
      await elb.setSubnets({ LoadBalancerArn, SubnetMappings: mappings(inputs) });
    if (changed("ipAddressType"))
      await elb.setIpAddressType({ LoadBalancerArn, IpAddressType: inputs.ipAddressType });
    await waitActive(call);
  },
  async delete(call) {
    const { elb, ec2, id: LoadBalancerArn } = call;
    await unless(GONE, () => elb.deleteLoadBalancer({ LoadBalancerArn }));
    await untilGone(`load balancer ${LoadBalancerArn}`, call.seconds(600), call.signal, () =>
      findBalancer(call),
    );
    // Its interfaces outlive it for a while and keep subnets and security groups from being deleted.
    const Filters = filters({ description: `ELB ${arnSuffix(LoadBalancerArn)}` });
    await untilGone(`network interfaces of ${LoadBalancerArn}`, 300, call.signal, async () => {
      return (await ec2.describeNetworkInterfaces({ Filters })).NetworkInterfaces?.length;
    });
  },
};

function networkReplaces(olds: Props, news: Props): string[] {
  const replaces: string[] = [];
  const size = (value: unknown) => (Array.isArray(value) ? value.length : 0);
  for (const name of ["subnets", "subnetMappings"]) {
    const kept = (olds[name] ?? []).every((old: any) =>
      (news[name] ?? []).some((one: any) => sameSet([old], [one])),
    );
    if (isSet(news[name]) && !isUnknown(news[name]) && (!kept || size(news[name]) <= size(olds[name])))
      replaces.push(name);
  }
  if (isUnknown(news.securityGroups)) return replaces;
  if ((size(olds.securityGroups) === 0) !== (size(news.securityGroups) === 0))
    replaces.push("securityGroups");
  return replaces;
}

async function findBalancer({ elb, id }: Call) {
  const answer = await unless(GONE, () => elb.describeLoadBalancers({ LoadBalancerArns: [id] }));
  return answer?.LoadBalancers?.[0];
}

async function waitActive(call: Call): Promise<void> {
  const state = async () => (await findBalancer(call))?.State?.Code;
  const ready = ["active", "active_impaired"];
  await untilState(
    `load balancer ${call.id}`,
    call.seconds(600),
    call.signal,
    ready,
    ["provisioning"],
    state,
  );
}

function mappings(inputs: Props) {
  return inputs.subnetMappings.map((mapping: Props) => ({
    SubnetId: mapping.subnetId,
    AllocationId: mapping.allocationId || undefined,
    PrivateIPv4Address: mapping.privateIpv4Address || undefined,
    IPv6Address: mapping.ipv6Address || undefined,
  }));
}

async function attributes(call: Call, wanted: (name: string) => boolean): Promise<void> {
  const kind: Kind = call.inputs.loadBalancerType;
  const Attributes = Object.entries(ATTRIBUTES)
    .filter(([name, { kinds }]) => kinds.includes(kind) && call.inputs[name] !== undefined && wanted(name))
    .map(([name, { key }]) => ({ Key: key, Value: String(call.inputs[name]) }));
  if (Attributes.length)
    await call.elb.modifyLoadBalancerAttributes({ LoadBalancerArn: call.id, Attributes });
}

/** Attributes of another kind of load balancer keep the declared value: upstream suppresses their diff. */
function attributeOutputs(kind: Kind, live: { Key?: string; Value?: string }[]): Props {
  const outputs: Props = {};
  for (const [name, { key, kinds, initially }] of Object.entries(ATTRIBUTES)) {
    const value = live.find((attribute) => attribute.Key === key)?.Value;
    if (!kinds.includes(kind) || value === undefined) continue;
    if (typeof initially === "boolean") outputs[name] = value === "true";
    else outputs[name] = typeof initially === "number" ? Number(value) : value;
  }
  return outputs;
}

/** `net/name/id` of a load balancer's ARN: how CloudWatch, and its interfaces' descriptions, call it. */
export function arnSuffix(arn: string): string {
  return arn.replace(/^arn:.*:loadbalancer\//, "");
}
