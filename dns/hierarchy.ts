import type { Row, TableMember } from "./table";
import { weights } from "./weights";

/** What the hierarchical names of an app are made of. */
export interface Hierarchy {
  readonly service: string;
  readonly namespace: string;
  readonly federation: string;
  /** Seconds that their answers may be kept. */
  readonly ttl: number;
}

/** Set identifier of the record that leads to the next wider name. No member has it: theirs begin with a letter. */
export const WIDER = "(wider)";

/** What all hierarchical names of an app begin with, and no other app's: `nginx.default.aws-fed.svc.` */
export function hierarchyPrefix({ service, namespace, federation }: Hierarchy): string {
  return `${service}.${namespace}.${federation}.svc.`;
}

/**
 * The names of an app from the widest to the narrowest, each with the place that it is for: all members, a region, or a
 * zone and its region.
 */
export function hierarchicalNames(
  hierarchy: Hierarchy,
  domain: string,
  members: readonly Pick<TableMember, "region" | "zones">[],
): { readonly name: string; readonly place: readonly string[] }[] {
  const regions = members.map(({ region }) => [region]);
  const zones = members.flatMap(({ region, zones }) => zones.map((zone) => [zone, region]));
  const named = [[], ...regions, ...zones].map((place) => ({
    name: hierarchyPrefix(hierarchy) + [...place, domain].join("."),
    place,
  }));
  return [...new Map(named.map((each) => [each.name, each])).values()];
}

/**
 * The records of an app's hierarchical names. A region or zone shares its members by weight; of weight 0, and so asked
 * only when none of them is well, is the way to the next wider name. The widest leads to the app's own name.
 *
 * @param target the app's own name.
 * @param link how one name leads to another.
 */
export function hierarchyRows(
  hierarchy: Hierarchy,
  domain: string,
  target: string,
  members: readonly TableMember[],
  link: (name: string) => Row["target"],
): Row[] {
  const { ttl } = hierarchy;
  return hierarchicalNames(hierarchy, domain, members).flatMap(({ name, place }) => {
    const key = name.slice(0, -domain.length - 1);
    if (place.length === 0) return [{ key, name, ttl, target: link(target) }];
    const [zone, region] = place.length === 2 ? place : [undefined, place[0]];
    const here = members.filter(
      (member) => member.region === region && (!zone || member.zones.includes(zone)),
    );
    const share = weights(here);
    const wider = hierarchyPrefix(hierarchy) + [...place.slice(1), domain].join(".");
    return [
      ...here
        .filter(({ replicas }) => replicas > 0)
        .map(({ name: member }) => ({
          key: `${key}.${member}`,
          name,
          ttl,
          identifier: member,
          policy: { weight: share[member] },
          target: { member },
        })),
      { key: `${key}.${WIDER}`, name, ttl, identifier: WIDER, policy: { weight: 0 }, target: link(wider) },
    ];
  });
}
