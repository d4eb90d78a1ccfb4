import type { Ec2MemberConfig, Pair } from "../config";
import { slotPlaces } from "./slots";

/** Port on which nodes take pods' packets of other members, wrapped in UDP (VXLAN, RFC 7348). */
export const overlayPort = 4789;

/** What nodes are told of a member without peers: a parameter cannot be empty. */
export const noPeers = "none";

/** Characters that an SSM parameter of the standard tier holds. */
const parameterLimit = 4096;

/** What a member's peers know of it. */
export interface PeerFacts {
  /** Range of its VPC. */
  readonly vpc: string;
  /** Range of its pods. */
  readonly pods: string;
  /** Addresses of its control plane's slots, which take packets for its pods. */
  readonly slots: readonly string[];
}

/** Who may send what to a member's nodes. */
export interface PeerRule {
  /** Last part of the resource's name. */
  readonly name: string;
  readonly description: string;
  readonly ipProtocol: string;
  /** First port, or the ICMP type. */
  readonly fromPort?: number;
  /** Last port, or the ICMP code. */
  readonly toPort?: number;
  readonly cidrIpv4: string;
}

/** What is known of a member before anything of it is made. */
export function peerFacts(member: Ec2MemberConfig, zones: readonly string[]): PeerFacts {
  const { vpc, pods } = member.network;
  return { vpc, pods, slots: slotPlaces(member, zones).map(({ privateIp }) => privateIp) };
}

/**
 * What the nodes of a member are told of its peers: for each a line `<pods' range> <VPC's range> <slot>,<slot>…`.
 *
 * @throws Error when that is longer than a parameter holds, as for some 45 peers of five slots each.
 */
export function peersText(
  member: string,
  pairs: readonly Pair[],
  facts: Readonly<Record<string, PeerFacts>>,
): string {
  const peers = pairs
    .filter((pair) => pair.includes(member))
    .map(([one, other]) => facts[one === member ? other : one]);
  const text = peers.map(({ pods, vpc, slots }) => `${pods} ${vpc} ${slots.join(",")}`).join("\n");
  if (text.length <= parameterLimit) return text || noPeers;
  throw new Error(
    `federation:peering gives member ${member} ${peers.length} peers, whose ranges and control-plane nodes take ` +
      `${text.length} characters; an SSM parameter holds ${parameterLimit}: let it peer with fewer members`,
  );
}

/** {@link peersText} of every member, known before anything is made. */
export function peersOf(
  pairs: readonly Pair[],
  members: Readonly<Record<string, Ec2MemberConfig>>,
  zones: Readonly<Record<string, readonly string[]>>,
): Record<string, string> {
  const facts = Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, peerFacts(member, zones[name])]),
  );
  return Object.fromEntries(Object.keys(members).map((name) => [name, peersText(name, pairs, facts)]));
}

/** Name of a pair's component. A dot between them: members' names have none, so no two pairs share a name. */
export function peeringName([one, other]: Pair): string {
  return `peering-${one}.${other}`;
}

/**
 * What a member's nodes let in from a peer. By ranges: a group of another region cannot be named. A pod's packet comes twice:
 * wrapped, from a node of the peer to a slot, and then bare, from that slot to the pod's node, with the pod's own source.
 */
export function peerRules({ vpc, pods }: Pick<PeerFacts, "vpc" | "pods">): PeerRule[] {
  return [
    {
      name: "overlay",
      description: "Pods' packets of a peer, wrapped",
      ipProtocol: "udp",
      fromPort: overlayPort,
      toPort: overlayPort,
      cidrIpv4: vpc,
    },
    {
      name: "echo",
      description: "A peer's nodes asking which slot is there",
      ipProtocol: "icmp",
      fromPort: 8,
      toPort: 0,
      cidrIpv4: vpc,
    },
    { name: "pods", description: "Pods of a peer, unwrapped by a slot", ipProtocol: "-1", cidrIpv4: pods },
  ];
}
