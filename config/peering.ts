import { Fault, suggest } from "./faults";
import type { OfKind } from "./member-kinds";

/** Which members' networks are joined, as the config says it. */
export type PeeringInput = "all" | readonly (readonly [string, string])[];

/** Two members whose networks are joined, in the order of their names: whoever is named first changes nothing. */
export type Pair = readonly [string, string];

type Members = Readonly<Record<string, OfKind>>;

/** Whether a member's network is of our making: others' routes and rules are not ours to write. */
const canPeer = ({ kind }: OfKind): boolean => kind === "ec2";

/** Every pair of members that peer, each once, sorted. */
export function expandPeering(peering: PeeringInput, members: Members): Pair[] {
  const names = Object.keys(members).filter((name) => canPeer(members[name]));
  const pairs =
    peering === "all"
      ? names.flatMap((one, index) => names.slice(index + 1).map((other): Pair => [one, other]))
      : peering;
  return pairs
    .map(([one, other]): Pair => (one < other ? [one, other] : [other, one]))
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/**
 * Pairs that name no member, a member that cannot peer, a member with itself, or what another pair says already.
 *
 * @param names all members' names, those of ill-formed members too.
 */
export function peeringFaults(peering: PeeringInput, names: readonly string[], members: Members): Fault[] {
  if (peering === "all" || names.length === 0) return [];
  const seen = new Map<string, number>();
  return peering.flatMap((pair, index): Fault[] => {
    const path = `peering.${index}`;
    const unknown = pair.flatMap((name, end) => {
      if (names.includes(name)) return [];
      return [{ path: `${path}.${end}`, value: name, remedy: `is no member: ${suggest(name, names)}` }];
    });
    if (unknown.length > 0) return unknown;
    const foreign = pair.flatMap((name, end) => {
      const member = members[name];
      if (!member || canPeer(member)) return [];
      const remedy = `is of kind ${member.kind}, whose network is not made here: leave the pair out`;
      return [{ path: `${path}.${end}`, value: name, remedy }];
    });
    if (foreign.length > 0) return foreign;
    if (pair[0] === pair[1])
      return [{ path, value: pair, remedy: "joins a member with itself: name two members" }];
    const known = key([...pair].sort());
    const first = seen.get(known);
    if (first !== undefined)
      return [{ path, value: pair, remedy: `is peering.${first} once more: leave one out` }];
    seen.set(known, index);
    return [];
  });
}

/** How many others each member peers with. */
export function peerCounts(pairs: readonly Pair[]): Record<string, number> {
  return pairs
    .flat()
    .reduce<Record<string, number>>((sum, name) => ({ ...sum, [name]: (sum[name] ?? 0) + 1 }), {});
}

const key = (pair: readonly string[]): string => pair.join(" ");
