/** The one resource type that serves every kind. */

import { createHash } from "node:crypto";
import { Context, hasUnknown, InitError, isUnknown, projectInputs, Props, ResourceType } from "../runtime";
import { ApiError, Unreachable } from "./client";
import { Cluster, isGone } from "./cluster";
import { diffObjects } from "./immutable";
import {
  annotation,
  ANNOTATIONS,
  body,
  completeInputs,
  idOf,
  kindOfToken,
  nameOfId,
  outputsOf,
  ownGroup,
  skipsDeleteWait,
  title,
} from "./objects";
import { Settings } from "./settings";
import { NotReady, ruleFor, untilGone, untilReady } from "./waiting";

const MANAGER = "pulumi-kubernetes";

/** Kinds come from the inputs; the token says them for an import. */
export function objectType(token: string, settings: () => Settings): ResourceType {
  const { apiVersion, kind, patch } = kindOfToken(token);
  const cluster = () => settings().cluster();
  const manager = (inputs: Props, ctx: Context) =>
    annotation(inputs, ANNOTATIONS.patchFieldManager) ??
    (patch ? `${MANAGER}-${createHash("sha256").update(ctx.urn).digest("hex").slice(0, 8)}` : MANAGER);
  const whole = (inputs: Props): Props => ({ apiVersion, kind, ...inputs });

  return {
    computed: ["status"],
    secretOutputs: kind === "Secret" ? ["data", "stringData"] : [],

    async check(inputs, olds, ctx) {
      const complete = completeInputs(whole(inputs), olds, ctx, settings().namespace, patch);
      const name = complete.metadata.name;
      const failures = [];
      if (patch && !name && !isUnknown(complete.metadata))
        failures.push({ property: "metadata.name", reason: "a Patch must name the object it patches" });
      if (typeof name === "string" && !isUnknown(name) && /[/%]|^\.{1,2}$/.test(name))
        failures.push({ property: "metadata.name", reason: `${JSON.stringify(name)} cannot be a name` });
      try {
        if (!hasUnknown(complete.metadata.annotations)) ruleFor(complete);
      } catch (error) {
        failures.push({ property: "metadata.annotations", reason: (error as Error).message });
      }
      return { inputs: complete, failures };
    },

    diff: (olds, news, state) =>
      diffObjects(whole(olds), whole(news), state, settings().mutable, settings().namespace),

    /** The API server's own dry run where it can say something; what it refuses fails the preview already. */
    async plan(inputs, olds, ctx) {
      const known = outline(inputs, olds);
      if (hasUnknown(inputs) || patch || !settings().serverSideApply || !inputs.metadata?.name) return known;
      try {
        const planned = outputsOf(
          await cluster().apply(inputs, manager(inputs, ctx), { dryRun: true, signal: ctx.signal }),
        );
        return { ...planned, status: olds?.status };
      } catch (error) {
        if (isGone(error) || error instanceof Unreachable || !(error instanceof ApiError) || !refused(error))
          return known;
        // Immutable fields of an object that is to be replaced: the dry run cannot know that it will be gone.
        if (!olds && /immutable|Forbidden/i.test(error.message)) return known;
        // A custom kind's definition may change in this very update: only the update can tell.
        if (!ownGroup(inputs.apiVersion)) return known;
        throw named(error, inputs, "apply");
      }
    },

    async create(inputs, ctx) {
      const target = cluster();
      const apply = () => {
        if (!inputs.metadata.name || !settings().serverSideApply)
          return target.post(inputs, manager(inputs, ctx), ctx.signal);
        return target.apply(inputs, manager(inputs, ctx), { signal: ctx.signal });
      };
      const applied = await target.patiently(apply, ctx.status, ctx.signal).catch((error) => {
        throw named(error, inputs, "create");
      });
      const live = await settled(target, inputs, applied, ctx);
      return { id: idOf(live), outputs: outputsOf(live) };
    },

    async update(id, olds, news, ctx) {
      const target = cluster();
      const inputs = {
        ...news,
        metadata: { ...news.metadata, name: news.metadata.name ?? nameOfId(id).name },
      };
      const applied = await change(target, olds, inputs, ctx).catch((error) => {
        throw named(error, inputs, "update");
      });
      return outputsOf(await settled(target, inputs, applied, ctx));
    },

    async read(id, state, ctx) {
      const metadata = { ...nameOfId(id), uid: undefined };
      const object = { apiVersion, kind, ...pick(state, ["apiVersion", "kind"]), metadata };
      try {
        const live = await cluster().find(object, ctx.signal);
        if (!live) return undefined;
        const oldInputs = ctx.oldInputs && Object.keys(ctx.oldInputs).length > 0 ? ctx.oldInputs : undefined;
        const inputs = oldInputs
          ? projectInputs(oldInputs, withStringData(oldInputs, live))
          : importedInputs(live);
        return { id: idOf(live), outputs: outputsOf(live), inputs };
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        if (settings().deleteUnreachable) {
          ctx.log("info", `${title(object)} is dropped from the state: ${error.message} (deleteUnreachable)`);
          return undefined;
        }
        if (settings().skipUpdateUnreachable) return { id, outputs: state, inputs: ctx.oldInputs };
        throw error;
      }
    },

    async delete(id, state, ctx) {
      const object = { apiVersion, kind, ...state, metadata: { ...state.metadata, ...nameOfId(id) } };
      try {
        const target = cluster();
        if (patch) return await relinquish(target, object, manager(state, ctx));
        const asked = await target.remove(object, propagation(object), ctx.signal);
        if (asked && !skipsDeleteWait(object)) await untilGone(target, object, ctx);
      } catch (error) {
        if (!(error instanceof Unreachable) || !settings().deleteUnreachable)
          throw named(error, object, "delete");
        ctx.log(
          "warning",
          `${title(object)} is dropped from the state only: ${error.message} (deleteUnreachable)`,
        );
      }
    },
  };

  function change(target: Cluster, olds: Props, inputs: Props, ctx: Context): Promise<Props> {
    if (settings().serverSideApply) return target.apply(inputs, manager(inputs, ctx), { signal: ctx.signal });
    return target.merge(
      inputs,
      mergePatch(body(whole(ctx.oldInputs ?? olds)), body(inputs)) as Props,
      manager(inputs, ctx),
      ctx.signal,
    );
  }
}

/** Waits; an object that does not become ready is kept in the state as it is. */
async function settled(cluster: Cluster, inputs: Props, applied: Props, ctx: Context): Promise<Props> {
  try {
    return await untilReady(cluster, inputs, applied, ctx);
  } catch (error) {
    if (error instanceof NotReady)
      throw new InitError(idOf(error.live), outputsOf(error.live), error.reasons);
    throw error;
  }
}

/** Gives up what a Patch owned; the object itself stays. */
async function relinquish(cluster: Cluster, object: Props, manager: string): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = metadata;
  if (await cluster.find(object))
    await cluster.apply({ apiVersion, kind, metadata: { name, namespace } }, manager);
}

function propagation(object: Props): string {
  const policy = annotation(object, ANNOTATIONS.deletionPropagation)?.toLowerCase();
  return policy === "orphan" ? "Orphan" : policy === "background" ? "Background" : "Foreground";
}

/** What stays the same in an update, and the inputs. */
function outline(inputs: Props, olds: Props | undefined): Props {
  if (!olds || isUnknown(inputs.metadata)) return inputs;
  return {
    ...inputs,
    metadata: { ...pick(olds.metadata ?? {}, ["uid", "creationTimestamp", "namespace"]), ...inputs.metadata },
    status: olds.status,
  };
}

/** A Secret's `stringData` is write-only: its live values are read from `data`. */
function withStringData(inputs: Props, live: Props): Props {
  if (live.kind !== "Secret" || !inputs.stringData) return live;
  const names = Object.keys(inputs.stringData).filter((name) => live.data?.[name] !== undefined);
  return {
    ...live,
    stringData: Object.fromEntries(
      names.map((name) => [name, Buffer.from(live.data[name], "base64").toString()]),
    ),
  };
}

/** An import's inputs: the object without what the server itself put in. */
function importedInputs(live: Props): Props {
  const { status: _, ...inputs } = outputsOf(live);
  const {
    uid: _u,
    resourceVersion: _r,
    generation: _g,
    creationTimestamp: _c,
    selfLink: _s,
    ...metadata
  } = inputs.metadata;
  return { ...inputs, metadata };
}

/** Errors that the update itself would meet as well. */
function refused(error: ApiError): boolean {
  return [400, 409, 422].includes(error.code);
}

function named(error: unknown, inputs: Props, verb: string): unknown {
  if (!(error instanceof Error) || error instanceof InitError || error.message.includes(title(inputs)))
    return error;
  return new Error(`cannot ${verb} ${title(inputs)}: ${error.message}`, { cause: error.cause });
}

function pick(props: Props, names: string[]): Props {
  return Object.fromEntries(
    names.filter((name) => props[name] !== undefined).map((name) => [name, props[name]]),
  );
}

/** JSON merge patch from one object to the other: what vanished is null. */
export function mergePatch(old: unknown, fresh: unknown): unknown {
  const isBag = (value: unknown): value is Props =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isBag(old) || !isBag(fresh)) return fresh;
  const gone = Object.keys(old).filter((key) => !(key in fresh));
  return {
    ...Object.fromEntries(Object.entries(fresh).map(([k, v]) => [k, mergePatch(old[k], v)])),
    ...Object.fromEntries(gone.map((k) => [k, null])),
  };
}
