/** One cluster as the provider works with it: objects by kind and name. */

import { setTimeout as sleep } from "node:timers/promises";
import { Props } from "../runtime";
import { ApiError, Client, Patience, PATIENCE } from "./client";
import { Discovery, NoSuchKind, objectPath } from "./discovery";
import { Access } from "./kubeconfig";
import { annotation, ANNOTATIONS, body, title } from "./objects";
import { Surroundings } from "./readiness";

const LONGEST_PAUSE_MS = 4000;

export class Cluster implements Surroundings {
  readonly client: Client;
  private readonly discovery: Discovery;

  constructor(
    readonly access: Access,
    private readonly patience: Patience = PATIENCE,
  ) {
    this.client = new Client(access, patience);
    this.discovery = new Discovery(this.client);
  }

  private async path(object: Props, name?: string): Promise<string> {
    const mapping = await this.discovery.mapping(object.apiVersion, object.kind);
    return objectPath(object.apiVersion, mapping, object.metadata?.namespace ?? this.access.namespace, name);
  }

  /** The live object; undefined if it, or even its kind, does not exist. */
  async find(object: Props, signal?: AbortSignal): Promise<Props | undefined> {
    try {
      return await this.client.call({
        method: "GET",
        path: await this.path(object, object.metadata.name),
        signal,
      });
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  get(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    name: string,
  ): Promise<Props | undefined> {
    return this.find({ apiVersion, kind, metadata: { namespace, name } });
  }

  async list(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    labelSelector: string,
  ): Promise<Props[]> {
    const path = await this.path({ apiVersion, kind, metadata: { namespace } });
    const list = await this.client.call<Props>({
      method: "GET",
      path,
      query: labelSelector ? { labelSelector } : {},
    });
    return list.items ?? [];
  }

  async events(object: Props): Promise<Props[]> {
    const { namespace = "default", uid } = object.metadata;
    const path = `/api/v1/namespaces/${namespace}/events`;
    const list = await this.client.call<Props>({
      method: "GET",
      path,
      query: { fieldSelector: `involvedObject.uid=${uid}` },
    });
    return list.items ?? [];
  }

  /** Server-side apply. A conflict with another manager is an error that names it, unless the object says `patchForce`. */
  async apply(
    inputs: Props,
    manager: string,
    options: { dryRun?: boolean; signal?: AbortSignal } = {},
  ): Promise<Props> {
    const query: Record<string, string> = {
      fieldManager: manager,
      force: String(annotation(inputs, ANNOTATIONS.patchForce) === "true"),
      ...(options.dryRun ? { dryRun: "All" } : {}),
    };
    const contentType = "application/apply-patch+yaml";
    const path = await this.path(inputs, inputs.metadata.name);
    try {
      return await this.client.call({
        method: "PATCH",
        path,
        query,
        body: body(inputs),
        contentType,
        signal: options.signal,
      });
    } catch (error) {
      throw conflictNamed(error, inputs, manager);
    }
  }

  /** JSON merge patch, where server-side apply is switched off. */
  async merge(inputs: Props, patch: Props, manager: string, signal?: AbortSignal): Promise<Props> {
    const path = await this.path(inputs, inputs.metadata.name);
    const contentType = "application/merge-patch+json";
    return this.client.call({
      method: "PATCH",
      path,
      query: { fieldManager: manager },
      body: patch,
      contentType,
      signal,
    });
  }

  /** POST, for objects whose name the server makes. */
  async post(inputs: Props, manager: string, signal?: AbortSignal): Promise<Props> {
    const path = await this.path(inputs);
    return this.client.call({
      method: "POST",
      path,
      query: { fieldManager: manager },
      body: body(inputs),
      signal,
    });
  }

  /**
   * `create`, tried again, for half a minute at most, while its kind or its namespace is not there: definitions and the objects
   * that use them come in one update.
   */
  async patiently(
    create: () => Promise<Props>,
    say: (message: string) => void,
    signal: AbortSignal,
  ): Promise<Props> {
    const end = Date.now() + this.patience.silence;
    for (let pause = 300; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await create();
      } catch (error) {
        if (!isGone(error) || Date.now() + pause > end) throw error;
        say(`not yet: ${(error as Error).message}`);
        await sleep(pause, undefined, { signal }).catch(() => {
          throw error; // cancelled, and nothing was made
        });
      }
    }
  }

  /** Asks for the deletion; false if there is nothing (any more). */
  async remove(object: Props, propagation: string, signal?: AbortSignal): Promise<boolean> {
    const options = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: propagation };
    try {
      await this.client.call({
        method: "DELETE",
        path: await this.path(object, object.metadata.name),
        body: options,
        signal,
      });
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }
}

/** Nothing there: the object, its namespace or its very kind. */
export function isGone(error: unknown): boolean {
  return error instanceof NoSuchKind || (error instanceof ApiError && error.code === 404);
}

function conflictNamed(error: unknown, inputs: Props, manager: string): unknown {
  if (!(error instanceof ApiError) || error.code !== 409 || !/conflict/i.test(error.message)) return error;
  const message =
    `${title(inputs)}: Server-Side Apply field conflict of manager "${manager}": ${error.message}. ` +
    `Leave those fields out, or set the annotation ${ANNOTATIONS.patchForce}: "true" to take them over.`;
  return new ApiError(error.code, error.reason, message);
}
