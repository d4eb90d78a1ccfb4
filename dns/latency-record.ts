import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Health, healthCheck } from "./health-check";
import { cnameTarget, markerName, markerValue, RecordMember, recordName, setIdentifiers } from "./names";
import { ownerOfStack } from "./withdrawal";
import type { Zone } from "./zone";

/** Seconds an answer may be kept. */
export const DEFAULT_TTL = 300;

/** Arguments of {@link LatencyRecords}. */
export interface LatencyRecordsArgs {
  readonly zone: Zone;
  /** Name below the zone's domain: `nginx`. */
  readonly name: string;
  /** Every member that takes part in the app, with replicas or without. */
  readonly members: readonly RecordMember[];
  /** Members that get a record: those that run replicas. */
  readonly serving: readonly string[];
  /** Host name to send users to, by member. */
  readonly endpoints: Readonly<Record<string, pulumi.Input<string>>>;
  readonly health: Health;
  /** Seconds. @default 300 */
  readonly ttl?: number;
  /** What has to run before anybody is sent there. */
  readonly after: pulumi.Output<pulumi.Resource[]>;
}

/** One name, answered with the member nearest to who asks among those that are well. */
export class LatencyRecords extends pulumi.ComponentResource {
  /** `nginx.k8s.example.com` */
  readonly fullName: string;
  /** The members' set identifiers, for those that have a record. */
  readonly identifiers: Readonly<Record<string, string>>;

  constructor(name: string, args: LatencyRecordsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:dns:LatencyRecords", name, {}, opts);
    this.fullName = recordName(args.name, args.zone.domain);
    const all = setIdentifiers(args.members);
    const serving = args.members.filter((member) => args.serving.includes(member.name));
    this.identifiers = Object.fromEntries(serving.map((member) => [member.name, all[member.name]]));

    // First made, last deleted: while it stands, the name's other records are this stack's.
    const marker = new aws.route53.Record(
      `${name}-owner`,
      {
        zoneId: args.zone.zoneId,
        name: markerName(this.fullName),
        type: "TXT",
        ttl: DEFAULT_TTL,
        records: [markerValue(ownerOfStack())],
        allowOverwrite: false,
      },
      { parent: this },
    );
    for (const member of serving) {
      const endpoint = pulumi
        .output(args.endpoints[member.name])
        .apply((host) => cnameTarget(host, member.name));
      // All or none: Route 53 takes a record without a check for well, whatever happens there.
      const check = healthCheck(`${name}-${member.name}-health`, endpoint, args.health, { parent: this });
      new aws.route53.Record(
        `${name}-${member.name}`,
        {
          zoneId: args.zone.zoneId,
          name: this.fullName,
          type: "CNAME",
          ttl: args.ttl ?? DEFAULT_TTL,
          records: [endpoint],
          setIdentifier: this.identifiers[member.name],
          latencyRoutingPolicies: [{ region: member.latencyRegion ?? member.region }],
          healthCheckId: check.id,
          allowOverwrite: false,
        },
        { parent: this, dependsOn: args.after.apply((before) => [...before, marker]) },
      );
    }
    this.registerOutputs({ fullName: this.fullName });
  }
}
