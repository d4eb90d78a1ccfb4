/** What tells the kinds of members apart, in the config as it is written and as it is read. */
export interface OfKind {
  readonly kind: "ec2" | "external";
}

/** The members of one kind, by name. */
export function ofKind<M extends OfKind, K extends M["kind"]>(
  members: Readonly<Record<string, M>>,
  kind: K,
): Record<string, Extract<M, { kind: K }>> {
  const has = (entry: [string, M]): entry is [string, Extract<M, { kind: K }>] => entry[1].kind === kind;
  return Object.fromEntries(Object.entries(members).filter(has));
}
