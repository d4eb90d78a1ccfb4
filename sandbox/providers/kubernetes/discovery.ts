/** Where objects of a kind live, asked of the API server itself. */

import { Props } from "../runtime";
import { ApiError, Client } from "./client";

export interface Mapping {
  /** Plural, as in paths. */
  resource: string;
  namespaced: boolean;
}

/** The API server does not serve the kind (yet). */
export class NoSuchKind extends Error {
  constructor(apiVersion: string, kind: string) {
    super(
      `the API server has no kind ${kind} in ${apiVersion}: is its CustomResourceDefinition (or APIService) there?`,
    );
  }
}

export class Discovery {
  private readonly groups = new Map<string, Promise<Map<string, Mapping>>>();

  constructor(private readonly client: Client) {}

  /** The mapping; a kind that is missing is asked for once more, since a CRD may have come meanwhile. */
  async mapping(apiVersion: string, kind: string): Promise<Mapping> {
    const cached = this.groups.has(apiVersion);
    const found = (await this.group(apiVersion)).get(kind);
    if (found) return found;
    this.groups.delete(apiVersion);
    const fresh = cached ? (await this.group(apiVersion)).get(kind) : undefined;
    if (fresh) return fresh;
    this.groups.delete(apiVersion);
    throw new NoSuchKind(apiVersion, kind);
  }

  private group(apiVersion: string): Promise<Map<string, Mapping>> {
    let group = this.groups.get(apiVersion);
    if (!group) {
      group = this.ask(apiVersion);
      this.groups.set(apiVersion, group);
      group.catch(() => this.groups.delete(apiVersion));
    }
    return group;
  }

  private async ask(apiVersion: string): Promise<Map<string, Mapping>> {
    const kinds = new Map<string, Mapping>();
    try {
      const list = await this.client.call<Props>({ method: "GET", path: groupPath(apiVersion) });
      for (const { name, kind, namespaced } of list.resources ?? [])
        if (!name.includes("/")) kinds.set(kind, { resource: name, namespaced });
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
    return kinds;
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** The path of a collection, or of one object in it. */
export function objectPath(
  apiVersion: string,
  mapping: Mapping,
  namespace: string | undefined,
  name?: string,
): string {
  const scope = mapping.namespaced ? `/namespaces/${encodeURIComponent(namespace ?? "default")}` : "";
  return `${groupPath(apiVersion)}${scope}/${mapping.resource}${name ? `/${encodeURIComponent(name)}` : ""}`;
}
