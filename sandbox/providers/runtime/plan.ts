/** What a preview can already say about a resource, and what a refresh says about its inputs. */

import { Context, Props, ResourceType } from "./types";
import { UNKNOWN } from "./values";

/**
 * Outputs of a create (`state` undefined) or an update in a preview. In an update computed outputs stay known, all or
 * those in `stable`; in a create none is.
 */
export async function planOutputs(
  type: ResourceType,
  inputs: Props,
  ctx: Context,
  state?: Props,
): Promise<Props> {
  const outputs: Props = {};
  for (const name of type.computed) {
    const stays = state && name in state && (!type.stable || type.stable.includes(name));
    outputs[name] = stays ? state[name] : UNKNOWN;
  }
  const planned = type.plan ? await type.plan(inputs, state, ctx) : inputs;
  for (const [name, value] of Object.entries(planned)) if (value !== undefined) outputs[name] = value;
  return outputs;
}

/**
 * The inputs that describe what was read: the old ones with the live values put in, never with properties that the
 * program did not set (the cloud's own defaults would otherwise show as drift). For an import, everything that is not
 * computed.
 */
export function inputsFromLive(type: ResourceType, oldInputs: Props, live: Props): Props {
  if (Object.keys(oldInputs).length > 0) return projectInputs(oldInputs, live);
  return Object.fromEntries(Object.entries(live).filter(([name]) => !type.computed.includes(name)));
}

/** `old` with the live values at the places it has. */
export function projectInputs(old: Props, live: Props): Props {
  return project(old, live) as Props;
}

function project(old: unknown, live: unknown): unknown {
  if (Array.isArray(old) && Array.isArray(live) && old.length === live.length)
    return old.map((item, i) => project(item, live[i]));
  if (isBag(old) && isBag(live)) {
    // APIs leave out what is empty, false or zero: that is no drift.
    const kept = Object.keys(old).filter((key) => live[key] !== undefined || isEmpty(old[key]));
    return Object.fromEntries(
      kept.map((key) => [key, live[key] === undefined ? old[key] : project(old[key], live[key])]),
    );
  }
  return live;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isEmpty);
  return isBag(value) ? Object.values(value).every(isEmpty) : !value;
}

function isBag(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
