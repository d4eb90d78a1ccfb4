import { isIP } from "node:net";

/** Hosted zones of the names of a region's load balancers, which an ALIAS to one must name. */
export interface BalancerZones {
  readonly classic: string;
  readonly network: string;
}

/** What a record says of where it leads: values with a TTL, or an ALIAS, whose TTL is its target's. */
export interface RecordData {
  readonly ttl?: number;
  readonly records?: string[];
  readonly aliases?: { name: string; zoneId: string; evaluateTargetHealth: boolean }[];
}

/** Application load balancers have classic ones' names and zone. */
const CLASSIC = /^[^.]+\.([a-z0-9-]+)\.elb\.amazonaws\.com(\.cn)?$/;
const NETWORK = /^[^.]+\.elb\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/**
 * Where a member's CNAME points: its load balancer's host name.
 * @throws Error for an address, to which no CNAME points; other clouds' load balancers may have nothing else.
 */
export function cnameTarget(host: string, member: string): string {
  if (!isIP(host)) return host;
  throw new Error(
    `member ${member}: its load balancer has the address ${host} and no host name, to which a CNAME could point: give ` +
      "the app's dns type: alias, and another name while records of the old type stand",
  );
}

/**
 * A member's A record: its load balancer's address, or an ALIAS where it is one of AWS's.
 *
 * @param zones those of the member's region, where it is one of AWS's.
 * @throws Error for a host name that is none of AWS's in that region, and for IPv6.
 */
export function addressData(
  host: string,
  ttl: number,
  member: { readonly name: string; readonly region: string },
  zones?: BalancerZones,
): RecordData {
  if (isIP(host) === 4) return { ttl, records: [host] };
  const alias = (zoneId: string) => ({ aliases: [{ name: host, zoneId, evaluateTargetHealth: true }] });
  if (zones && CLASSIC.exec(host)?.[1] === member.region) return alias(zones.classic);
  if (zones && NETWORK.exec(host)?.[1] === member.region) return alias(zones.network);
  const why = isIP(host)
    ? "is an IPv6 address, and AAAA records are not there yet: give it an IPv4 address"
    : `is no load balancer of AWS in ${member.region}, to which an ALIAS could point: use dns type: cname`;
  throw new Error(`member ${member.name}: its load balancer ${host} ${why}`);
}
