import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Health, healthCheck } from "./health-check";
import type { PublishedRecord } from "./keeper";
import { markerName, markerValue, RecordMember } from "./names";
import type { RecordTable, Row } from "./table";
import { ownerOfStack } from "./withdrawal";
import { wayByAddress, wayByName } from "./way";
import type { Zone } from "./zone";

/** Seconds that a mark of ownership may be kept. */
const MARKER_TTL = 300;

/** Arguments of {@link LatencyRecords}. */
export interface LatencyRecordsArgs {
  readonly zone: Zone;
  /** Every record that is to be. */
  readonly table: RecordTable;
  readonly members: readonly RecordMember[];
  /** Host name to send users to, or address, by member. */
  readonly endpoints: Readonly<Record<string, pulumi.Input<string>>>;
  /** The same for all: a record without a check would count as well whatever happens there. */
  readonly health: Health;
  /** What has to run before anybody is sent there. */
  readonly after: pulumi.Output<pulumi.Resource[]>;
}

/** One name, answered with the member nearest to who asks among those that are well; and its hierarchical names. */
export class LatencyRecords extends pulumi.ComponentResource {
  /** `nginx.k8s.example.com` */
  readonly fullName: string;
  readonly published: readonly PublishedRecord[];

  constructor(name: string, args: LatencyRecordsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:dns:LatencyRecords", name, {}, opts);
    const { zone, table, endpoints } = args;
    this.fullName = table.fullName;
    this.published = table.rows.map((row) => ({
      name: row.name,
      type: table.type,
      ttl: row.ttl,
      setIdentifier: row.identifier ?? "",
      value: "member" in row.target ? endpoints[row.target.member] : row.target.name,
    }));

    // First made, last deleted: while it stands, the name's other records are this stack's.
    const markers = table.names.map((marked) => this.marker(name, marked, zone));
    const ways = this.ways(name, args);
    const made: Record<string, pulumi.Resource[]> = {};
    for (const row of table.rows) {
      const { key, otherKeys = [], target } = row;
      const way =
        "member" in target ? ways[target.member] : { data: linkData(target, zone), checkId: undefined };
      // Route 53 takes no ALIAS to a name at which nothing stands yet.
      const below = "member" in target ? [] : (made[target.name] ?? []);
      const record = new aws.route53.Record(
        `${name}-${key}`,
        {
          zoneId: zone.zoneId,
          name: row.name,
          type: table.type,
          ...way.data(row.ttl),
          setIdentifier: row.identifier,
          ...policyOf(row),
          healthCheckId: way.checkId,
          allowOverwrite: false,
        },
        {
          parent: this,
          aliases: otherKeys.map((other) => ({ name: `${name}-${other}` })),
          dependsOn: args.after.apply((before) => [...before, ...markers, ...below]),
        },
      );
      (made[row.name] ??= []).push(record);
    }
    this.registerOutputs({ fullName: this.fullName });
  }

  private marker(name: string, marked: string, zone: Zone): aws.route53.Record {
    const further = marked === this.fullName ? "" : `.${marked.slice(0, -zone.domain.length - 1)}`;
    return new aws.route53.Record(
      `${name}-owner${further}`,
      {
        zoneId: zone.zoneId,
        name: markerName(marked),
        type: "TXT",
        ttl: MARKER_TTL,
        records: [markerValue(ownerOfStack())],
        allowOverwrite: false,
      },
      { parent: this },
    );
  }

  /** How each member is reached that has a record. */
  private ways(name: string, { table, members, endpoints, health, after }: LatencyRecordsArgs) {
    const reached = new Set(table.rows.flatMap(({ target }) => ("member" in target ? [target.member] : [])));
    const taking = members.filter((member) => reached.has(member.name));
    return Object.fromEntries(
      taking.map((member) => {
        const host = pulumi.output(endpoints[member.name]);
        const { endpoint, data } =
          table.type === "CNAME" ? wayByName(member, host) : wayByAddress(member, host, this.fullName, this);
        // A check that looked while nothing ran yet would have counted failures: users would be kept away from a member
        // that serves until as many looks in a row are good again.
        const opts = { parent: this, dependsOn: after };
        const check = healthCheck(`${name}-${member.name}-health`, endpoint, health, opts);
        return [member.name, { data, checkId: check.id }] as const;
      }),
    );
  }
}

function policyOf({ policy }: Row) {
  if (!policy) return {};
  return "region" in policy
    ? { latencyRoutingPolicies: [{ region: policy.region }] }
    : { weightedRoutingPolicies: [{ weight: policy.weight }] };
}

/** What a record says that leads to another name of the zone. */
function linkData({ name, alias }: Extract<Row["target"], { name: string }>, zone: Zone) {
  return (ttl: number) =>
    alias
      ? { aliases: [{ name, zoneId: zone.zoneId, evaluateTargetHealth: alias.health }] }
      : { ttl, records: [name] };
}
