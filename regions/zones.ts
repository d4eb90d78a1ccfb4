import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Ec2MemberConfig, MemberConfig } from "../config";

/** Zones of a member whose config names none: of three control-plane nodes no two may share one. */
const wanted = (nodes: number): number => (nodes > 1 ? 3 : 2);

/**
 * The zones of each member: those of its config, else of an own one the first two (three for a control plane of several
 * nodes) by name that offer both its instance types. Awaited before anything is made, so that what is made in each zone is known at preview.
 *
 * @throws when a region offers the instance types nowhere, naming the member.
 */
export async function zonesOf(
  members: Readonly<Record<string, MemberConfig>>,
  opts: pulumi.InvokeOptions,
): Promise<Record<string, readonly string[]>> {
  const entries = Object.entries(members).map(async ([name, member]) => {
    const known =
      member.kind === "external" ? member.zones : (member.zones ?? (await discover(name, member, opts)));
    return [name, known] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function discover(
  name: string,
  member: Ec2MemberConfig,
  opts: pulumi.InvokeOptions,
): Promise<string[]> {
  const { region } = member;
  const types = [...new Set([member.controlPlane.instanceType, member.workers.instanceType])];
  const offers = await Promise.all(
    types.map(async (type) => {
      const filters = [{ name: "instance-type", values: [type] }];
      const offered = await aws.ec2.getInstanceTypeOfferings(
        { region, locationType: "availability-zone", filters },
        opts,
      );
      return offered.locations;
    }),
  );
  const zones = offers.reduce((common, offer) => common.filter((zone) => offer.includes(zone)));
  // Local zones (us-west-2-lax-1a) are not meant: they lack much of what a cluster needs.
  const found = zones
    .filter((zone) => zone === `${region}${zone.slice(-1)}`)
    .sort()
    .slice(0, wanted(member.controlPlane.nodes));
  if (found.length > 0) return found;
  throw new Error(
    `members.${name}: no zone of ${region} offers ${types.join(" and ")}: choose other instance types or name zones`,
  );
}
