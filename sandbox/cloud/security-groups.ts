import { isIPv4 } from "./addresses";
import { portName } from "./names";
import { chain, set } from "./nft-text";
import type { NetworkInterface, Rule, SecurityGroup } from "./state";

/** Members of a group, by their interfaces' private addresses: a pod's address belongs to no group. */
export function groupSet(group: SecurityGroup, interfaces: NetworkInterface[]): string {
  const members = interfaces.filter((eni) => eni.groups.includes(group.id));
  const addresses = members.map((eni) => eni.privateIp);
  return set(group.id, "ipv4_addr", addresses);
}

/** What a group lets in and out, a chain each. */
export function groupChains(group: SecurityGroup, known: Set<string>): string[] {
  const ingress = group.ingress.flatMap((rule) => ruleLines(rule, "ingress", known));
  const egress = group.egress.flatMap((rule) => ruleLines(rule, "egress", known));
  return [...chain(`${group.id}-in`, ingress), ...chain(`${group.id}-out`, egress)];
}

/** nftables rules of one security-group rule; exported for tests. */
export function ruleLines(rule: Rule, direction: "ingress" | "egress", known: Set<string>): string[] {
  const what = protocolMatch(rule);
  const side = direction === "ingress" ? "saddr" : "daddr";
  const peers = [
    ...rule.cidrs.filter(isIPv4).map((cidr) => (cidr.endsWith("/0") ? "" : `ip ${side} ${cidr}`)),
    ...rule.groups.filter((group) => known.has(group)).map((group) => `ip ${side} @${group}`),
  ];
  return peers.map((peer) => [peer, what, "accept"].filter(Boolean).join(" "));
}

function protocolMatch(rule: Rule): string {
  const protocol = { "6": "tcp", "17": "udp", "1": "icmp" }[rule.protocol] ?? rule.protocol;
  const some = (value: number | null): value is number => value !== null && value >= 0;
  switch (protocol) {
    case "-1":
      return "";
    case "tcp":
    case "udp": {
      const all = !some(rule.from) || !some(rule.to) || (rule.from === 0 && rule.to === 65535);
      if (all) return `meta l4proto ${protocol}`;
      return `${protocol} dport ${rule.from === rule.to ? rule.from : `${rule.from}-${rule.to}`}`;
    }
    case "icmp":
      if (!some(rule.from)) return "meta l4proto icmp";
      return `icmp type ${rule.from}${some(rule.to) ? ` icmp code ${rule.to}` : ""}`;
    default:
      return `meta l4proto ${protocol === "icmpv6" ? 58 : protocol}`;
  }
}

/** The chains that a packet to or from an interface passes: those of its groups, then the end. */
export function interfaceChains(eni: NetworkInterface, known: Set<string>): string[] {
  const mine = eni.groups.filter((group) => known.has(group));
  // Only a network load balancer made without groups has none: it takes everything.
  const unguarded = eni.groups.length === 0 && eni.instance === null;
  const verdicts = (direction: "in" | "out", reason: string) =>
    unguarded
      ? ["accept"]
      : [...mine.map((group) => `jump ${group}-${direction}`), `counter name "${reason}" drop`];
  return [
    ...chain(`${portName(eni.id)}-in`, verdicts("in", "ingress")),
    ...chain(`${portName(eni.id)}-out`, verdicts("out", "egress")),
  ];
}
