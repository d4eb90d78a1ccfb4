import { autoName } from "../runtime/autoname";
import { type Context, InitError, type Props, type ResourceType } from "../runtime/types";
import { isUnknown, UNKNOWN } from "../runtime/values";
import { checkSpec, regionFailure } from "./check";
import { services } from "./clients";
import { comparing, diffSpec, mergedBlock } from "./compare";
import type { Call, Spec } from "./resource";
import { settings } from "./settings";
import { same } from "./shapes";
import { ownTags, tagChanges, withDefaults } from "./tags";
import { until } from "./wait";

/** How long a new thing may be invisible to AWS's describe calls, s. */
const VISIBLE_WITHIN = 120;

/** A ResourceType out of what the type says about itself. */
export function define(spec: Spec): ResourceType {
  const extra = [...(spec.global ? [] : ["region"]), ...(spec.tags ? ["tagsAll"] : [])];
  const type: ResourceType = {
    required: spec.required,
    replaceOn: spec.replaceOn,
    secretOutputs: spec.secrets,
    deleteBeforeReplace: spec.deleteBeforeReplace,
    computed: [...spec.computed, ...(spec.filled ?? []), ...extra],
    check: async (inputs, olds, ctx) => {
      const filled = withoutUnset({ ...spec.defaults, ...withoutUnset(inputs) });
      for (const name of spec.json ?? []) {
        if (typeof filled[name] === "object") filled[name] = JSON.stringify(filled[name]);
      }
      const ready = spec.prepare?.(filled) ?? filled;
      const named = spec.autoname ? autoName(ready, olds, ctx, spec.autoname.property, spec.autoname) : ready;
      return { inputs: named, failures: [...checkSpec(spec, named), ...regionFailure(spec, named)] };
    },
    diff: (olds, news, state) => diffSpec(spec, olds, news, state),
    plan: (inputs, olds) => plan(spec, inputs, olds),
    create: (inputs, ctx) => create(spec, inputs, ctx),
    read: (id, state, ctx) => read(spec, id, state, ctx),
    update: (id, olds, news, ctx) => update(spec, id, olds, news, ctx),
    delete: async (id, state, ctx) => {
      const known = Object.keys(ctx.oldInputs ?? {}).length ? ctx.oldInputs! : state;
      await spec.delete(callOf(spec, id, known, state, ctx));
    },
  };
  return type;
}

/** What is known before the update: inputs, what follows from them, and in an update what AWS said before. */
function plan(spec: Spec, inputs: Props, olds: Props | undefined): Props {
  const known: Props = { ...inputs };
  if (!spec.global) known.region = regionOf(inputs);
  if (spec.tags) known.tagsAll = isUnknown(inputs.tags) ? UNKNOWN : withDefaults(inputs.tags);
  if (!olds || isIncomplete(spec, olds)) return known;
  const changed = comparing(spec, olds, inputs, olds);
  for (const name of Object.keys(inputs))
    known[name] = changed(name) ? mergedBlock(spec, name, olds, inputs) : olds[name];
  // What AWS did not say on creation it will not say now either: known to be absent.
  for (const name of [...spec.computed, ...(spec.filled ?? [])]) if (!(name in olds)) known[name] ??= null;
  for (const name of spec.volatile?.(changed) ?? []) known[name] = UNKNOWN;
  return known;
}

async function create(spec: Spec, inputs: Props, ctx: Context): Promise<{ id: string; outputs: Props }> {
  const call = { ...callOf(spec, "", inputs, {}, ctx), creating: true };
  call.id = await spec.create(call);
  return { id: call.id, outputs: await settled(spec, call) };
}

/** The rest of a creation. What fails here has left something behind, so the state must learn its id. */
async function settled(spec: Spec, call: Call): Promise<Props> {
  try {
    await spec.settle?.(call);
    const what = `new ${call.ctx.type} ${call.id}`;
    const found = await until(`${what} to be visible`, VISIBLE_WITHIN, call.signal, () => spec.read(call));
    return outputsOf(spec, call, found);
  } catch (error) {
    throw new InitError(call.id, outputsOf(spec, call, {}), [
      error instanceof Error ? error.message : String(error),
    ]);
  }
}

async function read(spec: Spec, id: string, state: Props, ctx: Context) {
  const [bare, region] = spec.global
    ? [id]
    : (id.match(/^(.+)@([a-z]{2}(?:-[a-z]+)+-\d)$/)?.slice(1) ?? [id]);
  const importing = Object.keys(ctx.oldInputs ?? {}).length === 0;
  const known: Props = {
    ...(region ? { region } : {}),
    ...(importing ? spec.imported?.(bare) : {}),
    ...state,
  };
  const inputs = importing ? known : ctx.oldInputs!;
  const call = { ...callOf(spec, bare, inputs, known, ctx), importing };
  const found = await spec.read(call);
  if (!found) return undefined;
  const outputs = outputsOf(spec, call, found);
  if (!importing) return { id: bare, outputs };
  const names = [...spec.inputs, ...(spec.tags ? ["tags"] : []), ...(spec.global ? [] : ["region"])];
  const declared = names.filter((name) => outputs[name] !== undefined).map((name) => [name, outputs[name]]);
  return { id: bare, outputs, inputs: { ...spec.defaults, ...Object.fromEntries(declared) } };
}

async function update(spec: Spec, id: string, olds: Props, news: Props, ctx: Context): Promise<Props> {
  const oldInputs = ctx.oldInputs ?? olds;
  const call = callOf(spec, id, news, { ...oldInputs, ...olds }, ctx);
  if (isIncomplete(spec, olds)) await settled(spec, { ...call, creating: true });
  await spec.update?.({ ...call, changed: comparing(spec, oldInputs, news, olds) });
  if (spec.tags) {
    const { set, removed } = tagChanges(olds.tagsAll ?? {}, call.tags);
    if (Object.keys(set).length || removed.length) await spec.tags(call, set, removed);
  }
  const found = await spec.read(call);
  if (!found) throw new Error(`${ctx.type} ${id} is gone: run a refresh, then the update again`);
  return outputsOf(spec, call, found);
}

/** Whether a creation failed before the resource was settled: the state has its id, but nothing of AWS's. */
function isIncomplete(spec: Spec, state: Props): boolean {
  return spec.computed.length > 0 && spec.computed.every((name) => state[name] === undefined);
}

/** Outputs: inputs, then what AWS says, in the program's own spelling where both mean the same. */
function outputsOf(spec: Spec, call: Call, found: Props): Props {
  const outputs: Props = { ...call.inputs };
  const differs = comparing(spec, call.inputs, found, {});
  for (const [name, value] of Object.entries(found)) {
    if (value === undefined) continue;
    // An input neither given nor filled in: AWS's empty value is no output, a real one is drift that must show.
    const optional =
      !call.importing &&
      spec.inputs.includes(name) &&
      !spec.filled?.includes(name) &&
      outputs[name] === undefined;
    if (optional && same(value, undefined)) continue;
    if (outputs[name] === undefined || name === "tagsAll" || differs(name)) outputs[name] = value;
  }
  if (!spec.global) outputs.region = call.region;
  if (spec.tags) {
    outputs.tagsAll = found.tagsAll ?? call.tags;
    outputs.tags = ownTags(outputs.tagsAll, call.inputs.tags);
  }
  return withoutUnset(outputs);
}

function callOf(spec: Spec, id: string, inputs: Props, state: Props, ctx: Context): Call {
  const region = spec.global
    ? (settings.region ?? "us-east-1")
    : (inputs.region ?? state.region ?? settings.region);
  return {
    ...services(region, ctx.signal),
    id,
    region,
    inputs,
    state,
    ctx,
    tags: withDefaults(inputs.tags),
    creating: false,
    importing: false,
    changed: () => false,
    seconds: (upstream: number) => ctx.timeout || upstream,
    signal: ctx.signal,
  };
}

function regionOf(inputs: Props): string | undefined {
  return inputs.region ?? settings.region;
}

function withoutUnset(props: Props): Props {
  return Object.fromEntries(
    Object.entries(props).filter(([, value]) => value !== undefined && value !== null),
  );
}
