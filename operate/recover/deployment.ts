/** A resource in the engine's state, as `pulumi stack export` shows it; of its fields those that matter here. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  /** Of what was made; a creation that was cut off has none. */
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Replaced already, and waiting to be deleted. */
  readonly delete?: boolean;
}

/** What the engine was about to do when it was killed. */
interface PendingOperation {
  readonly type: string;
  readonly resource: StateResource;
}

/** The part of an exported state that matters here; the rest is passed on as it is. */
export interface Deployment {
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly PendingOperation[];
}

/** What was being made when the engine was killed: it may be there, and the state does not know. */
export function cutOff({ pending_operations = [] }: Deployment): StateResource[] {
  return pending_operations.filter(({ type }) => type === "creating").map(({ resource }) => resource);
}

/** Ids that the state knows of resources of a type. */
export function knownIds({ resources = [] }: Deployment, type: string): ReadonlySet<string> {
  return new Set(resources.filter((one) => one.type === type).flatMap(({ id }) => id ?? []));
}

/**
 * The state with what was found taken up as made, by URN, and no creation pending any more. A resource that was to take an
 * older one's place does so: the older one is then to be deleted, as the engine would have noted.
 */
export function recovered(deployment: Deployment, ids: ReadonlyMap<string, string>): Deployment {
  const found = cutOff(deployment).flatMap((resource) => {
    const id = ids.get(resource.urn);
    // Without outputs the provider would import by an id whose form differs from kind to kind; with them it looks anew.
    return id ? [{ ...resource, id, outputs: { ...resource.inputs, id } }] : [];
  });
  const taken = new Set(found.map(({ urn }) => urn));
  const before = (deployment.resources ?? []).map((one) =>
    taken.has(one.urn) ? { ...one, delete: true } : one,
  );
  const pending = (deployment.pending_operations ?? []).filter(({ type }) => type !== "creating");
  return { ...deployment, resources: [...before, ...found], pending_operations: pending };
}
