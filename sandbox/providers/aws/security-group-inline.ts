import type { IpPermission } from "@aws-sdk/client-ec2";
import type { Call } from "./resource";
import { isSet } from "./shapes";

/** One entry of a security group's `ingress` or `egress` list. */
export interface InlineRule {
  protocol: string;
  fromPort: number;
  toPort: number;
  description?: string;
  cidrBlocks?: string[];
  ipv6CidrBlocks?: string[];
  prefixListIds?: string[];
  securityGroups?: string[];
  self?: boolean;
}

/** AWS's permissions as entries: what shares protocol, ports and description is one entry. */
export function inlineRules(groupId: string, permissions: IpPermission[] | undefined): InlineRule[] {
  const rules = new Map<string, InlineRule>();
  for (const permission of permissions ?? []) {
    const { IpProtocol, FromPort, ToPort } = permission;
    const entry = (description = ""): Required<InlineRule> => {
      const key = JSON.stringify([IpProtocol, FromPort, ToPort, description]);
      const made: InlineRule = rules.get(key) ?? {
        protocol: IpProtocol!,
        fromPort: FromPort === undefined || FromPort === -1 ? 0 : FromPort,
        toPort: ToPort === undefined || ToPort === -1 ? 0 : ToPort,
        description,
        cidrBlocks: [],
        ipv6CidrBlocks: [],
        prefixListIds: [],
        securityGroups: [],
        self: false,
      };
      rules.set(key, made);
      return made as Required<InlineRule>;
    };
    for (const range of permission.IpRanges ?? []) entry(range.Description).cidrBlocks.push(range.CidrIp!);
    for (const range of permission.Ipv6Ranges ?? [])
      entry(range.Description).ipv6CidrBlocks.push(range.CidrIpv6!);
    for (const list of permission.PrefixListIds ?? [])
      entry(list.Description).prefixListIds.push(list.PrefixListId!);
    for (const pair of permission.UserIdGroupPairs ?? []) {
      const rule = entry(pair.Description);
      if (pair.GroupId === groupId) rule.self = true;
      else rule.securityGroups.push(pair.GroupId!);
    }
  }
  return [...rules.values()];
}

export async function authorizeInline(
  call: Call,
  direction: "ingress" | "egress",
  rules: InlineRule[],
): Promise<void> {
  if (!rules.length) return;
  const input = { GroupId: call.id, IpPermissions: rules.map((rule) => permissionOf(call.id, rule)) };
  if (direction === "ingress") await call.ec2.authorizeSecurityGroupIngress(input);
  else await call.ec2.authorizeSecurityGroupEgress(input);
}

export async function revokeInline(
  call: Call,
  direction: "ingress" | "egress",
  rules: InlineRule[],
): Promise<void> {
  if (!rules.length) return;
  const input = { GroupId: call.id, IpPermissions: rules.map((rule) => permissionOf(call.id, rule)) };
  if (direction === "ingress") await call.ec2.revokeSecurityGroupIngress(input);
  else await call.ec2.revokeSecurityGroupEgress(input);
}

function permissionOf(groupId: string, rule: InlineRule): IpPermission {
  const Description = rule.description || undefined;
  const pairs = [...(rule.securityGroups ?? []), ...(rule.self ? [groupId] : [])];
  const every = String(rule.protocol) === "-1";
  return {
    IpProtocol: String(rule.protocol),
    FromPort: every ? undefined : rule.fromPort,
    ToPort: every ? undefined : rule.toPort,
    IpRanges: isSet(rule.cidrBlocks)
      ? rule.cidrBlocks!.map((CidrIp) => ({ CidrIp, Description }))
      : undefined,
    Ipv6Ranges: isSet(rule.ipv6CidrBlocks)
      ? rule.ipv6CidrBlocks!.map((CidrIpv6) => ({ CidrIpv6, Description }))
      : undefined,
    PrefixListIds: isSet(rule.prefixListIds)
      ? rule.prefixListIds!.map((PrefixListId) => ({ PrefixListId, Description }))
      : undefined,
    UserIdGroupPairs: pairs.length ? pairs.map((GroupId) => ({ GroupId, Description })) : undefined,
  };
}
