/** A member as its records see it. */
export interface RecordMember {
  readonly name: string;
  readonly region: string;
  /** AWS region whose latency decides who is sent there. @default region */
  readonly latencyRegion?: string;
  /** @default none */
  readonly zones?: readonly string[];
}

/** AWS region whose latency decides who is sent to a member. */
export function latencyRegionOf({ region, latencyRegion }: RecordMember): string {
  return latencyRegion ?? region;
}

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/**
 * The full name of a record: `nginx` in `k8s.example.com` is `nginx.k8s.example.com`, `@` the domain itself.
 * @throws Error for a name that is none, or too long for DNS.
 */
export function recordName(name: string, domain: string): string {
  if (name === "@") return domain;
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
 * Tells the latency records of one name apart: the member's region; the AWS region of members that share one, by which
 * they are chosen; or region and member where the region alone would be another's. By member name, for all of `members`.
 */
export function setIdentifiers(members: readonly RecordMember[]): Record<string, string> {
  return Object.fromEntries(
    members.map((member) => {
      const { name, region } = member;
      const others = members.filter((other) => other.name !== name);
      const own = latencyRegionOf(member);
      if (others.some((other) => latencyRegionOf(other) === own)) return [name, own];
      const taken = others.some((other) => other.region === region || latencyRegionOf(other) === region);
      return [name, taken ? `${region}-${name}` : region];
    }),
  );
}

/** Where the members of one AWS region share its users: below the app's name, where no app's name can be. */
export function regionalName(region: string, fullName: string): string {
  return `_${region}.${fullName}`;
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
