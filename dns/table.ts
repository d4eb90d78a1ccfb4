import { Hierarchy, hierarchicalNames, hierarchyPrefix, hierarchyRows, WIDER } from "./hierarchy";
import { latencyRegionOf, RecordMember, recordName, regionalName, setIdentifiers } from "./names";
import { weights } from "./weights";

/** A member as the table of records sees it. */
export interface TableMember extends RecordMember {
  readonly zones: readonly string[];
  readonly replicas: number;
}

/** One record set: who is sent where, and when. */
export interface Row {
  /** Tells it from the app's other ones for good: its resource is named by it. */
  readonly key: string;
  /** Keys that it has when more or fewer members share its region: it is still the same record. */
  readonly otherKeys?: readonly string[];
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
  /** None where the name has this one record. */
  readonly identifier?: string;
  readonly policy?: { readonly region: string } | { readonly weight: number };
  /**
   * A member's load balancer, always health-checked: Route 53 takes a record without a check for well. Or another name
   * of the zone: by an ALIAS, which takes over that name's health or does not, else by a CNAME, which never does.
   */
  readonly target:
    { readonly member: string } | { readonly name: string; readonly alias?: { readonly health: boolean } };
}

/** What the table is made of. */
export interface TableArgs {
  readonly domain: string;
  /** Name below the domain, `@` for the domain itself. */
  readonly name: string;
  readonly type: "cname" | "alias";
  /** Seconds. */
  readonly ttl: number;
  /** Every member that takes part in the app, with replicas or without. */
  readonly members: readonly RecordMember[];
  readonly replicas: Readonly<Record<string, number>>;
  /** @default none: the app has one name */
  readonly hierarchy?: Hierarchy;
}

/** All records of an app. */
export interface RecordTable {
  readonly fullName: string;
  readonly type: "CNAME" | "A";
  /** In an order in which they can be made: what leads to a name after what stands there. */
  readonly rows: readonly Row[];
  /** Names that are marked as this stack's: all but those below a marked one. */
  readonly names: readonly string[];
  /** Set identifiers of the members that serve, however many share a region: no record with one of them is withdrawn. */
  readonly keep: readonly string[];
  /** The longest that an answer may be kept; seconds. */
  readonly ttl: number;
  /** What its hierarchical names begin with; those of members that are gone are found by it. */
  readonly prefix?: string;
}

/** The records of an app. Members without replicas have none; nobody is sent anywhere while there is no replica at all. */
export function recordTable({ domain, name, type, ttl, hierarchy, ...args }: TableArgs): RecordTable {
  const members = args.members.map((member) => ({
    ...member,
    zones: member.zones ?? [],
    replicas: args.replicas[member.name] ?? 0,
  }));
  const fullName = recordName(name, domain);
  const serving = members.filter(({ replicas }) => replicas > 0);
  // Beside A records no CNAME can stand, so there it is an ALIAS. Without health: the wider name is always a way out.
  const link = (to: string) => (type === "cname" ? { name: to } : { name: to, alias: { health: false } });
  const rows = [
    ...latencyRows(fullName, ttl, members),
    ...(hierarchy ? hierarchyRows(hierarchy, domain, fullName, members, link) : []),
  ];
  const hierarchical = hierarchy ? hierarchicalNames(hierarchy, domain, members) : [];
  return {
    fullName,
    type: type === "cname" ? "CNAME" : "A",
    rows: serving.length > 0 ? rows : [],
    names: [fullName, ...hierarchical.map(({ name }) => name)],
    keep: [...new Set([...keptIdentifiers(members, serving), ...(hierarchy ? [WIDER] : [])])].sort(),
    ttl: Math.max(ttl, hierarchy?.ttl ?? 0),
    prefix: hierarchy && hierarchyPrefix(hierarchy),
  };
}

/**
 * One record for each AWS region by whose latency members are chosen. Route 53 takes no second one for a region: where
 * members share one, its record leads to a name of the region's own, at which they share the users by weight.
 */
function latencyRows(fullName: string, ttl: number, members: readonly TableMember[]): Row[] {
  const identifiers = setIdentifiers(members);
  const regions = [...new Set(members.map(latencyRegionOf))];
  return regions.flatMap((region): Row[] => {
    const here = members.filter((member) => latencyRegionOf(member) === region);
    const serving = here.filter(({ replicas }) => replicas > 0);
    if (serving.length === 0) return [];
    const shared = `region.${region}`;
    const top = { name: fullName, ttl, identifier: identifiers[here[0].name], policy: { region } };
    if (here.length === 1) {
      const [{ name: member }] = here;
      return [{ ...top, key: member, otherKeys: [shared], target: { member } }];
    }
    const name = regionalName(region, fullName);
    const share = weights(here);
    // The one whose own region it is first: its record has the identifier already that the region's is to have.
    const own = [...here].sort((a, b) => Number(b.region === region) - Number(a.region === region));
    return [
      ...serving.map(({ name: member }) => ({
        key: `share.${member}`,
        name,
        ttl,
        identifier: member,
        policy: { weight: share[member] },
        target: { member },
      })),
      {
        ...top,
        key: shared,
        otherKeys: own.map((member) => member.name),
        target: { name, alias: { health: true } },
      },
    ];
  });
}

/** Those of now, and those before members came to share a region or ceased to. */
function keptIdentifiers(members: readonly TableMember[], serving: readonly TableMember[]): string[] {
  const identifiers = setIdentifiers(members);
  return serving.flatMap((member) => [
    identifiers[member.name],
    member.name,
    member.region,
    latencyRegionOf(member),
  ]);
}
