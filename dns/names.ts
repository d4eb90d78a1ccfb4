import { isIP } from "node:net";

/** A member as its records see it. */
export interface RecordMember {
  readonly name: string;
  readonly region: string;
  /** AWS region whose latency decides who is sent there. @default region */
  readonly latencyRegion?: string;
}

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/**
 * The full name of a record: `nginx` in `k8s.example.com` is `nginx.k8s.example.com`.
 * @throws Error for a name that is none, or too long for DNS.
 */
export function recordName(name: string, domain: string): string {
  const labels = name.split(".");
  const wrong = labels.find((label) => !LABEL.test(label));
  if (wrong !== undefined) {
    throw new Error(
      `dns name "${name}": "${wrong}" is no label; use a-z, 0-9 and -, at most 63, no - at the ends`,
    );
  }
  const full = `${name}.${domain}`;
  if (full.length > 253) throw new Error(`dns name "${full}" has ${full.length} characters; DNS takes 253`);
  return full;
}

/**
 * Where a member's record points: its load balancer's host name.
 * @throws Error for an address, to which no CNAME points; other clouds' load balancers may have nothing else.
 */
export function cnameTarget(host: string, member: string): string {
  if (!isIP(host)) return host;
  throw new Error(
    `member ${member}: its load balancer has the address ${host} and no host name; records for addresses are not there ` +
      "yet: leave the app's dns out, or the member out of its placement",
  );
}

/**
 * Tells the records of one name apart: the region, or region and member where members share a region.
 * By member name, for all of `members`.
 */
export function setIdentifiers(members: readonly RecordMember[]): Record<string, string> {
  return Object.fromEntries(
    members.map(({ name, region }) => {
      const shared = members.some((other) => other.name !== name && other.region === region);
      return [name, shared ? `${region}-${name}` : region];
    }),
  );
}

/**
 * Where the mark of ownership of a name stands: beside it, since DNS allows nothing at the name of a CNAME.
 * `nginx.k8s.example.com` is marked at `_federation.nginx.k8s.example.com`.
 */
export function markerName(fullName: string): string {
  return `_federation.${fullName}`;
}

/** What the mark says: whose the name is. */
export function markerValue(owner: string): string {
  return `heritage=federation,owner=${owner}`;
}
