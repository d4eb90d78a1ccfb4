import { isIP } from "node:net";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsRegion } from "../config/fields";
import type { Endpoint } from "./health-check";
import type { RecordMember } from "./names";
import { addressData, cnameTarget, RecordData } from "./target";

/** How users get to a member: what is health-checked, and what each of its records says, by its TTL. */
export interface Way {
  readonly endpoint: Endpoint;
  readonly data: (ttl: number) => Pick<aws.route53.RecordArgs, "ttl" | "records" | "aliases">;
}

/** By the host name of its load balancer. */
export function wayByName(member: RecordMember, host: pulumi.Output<string>): Way {
  const fqdn = host.apply((each) => cnameTarget(each, member.name));
  return { endpoint: { fqdn }, data: (ttl) => ({ ttl, records: [fqdn] }) };
}

/**
 * By the addresses of its load balancer, which are its own or, where it is one of AWS's, whatever AWS says they are.
 *
 * @param name what an address is asked for by the checkers, since it has no name of its own.
 */
export function wayByAddress(
  member: RecordMember,
  host: pulumi.Output<string>,
  name: string,
  parent: pulumi.Resource,
): Way {
  const { region } = member;
  const zones = awsRegion.safeParse(region).success
    ? {
        classic: aws.elb.getHostedZoneIdOutput({ region }, { parent }).id,
        network: aws.lb.getHostedZoneIdOutput({ region, loadBalancerType: "network" }, { parent }).id,
      }
    : undefined;
  const all = pulumi.all([host, pulumi.output(zones)]);
  const said = (ttl: number) =>
    all.apply(([each, zones]): RecordData => {
      // A preview may not know the host yet, and has words in its place.
      if (pulumi.runtime.isDryRun() && !each.includes(".")) return { ttl, records: [each] };
      return addressData(each, ttl, member, zones);
    });
  // Which of these a record has is known only with the host; the SDK's types know no output of nothing.
  const field = <K extends keyof RecordData>(ttl: number, key: K) =>
    said(ttl).apply((data) => data[key]) as pulumi.Output<NonNullable<RecordData[K]>>;
  return {
    endpoint: {
      fqdn: host.apply((each) => (isIP(each) ? name : each)),
      ipAddress: host.apply((each) => (isIP(each) ? each : undefined)) as pulumi.Output<string>,
    },
    data: (ttl) => ({
      ttl: field(ttl, "ttl"),
      records: field(ttl, "records"),
      aliases: field(ttl, "aliases"),
    }),
  };
}
