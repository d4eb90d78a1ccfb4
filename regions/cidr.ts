import { formatRange, overlap, parseRange, part, Range } from "./ipv4";

/**
 * Which addresses each member's network gets.
 *
 * A member's place, its *slot*, follows from its own region alone (a position in the table below), or from
 * `network.slot`; never from which other members exist. So adding or removing a member moves no other: a moved
 * range would replace a VPC and everything in it. The price: a second member in one region has to name a slot of
 * its own, and the plan refuses two members in one slot, naming the key to set.
 */

/** The position in this list is the region's slot: append only, never sort, never remove. */
export const regionSlots: readonly string[] = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ca-central-1",
  "ca-west-1",
  "sa-east-1",
  "mx-central-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-south-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ap-south-1",
  "ap-south-2",
  "ap-east-1",
  "ap-east-2",
  "me-south-1",
  "me-central-1",
  "il-central-1",
  "af-south-1",
  "us-gov-west-1",
  "us-gov-east-1",
];

/** Prefix length of each of a member's three ranges. */
const memberPrefix = 16;

/** Prefix length of one node's pod range: the controller manager's default, 254 pods. */
export const nodePodPrefix = 24;

/** Of a VPC, each subnet takes one sixteenth: the first eight are public ones (zones a–h), the others private ones. */
const subnetBits = 4;
const firstSubnet = { public: 0, private: 8 } as const;

/** Whether a subnet has a way to the internet of its own, and its machines public addresses. */
export type SubnetKind = keyof typeof firstSubnet;

/** The address pools that members' ranges are cut from. */
export interface Pools {
  readonly vpcs: string;
  readonly pods: string;
  readonly services: string;
}

/** What the planner reads of a member. Ranges that are given are taken as they are. */
export interface NetworkRequest {
  readonly region: string;
  readonly network?: {
    readonly slot?: number;
    readonly vpc?: string;
    readonly pods?: string;
    readonly services?: string;
  };
}

/** A member's ranges, each `a.b.c.d/len`. */
export interface MemberRanges {
  readonly vpc: string;
  readonly pods: string;
  readonly services: string;
}

/** Something that keeps the plan from being used: at which member's key, and what to do. */
export interface PlanFault {
  readonly member: string;
  readonly key: string;
  readonly value: string;
  readonly remedy: string;
}

/** How many slots the pools have: as many as the smallest pool has ranges for. */
export function slotCount(pools: Pools): number {
  const counts = Object.values(pools).map((pool) => 2 ** Math.max(0, memberPrefix - parseRange(pool).prefix));
  return Math.min(...counts);
}

/** The slot that a member has by its own means, undefined when it must name one. */
export function slotOf(request: NetworkRequest): number | undefined {
  if (request.network?.slot !== undefined) return request.network.slot;
  const slot = regionSlots.indexOf(request.region);
  return slot < 0 ? undefined : slot;
}

/** Ranges that a cluster has which is not ours to plan, by what they are for. */
export type DeclaredRanges = Readonly<Record<string, string>>;

/**
 * Ranges of every member, and every reason why the plan must not be used. Pools and given ranges must be
 * well-formed. With no fault, no two of all the ranges overlap, those of one declared member aside: there, pods may
 * have addresses of the nodes' range.
 */
export function planNetworks(
  members: Readonly<Record<string, NetworkRequest>>,
  pools: Pools,
  declared: Readonly<Record<string, DeclaredRanges>> = {},
): { ranges: Record<string, MemberRanges>; faults: PlanFault[] } {
  const ranges: Record<string, MemberRanges> = {};
  const faults: PlanFault[] = [];
  const slots = slotCount(pools);
  const taken = new Set(Object.values(members).map(slotOf));
  const foreign = Object.values(declared).flatMap((own) => Object.values(own).map(parseRange));
  const clear = (slot: number) =>
    Object.values(rangesOf(slot, {}, pools)).every(
      (own) => !foreign.some((each) => overlap(each, parseRange(own))),
    );
  const free = [...Array(slots).keys()].reverse().find((slot) => !taken.has(slot) && clear(slot));
  for (const [member, request] of Object.entries(members)) {
    const slot = slotOf(request);
    if (slot === undefined || slot >= slots) {
      faults.push({
        member,
        key: "network.slot",
        value: slot === undefined ? `none for region ${request.region}` : String(slot),
        remedy: `set network.slot to a number from 0 to ${slots - 1} that no other member has, such as ${free}`,
      });
    } else {
      ranges[member] = rangesOf(slot, request, pools);
    }
  }
  return { ranges, faults: [...faults, ...overlaps(ranges, declared, free)] };
}

function rangesOf(
  slot: number,
  { network = {} }: Pick<NetworkRequest, "network">,
  pools: Pools,
): MemberRanges {
  const cut = (pool: string): string => formatRange(part(parseRange(pool), memberPrefix, slot));
  return {
    vpc: network.vpc ?? cut(pools.vpcs),
    pods: network.pods ?? cut(pools.pods),
    services: network.services ?? cut(pools.services),
  };
}

function overlaps(
  planned: Record<string, MemberRanges>,
  declared: Readonly<Record<string, DeclaredRanges>>,
  free: number | undefined,
): PlanFault[] {
  const all = [...Object.entries(planned), ...Object.entries(declared)].flatMap(([member, own]) =>
    Object.entries(own).map(([key, text]) => ({ member, key, text, range: parseRange(text) as Range })),
  );
  const faults = new Map<string, PlanFault>();
  all.forEach((one, index) => {
    const apart = (other: { member: string }) => other.member !== one.member || one.member in planned;
    const other = all.slice(0, index).find((earlier) => apart(earlier) && overlap(earlier.range, one.range));
    if (!other) return;
    const pair = `${one.member} ${other.member}`;
    const known = faults.get(pair);
    const own = [other.member, one.member].filter((member) => member in planned);
    faults.set(pair, {
      member: one.member,
      key: known ? "network" : `network.${one.key}`,
      value: known ? `${known.value}, ${one.text}` : one.text,
      remedy: `overlaps ${other.member}'s ${known ? "ranges" : `${other.key} ${other.text}`}: ${moving(own, free)}`,
    });
  });
  return [...faults.values()];
}

/** What to do about two members' ranges, `planned` being those of the two that can be moved. */
function moving(planned: readonly string[], free: number | undefined): string {
  if (planned.length === 0) return "neither can be moved, so only one of the two can join";
  if (free === undefined)
    return planned.length === 2 ? "name ranges of its own" : `name other ranges of ${planned[0]}`;
  const whose = planned.length === 2 ? "the one or the other" : planned[0];
  return `set network.slot of ${whose} (${free} is free)`;
}

/**
 * Subnet of each zone. A zone's place follows from its letter and the kind alone, so that a zone that is added or left
 * out moves no other, nor do private subnets move the public ones.
 *
 * @param zones availability zones such as `us-west-2a`.
 */
export function planSubnets(
  vpc: string,
  zones: readonly string[],
  kind: SubnetKind = "public",
): Record<string, string> {
  const range = parseRange(vpc);
  return Object.fromEntries(
    zones.map((zone) => {
      const letter = /^[a-z]{2}(-[a-z]+)+-\d([a-h])$/.exec(zone)?.[2];
      if (letter === undefined) {
        throw new Error(
          `zone "${zone}" is no availability zone such as us-west-2a: local and wavelength zones have no place`,
        );
      }
      const index = firstSubnet[kind] + letter.charCodeAt(0) - "a".charCodeAt(0);
      return [zone, formatRange(part(range, range.prefix + subnetBits, index))];
    }),
  );
}
