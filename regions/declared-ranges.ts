import { contains, parseRange } from "./ipv4";

/** Ranges that the config declares for a cluster, each `a.b.c.d/len`. */
export interface Declared {
  readonly nodes: string;
  readonly pods: string;
  readonly services: string;
}

/** A node, as far as its addresses go. */
export interface SeenNode {
  readonly name: string;
  /** Its addresses inside. */
  readonly addresses: readonly string[];
  /** Ranges that the cluster gave it for its pods. */
  readonly podRanges: readonly string[];
}

/** What a cluster has, beside what was declared for it. */
export interface Seen {
  readonly nodes: readonly SeenNode[];
  /** Cluster address of the Service `kubernetes`. */
  readonly service?: string;
}

/** Where the cluster has other addresses than declared: then others' may be the same without anybody knowing. */
export function rangeFindings(declared: Declared, seen: Seen): string[] {
  const outside = (key: keyof Declared) => (text: string) =>
    isIpv4(text) &&
    !contains(parseRange(declared[key]), parseRange(text.includes("/") ? text : `${text}/32`));
  const addresses = seen.nodes.flatMap((node) => node.addresses.filter(outside("nodes")));
  const ranges = seen.nodes.flatMap((node) => node.podRanges.filter(outside("pods")));
  const service = [seen.service ?? ""].filter(outside("services"));
  return [
    ...finding("nodes", declared, addresses, "nodes have addresses"),
    ...finding("pods", declared, ranges, "nodes have ranges for pods"),
    ...finding("services", declared, service, "Service kubernetes has an address"),
  ];
}

function finding(key: keyof Declared, declared: Declared, others: readonly string[], what: string): string[] {
  if (others.length === 0) return [];
  const count = others.length === 1 ? "" : ` and ${others.length - 1} more`;
  return [
    `network.${key} says ${declared[key]}, but its ${what} outside, ${others[0]}${count} – declare the range it really has`,
  ];
}

/** A cluster may have IPv6 ranges beside, which no member of ours has. */
function isIpv4(text: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(text);
}
