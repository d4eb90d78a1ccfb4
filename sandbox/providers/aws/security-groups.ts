import { arn } from "./arn";
import { isCode, unless } from "./errors";
import type { Call, Spec } from "./resource";
import { authorizeInline, inlineRules, revokeInline } from "./security-group-inline";
import { filters, isSet, sameSet } from "./shapes";
import { ec2Tags, fromList, tagSpecifications } from "./tags";
import { retrying, untilGone } from "./wait";

const GONE = ["InvalidGroup.NotFound", "InvalidGroupId.Malformed", "InvalidSecurityGroupID.NotFound"];
/** How long a delete waits for users of the group before it also revokes other groups' rules about it, s. */
const FIRST_TRY = 120;

/**
 * Upstream: aws_security_group. AWS gives a new group a rule that lets everything out; upstream takes it away, so that
 * a group without declared egress rules lets nothing out.
 */
export const securityGroup: Spec = {
  inputs: ["description", "egress", "ingress", "name", "revokeRulesOnDelete", "vpcId"],
  autoname: { property: "name", maxLength: 255 },
  defaults: { description: "Managed by Pulumi", revokeRulesOnDelete: false },
  filled: ["egress", "ingress", "vpcId"],
  sets: ["egress", "ingress"],
  replaceOn: ["description", "name", "vpcId"],
  computed: ["arn", "namePrefix", "ownerId"],
  tags: ec2Tags,
  async create(call) {
    const { GroupId } = await call.ec2.createSecurityGroup({
      GroupName: call.inputs.name,
      Description: call.inputs.description,
      VpcId: call.inputs.vpcId,
      TagSpecifications: tagSpecifications(call, "security-group"),
    });
    return GroupId!;
  },
  async settle(call) {
    const find = () => call.ec2.describeSecurityGroups({ GroupIds: [call.id] });
    const group = (await retrying(GONE, 300, call.signal, find)).SecurityGroups![0];
    const everything = (group.IpPermissionsEgress ?? []).filter((rule) => rule.IpProtocol === "-1");
    if (everything.length) {
      const revoke = () =>
        call.ec2.revokeSecurityGroupEgress({ GroupId: call.id, IpPermissions: everything });
      await unless(["InvalidPermission.NotFound"], revoke);
    }
    await authorizeInline(call, "ingress", call.inputs.ingress ?? []);
    await authorizeInline(call, "egress", call.inputs.egress ?? []);
  },
  async read(call) {
    const found = await findGroup(call);
    if (!found) return undefined;
    return {
      arn: found.SecurityGroupArn ?? (await arn(call, "ec2", `security-group/${call.id}`, found.OwnerId)),
      description: found.Description,
      egress: inlineRules(call.id, found.IpPermissionsEgress),
      ingress: inlineRules(call.id, found.IpPermissions),
      name: found.GroupName,
      namePrefix: "",
      ownerId: found.OwnerId,
      tagsAll: fromList(found.Tags),
      vpcId: found.VpcId,
    };
  },
  async update(call) {
    for (const direction of ["ingress", "egress"] as const) {
      if (!call.changed(direction)) continue;
      const olds: any[] = call.state[direction] ?? [];
      const news: any[] = call.inputs[direction] ?? [];
      await revokeInline(
        call,
        direction,
        olds.filter((rule) => !news.some((other) => sameSet([rule], [other]))),
      );
      await authorizeInline(
        call,
        direction,
        news.filter((rule) => !olds.some((other) => sameSet([rule], [other]))),
      );
    }
  },
  async delete(call) {
    if (call.inputs.revokeRulesOnDelete) await revokeAll(call, true);
    const remove = () => unless(GONE, () => call.ec2.deleteSecurityGroup({ GroupId: call.id }));
    const inUse = ["DependencyViolation", "InvalidGroup.InUse"];
    const seconds = call.seconds(900);
    try {
      await retrying(inUse, Math.min(FIRST_TRY, seconds), call.signal, remove);
    } catch (error) {
      if (!isCode(error, ...inUse) || seconds <= FIRST_TRY) throw error;
      await revokeAll(call, false);
      await retrying(inUse, seconds - FIRST_TRY, call.signal, remove);
    }
    await untilGone(`security group ${call.id}`, 300, call.signal, () => findGroup(call));
  },
};

async function findGroup({ ec2, id }: Call) {
  const found = await unless(GONE, () => ec2.describeSecurityGroups({ GroupIds: [id] }));
  return found?.SecurityGroups?.[0];
}

/** Revokes rules of other groups that refer to this one, and its own where `own`. */
async function revokeAll(call: Call, own: boolean): Promise<void> {
  const { ec2, id } = call;
  const vpcId = (await findGroup(call))?.VpcId;
  if (!vpcId) return;
  const { SecurityGroups } = await ec2.describeSecurityGroups({ Filters: filters({ "vpc-id": vpcId }) });
  for (const group of SecurityGroups ?? []) {
    const about = (rules: any[] | undefined) =>
      (rules ?? []).flatMap((rule) => {
        if (own && group.GroupId === id) return [rule];
        const pairs = (rule.UserIdGroupPairs ?? []).filter((pair: any) => pair.GroupId === id);
        const { IpProtocol, FromPort, ToPort } = rule;
        return pairs.length ? [{ IpProtocol, FromPort, ToPort, UserIdGroupPairs: pairs }] : [];
      });
    const [ingress, egress] = [about(group.IpPermissions), about(group.IpPermissionsEgress)];
    const GroupId = group.GroupId!;
    const absent = ["InvalidPermission.NotFound", ...GONE];
    if (ingress.length)
      await unless(absent, () => ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions: ingress }));
    if (egress.length)
      await unless(absent, () => ec2.revokeSecurityGroupEgress({ GroupId, IpPermissions: egress }));
  }
}

const SOURCES = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];

/** Upstream: aws_vpc_security_group_ingress_rule and …_egress_rule. A change of the kind of source replaces. */
function rule(direction: "ingress" | "egress"): Spec {
  return {
    inputs: ["description", "fromPort", "ipProtocol", "securityGroupId", "toPort", ...SOURCES],
    required: ["ipProtocol", "securityGroupId"],
    exactlyOne: [SOURCES],
    replaceOn: ["securityGroupId"],
    replaceIf: (olds, news) => {
      const kind = (props: Record<string, any>) => SOURCES.find((name) => isSet(props[name]))!;
      return kind(olds) === kind(news) ? [] : [kind(olds), kind(news)];
    },
    computed: ["arn", "securityGroupRuleId"],
    tags: ec2Tags,
    async create(call) {
      const input = {
        GroupId: call.inputs.securityGroupId,
        IpPermissions: [permission(call.inputs)],
        TagSpecifications: tagSpecifications(call, "security-group-rule"),
      };
      const answer =
        direction === "ingress"
          ? await call.ec2.authorizeSecurityGroupIngress(input)
          : await call.ec2.authorizeSecurityGroupEgress(input);
      return answer.SecurityGroupRules![0].SecurityGroupRuleId!;
    },
    async read(call) {
      const find = () => call.ec2.describeSecurityGroupRules({ SecurityGroupRuleIds: [call.id] });
      const found = (await unless(["InvalidSecurityGroupRuleId.NotFound"], find))?.SecurityGroupRules?.[0];
      if (!found || found.IsEgress !== (direction === "egress")) return undefined;
      const port = (value: number | undefined, wanted: unknown) =>
        value === -1 && wanted === undefined ? undefined : value;
      return {
        arn: found.SecurityGroupRuleArn ?? (await arn(call, "ec2", `security-group-rule/${call.id}`)),
        cidrIpv4: found.CidrIpv4,
        cidrIpv6: found.CidrIpv6,
        description: found.Description,
        fromPort: port(found.FromPort, call.inputs.fromPort),
        ipProtocol: found.IpProtocol,
        prefixListId: found.PrefixListId,
        referencedSecurityGroupId: found.ReferencedGroupInfo?.GroupId,
        securityGroupId: found.GroupId,
        securityGroupRuleId: call.id,
        tagsAll: fromList(found.Tags),
        toPort: port(found.ToPort, call.inputs.toPort),
      };
    },
    async update(call) {
      if (!call.changed("description", "fromPort", "ipProtocol", "toPort", ...SOURCES)) return;
      await call.ec2.modifySecurityGroupRules({
        GroupId: call.inputs.securityGroupId,
        SecurityGroupRules: [
          {
            SecurityGroupRuleId: call.id,
            SecurityGroupRule: {
              CidrIpv4: call.inputs.cidrIpv4,
              CidrIpv6: call.inputs.cidrIpv6,
              Description: call.inputs.description,
              FromPort: call.inputs.fromPort ?? -1,
              IpProtocol: call.inputs.ipProtocol,
              PrefixListId: call.inputs.prefixListId,
              ReferencedGroupId: call.inputs.referencedSecurityGroupId,
              ToPort: call.inputs.toPort ?? -1,
            },
          },
        ],
      });
    },
    async delete(call) {
      const input = { GroupId: call.inputs.securityGroupId, SecurityGroupRuleIds: [call.id] };
      await unless(
        ["InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", ...GONE],
        async () =>
          direction === "ingress"
            ? await call.ec2.revokeSecurityGroupIngress(input)
            : await call.ec2.revokeSecurityGroupEgress(input),
      );
    },
  };
}

export const ingressRule = rule("ingress");
export const egressRule = rule("egress");

function permission(inputs: Record<string, any>) {
  const Description = inputs.description;
  return {
    IpProtocol: inputs.ipProtocol,
    FromPort: inputs.fromPort,
    ToPort: inputs.toPort,
    IpRanges: inputs.cidrIpv4 ? [{ CidrIp: inputs.cidrIpv4, Description }] : undefined,
    Ipv6Ranges: inputs.cidrIpv6 ? [{ CidrIpv6: inputs.cidrIpv6, Description }] : undefined,
    PrefixListIds: inputs.prefixListId ? [{ PrefixListId: inputs.prefixListId, Description }] : undefined,
    UserIdGroupPairs: inputs.referencedSecurityGroupId
      ? [{ GroupId: inputs.referencedSecurityGroupId, Description }]
      : undefined,
  };
}
