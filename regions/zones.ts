import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError, type Ec2MemberConfig } from "../config";
import type { Fault } from "../config/faults";
import { declareLost } from "./lost";

/** Zones of a member whose config names none: of three control-plane nodes no two may share one. */
const wanted = (nodes: number): number => (nodes > 1 ? 3 : 2);

/**
 * The availability zones of each member: those of its config, else the first two (three for a control plane of several
 * nodes) by name that offer both its instance types. Awaited before anything is made, so that what is made in each zone
 * is known at preview.
 *
 * @throws {ConfigError} naming every member whose zones, or whose whole region, do not offer its instance types.
 */
export async function zonesOf(
  members: Readonly<Record<string, Ec2MemberConfig>>,
  opts: pulumi.InvokeOptions,
): Promise<Record<string, readonly string[]>> {
  const chosen = await Promise.all(
    Object.entries(members).map(async ([name, member]) => {
      const offers = await answered(name, member.region, offersOf(member, opts));
      const zones = member.zones ?? firstOf(member, offers);
      return {
        name,
        zones,
        faults: member.zones ? missing(name, member, offers) : none(name, member, zones),
      };
    }),
  );
  const faults = chosen.flatMap((each) => each.faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.fromEntries(chosen.map(({ name, zones }) => [name, zones]));
}

/** Seconds until a region's AWS has to answer the first question of a run. */
const PATIENCE = 30;

/** The region's answer. The provider asks a region that does not answer for many minutes, so it is not waited for to the end. */
async function answered<T>(member: string, region: string, asking: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} s`)), PATIENCE * 1000);
  });
  try {
    return await Promise.race([asking, silence]);
  } catch (error) {
    const why = (error as Error).message;
    throw new pulumi.RunError(
      `member ${member}: AWS in ${region} does not tell its zones: ${why} – ${declareLost(member)}`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Zones that offer an instance type, by name, for each type of a member. */
type Offers = Readonly<Record<string, readonly string[]>>;

async function offersOf(member: Ec2MemberConfig, opts: pulumi.InvokeOptions): Promise<Offers> {
  const { region } = member;
  const types = [...new Set([member.controlPlane.instanceType, member.workers.instanceType])];
  const offers = types.map(async (type) => {
    const filters = [{ name: "instance-type", values: [type] }];
    const { locations } = await aws.ec2.getInstanceTypeOfferings(
      { region, locationType: "availability-zone", filters },
      opts,
    );
    // Local zones (us-west-2-lax-1a) are not meant: they lack much of what a cluster needs.
    return [type, locations.filter((zone) => zone === `${region}${zone.slice(-1)}`).sort()] as const;
  });
  return Object.fromEntries(await Promise.all(offers));
}

function firstOf(member: Ec2MemberConfig, offers: Offers): string[] {
  return common(offers).slice(0, wanted(member.controlPlane.nodes));
}

function common(offers: Offers): string[] {
  return Object.values(offers).reduce<string[]>(
    (left, zones) => left.filter((zone) => zones.includes(zone)),
    [...Object.values(offers)[0]],
  );
}

function missing(name: string, member: Ec2MemberConfig, offers: Offers): Fault[] {
  const good = common(offers);
  const choice =
    good.length > 0 ? `zones that do are ${good.join(", ")}` : "no zone does: choose other types";
  return member.zones!.flatMap((zone) => {
    const lacking = Object.keys(offers).filter((type) => !offers[type].includes(zone));
    const remedy = `is not there for this account, or does not offer ${lacking.join(" and ")}; ${choice}`;
    return lacking.length > 0 ? [{ path: `members.${name}.zones`, value: zone, remedy }] : [];
  });
}

function none(
  name: string,
  { region, controlPlane, workers }: Ec2MemberConfig,
  found: readonly string[],
): Fault[] {
  if (found.length > 0) return [];
  const types = [...new Set([controlPlane.instanceType, workers.instanceType])].join(" and ");
  const remedy = `none of its zones offers ${types}: choose other instance types or another region`;
  return [{ path: `members.${name}.region`, value: region, remedy }];
}
