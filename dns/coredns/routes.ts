import { hierarchicalNames } from "../hierarchy";
import { recordName } from "../names";
import type { TableArgs, TableMember } from "../table";
import { weights } from "../weights";

/** Who is told of which members, in which order: the first one that is well answers. */
export interface Route {
  readonly name: string;
  /** Networks that this is for, in place of everybody who is left. @default everybody */
  readonly clients?: readonly string[];
  /** Which part of them: those whose question's number, divided by `of`, leaves at least `from` and less than `to`. @default all */
  readonly part?: { readonly from: number; readonly to: number; readonly of: number };
  /** Members by name; the nearest first. */
  readonly members: readonly string[];
}

/** Networks of users by the region that is nearest to them. */
export type Clients = Readonly<Record<string, readonly string[]>>;

/**
 * The ways to an app's members, for each of its names. CoreDNS takes the first that fits: narrow networks come before
 * wide ones, and those for everybody last. Members without replicas are on none; without any at all there is none.
 *
 * Users near a region are led to its members, by their replicas, and to the others when none of these is well; users
 * whose place is not known to all members by their replicas.
 */
export function routesOf(args: TableArgs, clients: Clients): Route[] {
  const members = args.members.map((member) => ({
    ...member,
    zones: member.zones ?? [],
    replicas: args.replicas[member.name] ?? 0,
  }));
  const serving = members.filter(({ replicas }) => replicas > 0);
  if (serving.length === 0) return [];
  const near = (name: string): Route[] => [
    ...networksOf(clients, serving).flatMap(({ region, ranges }) =>
      shared(name, [serving.filter((each) => each.region === region), serving], ranges),
    ),
    ...shared(name, [serving]),
  ];
  const { hierarchy, domain } = args;
  const hierarchical = hierarchy ? hierarchicalNames(hierarchy, domain, members) : [];
  return [
    ...near(recordName(args.name, domain)),
    ...hierarchical.flatMap(({ name, place }) =>
      place.length === 0 ? near(name) : shared(name, [...within(serving, place), serving]),
    ),
  ];
}

/** Members of a zone and then of its region, or of a region. */
function within(serving: readonly TableMember[], place: readonly string[]): TableMember[][] {
  const [region, zone] = [...place].reverse();
  const here = serving.filter((member) => member.region === region);
  return zone === undefined ? [here] : [here.filter(({ zones }) => zones.includes(zone)), here];
}

/** Networks of regions that serve, the narrowest first: it says most about where a user is. */
function networksOf(clients: Clients, serving: readonly TableMember[]) {
  const regions = [...new Set(serving.map(({ region }) => region))].sort();
  const all = regions.flatMap((region) =>
    (clients[region] ?? []).map((range) => ({ region, range, prefix: Number(range.split("/")[1]) })),
  );
  const prefixes = [...new Set(all.map(({ prefix }) => prefix))].sort((a, b) => b - a);
  return prefixes.flatMap((prefix) =>
    regions.flatMap((region) => {
      const same = all.filter((each) => each.prefix === prefix && each.region === region);
      const ranges = [...new Set(same.map(({ range }) => range))].sort();
      return ranges.length > 0 ? [{ region, ranges }] : [];
    }),
  );
}

/**
 * The first group that has anybody shares the users by its replicas; whoever of it is not well is stood in for by the
 * next of it, then by the wider groups.
 */
function shared(
  name: string,
  groups: readonly (readonly TableMember[])[],
  clients?: readonly string[],
): Route[] {
  const sorted = groups.map((group) => [...group].sort((a, b) => (a.name < b.name ? -1 : 1)));
  const first = sorted.find((group) => group.length > 0)!;
  const share = weights(first);
  const of = first.reduce((sum, member) => sum + share[member.name], 0);
  let from = 0;
  return first.map((member, index) => {
    const to = from + share[member.name];
    // The last part is whatever the others leave.
    const part = index === first.length - 1 ? undefined : { from, to, of };
    from = to;
    const turned = [...first.slice(index), ...first.slice(0, index)];
    const members = [...new Set([...turned, ...sorted.flat()].map((each) => each.name))];
    return { name, ...(clients && { clients }), ...(part && { part }), members };
  });
}
