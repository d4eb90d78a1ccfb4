import type { Stack } from "@pulumi/pulumi/automation";
import { cutOff, Deployment, knownIds, recovered, StateResource } from "./deployment";
import { search } from "./search";

/**
 * Takes what was being made when the engine was killed into the stack's state, so that the next `up` goes on with it and a
 * destroy removes it, instead of a second one beside it; then has the providers look at it. Without anything cut off it does
 * nothing. Tells of each.
 *
 * @throws when several things are what one creation asked for; nothing is changed then.
 */
export async function takeUp(stack: Stack, tell: (line: string) => void): Promise<void> {
  const exported = await stack.exportStack();
  const deployment = exported.deployment as Deployment;
  const pending = cutOff(deployment);
  if (pending.length === 0) return;
  tell(`${pending.length} resources were being made when the engine was killed; looking for them`);
  const ids = new Map<string, string>();
  for (const resource of pending) {
    const id = await lookFor(resource, deployment, stack.name);
    tell(
      `  ${resource.type} ${nameOf(resource)}: ${id ? `taken up, ${id}` : "not there, or made again without harm"}`,
    );
    if (id) ids.set(resource.urn, id);
  }
  await stack.importStack({ ...exported, deployment: recovered(deployment, ids) });
  if (ids.size > 0) await stack.refresh({ target: [...ids.keys()], suppressOutputs: true });
}

async function lookFor(
  resource: StateResource,
  deployment: Deployment,
  stack: string,
): Promise<string | undefined> {
  const known = knownIds(deployment, resource.type);
  const found = (await search(resource.type, resource.inputs, stack)).filter((id) => !known.has(id));
  if (found.length > 1)
    throw new Error(
      `${resource.type} ${nameOf(resource)} was being made when the engine was killed, and ${found.length} are what it asked ` +
        `for: ${found.join(", ")}. Delete those that nothing uses, then run this again`,
    );
  return found[0];
}

/** A resource's name in the program, the last part of its URN. */
const nameOf = ({ urn }: StateResource): string => urn.slice(urn.lastIndexOf("::") + 2);
