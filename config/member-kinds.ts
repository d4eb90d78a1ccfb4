import type { StackConfig } from "../config";

/** What tells the kinds of members apart, in the config as it is written and as it is read. */
export interface OfKind {
  readonly kind: "ec2" | "external";
}

/**
 * The AWS region that calls go to which are no member's: the host's, else that of another member that this program makes. Where it
 * makes none, the one that AWS's tools take for services without regions.
 */
export function awsRegionOf({ host, members }: StackConfig): string {
  const own = ofKind(members, "ec2");
  return (own[host ?? ""] ?? Object.values(own)[0])?.region ?? "us-east-1";
}

/** A member that may have been declared lost. */
interface MayBeLost {
  readonly lost: boolean;
}

/** Whether a member takes part in the federation: it is not lost, and does not only host it. */
export function takesPart({ lost, joins }: MayBeLost & { readonly joins: boolean }): boolean {
  return joins && !lost;
}

/** The members that are not lost, by name. */
export function present<M extends MayBeLost>(members: Readonly<Record<string, M>>): Record<string, M> {
  return Object.fromEntries(Object.entries(members).filter(([, { lost }]) => !lost));
}

/** Names of those that are not lost; ill-formed members, of which nothing is known, count as present. */
export function presentNames(
  names: readonly string[],
  members: Readonly<Record<string, MayBeLost>>,
): string[] {
  return names.filter((name) => !members[name]?.lost);
}

/** The members of one kind, by name. */
export function ofKind<M extends OfKind, K extends M["kind"]>(
  members: Readonly<Record<string, M>>,
  kind: K,
): Record<string, Extract<M, { kind: K }>> {
  const has = (entry: [string, M]): entry is [string, Extract<M, { kind: K }>] => entry[1].kind === kind;
  return Object.fromEntries(Object.entries(members).filter(has));
}
