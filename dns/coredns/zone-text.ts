import { isIP } from "node:net";

/** A record of the zone. */
export interface ZoneRecord {
  /** Full name. */
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
  /** An address, or a host name. */
  readonly target: string;
}

/** Seconds that "there is no such name" may be kept: names come with an `up`, and then somebody waits for them. */
const NOTHING_TTL = 30;

/** Name of the zone's name server. */
export function nameServerOf(domain: string): string {
  return `ns.${domain}`;
}

/** The type of record that leads to an address or a host name. */
export function typeOf(target: string): "A" | "AAAA" | "CNAME" {
  return ({ 4: "A", 6: "AAAA" } as const)[isIP(target) as 4 | 6] ?? "CNAME";
}

/**
 * A zone as RFC 1035 writes it. Its serial number is always 1: nobody is given a copy of the zone that would have to learn
 * of changes by it.
 */
export function zoneText(domain: string, records: readonly ZoneRecord[]): string {
  const server = nameServerOf(domain);
  const soa = `${server}. hostmaster.${domain}. 1 7200 1800 86400 ${NOTHING_TTL}`;
  const lines = [
    `${domain}. ${NOTHING_TTL} IN SOA ${soa}`,
    `${domain}. ${NOTHING_TTL} IN NS ${server}.`,
    ...records.map(({ name, ttl, target }) => {
      const type = typeOf(target);
      return `${name}. ${ttl} IN ${type} ${type === "CNAME" ? `${target.replace(/\.$/, "")}.` : target}`;
    }),
  ];
  return `${lines.join("\n")}\n`;
}
