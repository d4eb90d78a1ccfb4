import type { Context, Props } from "../runtime/types";
import { accountId, arn, dnsSuffix, partition } from "./arn";
import { services } from "./clients";
import { ec2Functions } from "./functions-ec2";
import { balancerZone } from "./hosted-zone-ids";
import { bareZoneId, normalName } from "./route53-names";
import { settings } from "./settings";
import { fromList } from "./tags";

export type Function = (args: Props, ctx: Context) => Promise<Props>;

/** Region a function looks at. */
export function regionOf(args: Props): string {
  const region = args.region ?? settings.region;
  if (!region) throw new Error("no region: say it in the call, on the provider or in AWS_REGION");
  return region;
}

const getCallerIdentity: Function = async (_, ctx) => {
  const identity = await services(settings.region ?? "us-east-1", ctx.signal).sts.getCallerIdentity({});
  return { id: identity.Account, accountId: identity.Account, arn: identity.Arn, userId: identity.UserId };
};

const getRegion: Function = async (args) => {
  const region = regionOf(args);
  return {
    id: region,
    name: region,
    region,
    description: region,
    endpoint: `ec2.${region}.${dnsSuffix(region)}`,
  };
};

const getPartition: Function = async () => {
  const region = settings.region ?? "us-east-1";
  const suffix = dnsSuffix(region);
  const name = partition(region);
  return {
    id: name,
    partition: name,
    dnsSuffix: suffix,
    reverseDnsPrefix: suffix.split(".").reverse().join("."),
  };
};

const getParameter: Function = async (args, ctx) => {
  const call = { ...services(regionOf(args), ctx.signal), region: regionOf(args) };
  const WithDecryption: boolean = args.withDecryption ?? true;
  const { Parameter } = await call.ssm.getParameter({ Name: args.name, WithDecryption });
  return {
    id: Parameter!.Name,
    arn:
      Parameter!.ARN ??
      (await arn(call, "ssm", `parameter/${args.name.replace(/^\//, "")}`, await accountId(call))),
    insecureValue: Parameter!.Type === "SecureString" ? "" : Parameter!.Value,
    name: Parameter!.Name,
    region: call.region,
    type: Parameter!.Type,
    value: Parameter!.Value,
    version: Parameter!.Version,
    withDecryption: WithDecryption,
  };
};

/** By code; the limit that the account has now. */
const getServiceQuota: Function = async (args, ctx) => {
  const { serviceCode, quotaCode } = args;
  if (!quotaCode) throw new Error("servicequotas.getServiceQuota: the sandbox finds a quota by quotaCode alone");
  const { servicequotas } = services(regionOf(args), ctx.signal);
  const { Quota } = await servicequotas.getServiceQuota({ ServiceCode: serviceCode, QuotaCode: quotaCode });
  return {
    id: Quota!.QuotaArn,
    adjustable: Quota!.Adjustable,
    arn: Quota!.QuotaArn,
    defaultValue: Quota!.Value,
    globalQuota: Quota!.GlobalQuota,
    quotaCode,
    quotaName: Quota!.QuotaName,
    region: regionOf(args),
    serviceCode,
    serviceName: Quota!.ServiceName,
    usageMetrics: [],
    value: Quota!.Value,
  };
};

/** By id, or by name among public (`privateZone`: private) zones, as upstream; tags and VPC narrow it further. */
const getZone: Function = async (args, ctx) => {
  const { route53 } = services(settings.region ?? "us-east-1", ctx.signal);
  if (!args.zoneId && !args.name) throw new Error("route53.getZone: say name or zoneId");
  const tagsOf = async (ResourceId: string) =>
    fromList(
      (await route53.listTagsForResource({ ResourceType: "hostedzone", ResourceId })).ResourceTagSet?.Tags,
    );
  let ids: string[] = args.zoneId ? [args.zoneId] : [];
  for (let Marker: string | undefined, page = 0; !args.zoneId && page < 1000; page++) {
    const list = await route53.listHostedZones({ Marker });
    const fitting = (list.HostedZones ?? []).filter(
      (zone) =>
        normalName(zone.Name!) === normalName(args.name) &&
        (zone.Config?.PrivateZone ?? false) === (args.privateZone ?? false),
    );
    for (const zone of fitting) {
      const tags = args.tags ? await tagsOf(bareZoneId(zone.Id!)) : {};
      const tagged = Object.entries(args.tags ?? {}).every(([key, value]) => tags[key] === value);
      if (tagged) ids.push(bareZoneId(zone.Id!));
    }
    Marker = list.NextMarker;
    if (!list.IsTruncated) break;
  }
  let found = await Promise.all(ids.map((Id) => route53.getHostedZone({ Id: bareZoneId(Id) })));
  if (args.vpcId) found = found.filter((zone) => zone.VPCs?.some((vpc) => vpc.VPCId === args.vpcId));
  if (found.length !== 1) {
    throw new Error(
      `route53.getZone: ${found.length} hosted zones are ${args.zoneId ?? args.name}; there must be exactly one`,
    );
  }
  const zone = found[0].HostedZone!;
  const id = bareZoneId(zone.Id!);
  return {
    id,
    arn: `arn:aws:route53:::hostedzone/${id}`,
    callerReference: zone.CallerReference,
    comment: zone.Config?.Comment ?? "",
    linkedServiceDescription: zone.LinkedService?.Description ?? "",
    linkedServicePrincipal: zone.LinkedService?.ServicePrincipal ?? "",
    name: normalName(zone.Name!),
    nameServers: found[0].DelegationSet?.NameServers ?? [],
    primaryNameServer: found[0].DelegationSet?.NameServers?.[0] ?? "",
    privateZone: zone.Config?.PrivateZone ?? false,
    resourceRecordSetCount: zone.ResourceRecordSetCount,
    tags: await tagsOf(id),
    vpcId: args.vpcId,
    zoneId: id,
  };
};

/** Functions by the tokens the SDK calls. */
export const functions: Record<string, Function> = {
  "aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity,
  "aws:index/getPartition:getPartition": getPartition,
  "aws:index/getRegion:getRegion": getRegion,
  "aws:route53/getZone:getZone": getZone,
  "aws:servicequotas/getServiceQuota:getServiceQuota": getServiceQuota,
  "aws:ssm/getParameter:getParameter": getParameter,
  "aws:elb/getHostedZoneId:getHostedZoneId": async (args) => ({
    id: balancerZone(regionOf(args), "classic"),
    region: regionOf(args),
  }),
  "aws:lb/getHostedZoneId:getHostedZoneId": async (args) => {
    const loadBalancerType = args.loadBalancerType ?? "application";
    return { id: balancerZone(regionOf(args), loadBalancerType), loadBalancerType, region: regionOf(args) };
  },
  ...ec2Functions(regionOf),
};
