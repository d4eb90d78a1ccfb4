import type { ResourceRecordSet, RRType } from "@aws-sdk/client-route-53";
import type { Props } from "../runtime/types";
import { isCode, unless } from "./errors";
import type { Call, Spec } from "./resource";
import {
  bareZoneId,
  fullName,
  normalName,
  parseRecordId,
  recordId,
  recordInputs,
  recordSet,
} from "./route53-names";
import { isSet } from "./shapes";
import { retrying, untilState } from "./wait";

const POLICIES = [
  ...["failoverRoutingPolicies", "geolocationRoutingPolicies", "latencyRoutingPolicies"],
  ...["multivalueAnswerRoutingPolicy", "weightedRoutingPolicies"],
];
const NO_ZONE = ["NoSuchHostedZone"];

/**
 * Upstream: aws_route53_record. A create refuses a record that is there (unless `allowOverwrite`); a new type, set
 * identifier or routing policy takes the old record away in the same batch; each change waits for INSYNC.
 */
export const record: Spec = {
  global: true,
  inputs: [
    "aliases",
    "allowOverwrite",
    "healthCheckId",
    "name",
    "records",
    "setIdentifier",
    "ttl",
    "type",
    "zoneId",
    ...POLICIES,
  ],
  required: ["name", "type", "zoneId"],
  exactlyOne: [["aliases", "records"]],
  conflicts: [["aliases", "ttl"], POLICIES],
  sets: ["records"],
  replaceOn: ["name", "zoneId"],
  computed: ["fqdn"],
  prepare: (inputs) => ({
    ...inputs,
    ...(typeof inputs.name === "string" ? { name: normalName(inputs.name) } : {}),
    ...(Array.isArray(inputs.aliases)
      ? {
          aliases: inputs.aliases.map((alias: Props) => ({
            ...alias,
            name: typeof alias.name === "string" ? normalName(alias.name) : alias.name,
          })),
        }
      : {}),
  }),
  validate: (inputs) => [
    ...(isSet(inputs.records) && inputs.ttl === undefined
      ? [{ property: "ttl", reason: "must be given with records" }]
      : []),
    ...POLICIES.filter((name) => isSet(inputs[name]) && !isSet(inputs.setIdentifier)).map((name) => ({
      property: "setIdentifier",
      reason: `must be given with ${name}`,
    })),
  ],
  imported: parseRecordId,
  async create(call) {
    const Action = call.inputs.allowOverwrite ? "UPSERT" : "CREATE";
    await change(call, [{ Action, ResourceRecordSet: recordSet(call.inputs, await zoneName(call)) }]);
    return recordId(call.inputs);
  },
  async read(call) {
    const wanted = isSet(call.inputs.zoneId) ? call.inputs : call.state;
    const found = await findRecord(call, wanted);
    if (!found) return undefined;
    return { ...recordInputs(found), name: wanted.name, zoneId: wanted.zoneId };
  },
  async update(call) {
    const zone = await zoneName(call);
    const wanted = { Action: "UPSERT" as const, ResourceRecordSet: recordSet(call.inputs, zone) };
    if (!call.changed("type", "setIdentifier", ...POLICIES)) return change(call, [wanted]);
    const old = await findRecord(call, call.state);
    await change(call, [
      ...(old ? [{ Action: "DELETE" as const, ResourceRecordSet: old }] : []),
      { ...wanted, Action: "CREATE" },
    ]);
  },
  async delete(call) {
    const found = await findRecord(call, call.inputs);
    if (!found) return;
    try {
      await change(call, [{ Action: "DELETE", ResourceRecordSet: found }]);
    } catch (error) {
      const gone =
        isCode(error, ...NO_ZONE) || (isCode(error, "InvalidChangeBatch") && /not found/.test(error.message));
      if (!gone) throw error;
    }
  },
};

async function zoneName({ route53, inputs }: Call): Promise<string> {
  return (await route53.getHostedZone({ Id: bareZoneId(inputs.zoneId) })).HostedZone!.Name!;
}

interface Change {
  Action: "CREATE" | "UPSERT" | "DELETE";
  ResourceRecordSet: ResourceRecordSet;
}

/** Changes made elsewhere to the same zone are refused while one is being prepared; upstream tries again, so do we. */
async function change(call: Call, Changes: Change[]): Promise<void> {
  const HostedZoneId = bareZoneId(call.inputs.zoneId);
  const make = () => call.route53.changeResourceRecordSets({ HostedZoneId, ChangeBatch: { Changes } });
  const { ChangeInfo } = await retrying(["PriorRequestNotComplete"], 300, call.signal, make);
  await untilInSync(call, ChangeInfo?.Id);
}

/** Waits until a change has reached all of Route 53's servers. */
export async function untilInSync(call: Call, change: string | undefined): Promise<void> {
  if (!change) return;
  const state = async () =>
    (await call.route53.getChange({ Id: change.replace(/^\/change\//, "") })).ChangeInfo?.Status;
  await untilState(
    `Route 53 change ${change}`,
    call.seconds(1800),
    call.signal,
    ["INSYNC"],
    ["PENDING"],
    state,
  );
}

/** The record set of that name, type and set identifier. The list starts there, so one page is enough. */
async function findRecord(call: Call, wanted: Props): Promise<ResourceRecordSet | undefined> {
  const HostedZoneId = bareZoneId(wanted.zoneId);
  const zone = await unless(NO_ZONE, () => call.route53.getHostedZone({ Id: HostedZoneId }));
  if (!zone) return undefined;
  const name = fullName(wanted.name, zone.HostedZone!.Name!);
  const list = () =>
    call.route53.listResourceRecordSets({
      HostedZoneId,
      StartRecordName: name,
      StartRecordType: wanted.type as RRType,
      StartRecordIdentifier: wanted.setIdentifier || undefined,
    });
  const sets = (await unless(NO_ZONE, list))?.ResourceRecordSets ?? [];
  return sets.find(
    (set) =>
      fullName(set.Name!, zone.HostedZone!.Name!) === name &&
      set.Type === wanted.type &&
      (set.SetIdentifier ?? "") === (wanted.setIdentifier ?? ""),
  );
}
