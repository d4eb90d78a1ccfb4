import { randomUUID } from "node:crypto";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { bareZoneId, normalName } from "./route53-names";
import { untilInSync } from "./route53-records";
import { isSet } from "./shapes";
import { fromList, type TagWriter, toList } from "./tags";
import { retrying, untilGone } from "./wait";

const GONE = ["NoSuchHostedZone"];

/** Tags of a zone or health check. Route 53 has no tags on create. */
export function route53Tags(ResourceType: "hostedzone" | "healthcheck"): TagWriter {
  return async ({ route53, id: ResourceId }, set, removed) => {
    const RemoveTagKeys = removed.length ? removed : undefined;
    await route53.changeTagsForResource({ ResourceType, ResourceId, AddTags: toList(set), RemoveTagKeys });
  };
}

/** Upstream: aws_route53_zone. `forceDestroy` takes foreign records along. */
export const zone: Spec = {
  global: true,
  inputs: ["comment", "delegationSetId", "forceDestroy", "name", "vpcs"],
  autoname: { property: "name", maxLength: 1024 },
  defaults: { comment: "Managed by Pulumi", forceDestroy: false },
  sets: ["vpcs"],
  conflicts: [["delegationSetId", "vpcs"]],
  replaceOn: ["delegationSetId", "name"],
  computed: ["arn", "nameServers", "primaryNameServer", "zoneId"],
  tags: route53Tags("hostedzone"),
  prepare: (inputs) =>
    typeof inputs.name === "string" ? { ...inputs, name: normalName(inputs.name) } : inputs,
  async create(call) {
    const { inputs } = call;
    const [first] = inputs.vpcs ?? [];
    const { HostedZone, ChangeInfo } = await call.route53.createHostedZone({
      Name: inputs.name,
      CallerReference: randomUUID(),
      DelegationSetId: inputs.delegationSetId,
      HostedZoneConfig: { Comment: inputs.comment, PrivateZone: first ? true : undefined },
      VPC: first && vpcOf(call, first),
    });
    creations.set(call.ctx, ChangeInfo?.Id);
    return bareZoneId(HostedZone!.Id!);
  },
  async settle(call) {
    await untilInSync(call, creations.get(call.ctx));
    if (isSet(call.tags)) await route53Tags("hostedzone")(call, call.tags, []);
    for (const vpc of (call.inputs.vpcs ?? []).slice(1)) {
      await call.route53.associateVPCWithHostedZone({ HostedZoneId: call.id, VPC: vpcOf(call, vpc) });
    }
  },
  async read(call) {
    const found = await unless(GONE, () => call.route53.getHostedZone({ Id: call.id }));
    if (!found?.HostedZone) return undefined;
    const tags = await call.route53.listTagsForResource({ ResourceType: "hostedzone", ResourceId: call.id });
    const servers = [...(found.DelegationSet?.NameServers ?? [])].sort();
    return {
      arn: `arn:aws:route53:::hostedzone/${call.id}`,
      comment: found.HostedZone.Config?.Comment ?? "",
      delegationSetId: found.DelegationSet?.Id ? call.inputs.delegationSetId : undefined,
      name: normalName(found.HostedZone.Name!),
      nameServers: servers,
      primaryNameServer: found.DelegationSet?.NameServers?.[0] ?? "",
      tagsAll: fromList(tags.ResourceTagSet?.Tags),
      vpcs: found.VPCs?.length
        ? found.VPCs.map((vpc) => ({ vpcId: vpc.VPCId, vpcRegion: vpc.VPCRegion }))
        : undefined,
      zoneId: call.id,
    };
  },
  async update(call) {
    const { route53, id: Id, inputs, state, changed } = call;
    if (changed("comment")) await route53.updateHostedZoneComment({ Id, Comment: inputs.comment ?? "" });
    if (!changed("vpcs")) return;
    const [olds, news]: any[][] = [state.vpcs ?? [], inputs.vpcs ?? []];
    for (const vpc of news.filter((one) => !olds.some((old) => old.vpcId === one.vpcId))) {
      await route53.associateVPCWithHostedZone({ HostedZoneId: Id, VPC: vpcOf(call, vpc) });
    }
    for (const vpc of olds.filter((old) => !news.some((one) => one.vpcId === old.vpcId))) {
      await route53.disassociateVPCFromHostedZone({ HostedZoneId: Id, VPC: vpcOf(call, vpc) });
    }
  },
  async delete(call) {
    if (call.inputs.forceDestroy) await removeRecords(call);
    const remove = () => unless(GONE, () => call.route53.deleteHostedZone({ Id: call.id }));
    const answer = await retrying(["PriorRequestNotComplete"], 300, call.signal, remove);
    await unless(["NoSuchChange"], () => untilInSync(call, answer?.ChangeInfo?.Id));
    const find = () => unless(GONE, () => call.route53.getHostedZone({ Id: call.id }));
    await untilGone(`hosted zone ${call.id}`, 300, call.signal, find);
  },
};

/** Changes that a create began and its `settle` awaits. */
const creations = new WeakMap<object, string | undefined>();

function vpcOf(call: Call, { vpcId, vpcRegion }: { vpcId: string; vpcRegion?: string }) {
  return { VPCId: vpcId, VPCRegion: (vpcRegion || call.region) as any };
}

/** All record sets but the zone's own NS and SOA, a hundred a change. */
async function removeRecords(call: Call): Promise<void> {
  const zone = await unless(GONE, () => call.route53.getHostedZone({ Id: call.id }));
  if (!zone) return;
  const own = normalName(zone.HostedZone!.Name!);
  for (let page = 0; page < 1000; page++) {
    const { ResourceRecordSets } = await call.route53.listResourceRecordSets({
      HostedZoneId: call.id,
      MaxItems: 100,
    });
    const foreign = (ResourceRecordSets ?? []).filter(
      (set) => normalName(set.Name!) !== own || !["NS", "SOA"].includes(set.Type!),
    );
    if (!foreign.length) return;
    const Changes = foreign.map((ResourceRecordSet) => ({ Action: "DELETE" as const, ResourceRecordSet }));
    const { ChangeInfo } = await call.route53.changeResourceRecordSets({
      HostedZoneId: call.id,
      ChangeBatch: { Changes },
    });
    await untilInSync(call, ChangeInfo?.Id);
  }
  throw new Error(`hosted zone ${call.id} still has records after a hundred thousand deletions`);
}
