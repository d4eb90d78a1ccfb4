import type { Kind } from "./kinds";

/** Label by which an app's own objects are known in every cluster. */
export const APP_LABEL = "app.kubernetes.io/name";

/** One Kubernetes object as it is written. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: any;
}

/** An object with what its API has to be asked by. */
export interface Resource extends Kind {
  readonly object: Manifest;
}

/** `Deployment/nginx`, as overrides and errors name objects. */
export function title({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

/** `Deployment nginx`, as sentences name them. */
export function titleInWords(object: Manifest): string {
  return title(object).replace("/", " ");
}

/** What no two objects of a federation share. */
export function identity({ apiVersion, kind, metadata }: Manifest): string {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return `${group} ${kind} ${metadata.namespace ?? ""} ${metadata.name}`;
}

/** Where an API has the object. */
export function pathOf({ object, plural, namespaced }: Resource): string {
  const { apiVersion, metadata } = object;
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}${namespaced ? `/namespaces/${metadata.namespace}` : ""}/${plural}/${metadata.name}`;
}

/** Whether each member's own provider makes it: a federated load balancer would not tell whose address is whose. */
export function isBalancer({ kind, apiVersion, spec }: Manifest): boolean {
  return apiVersion === "v1" && kind === "Service" && spec?.type === "LoadBalancer";
}

/** Whether the federation counts its replicas. */
export function isCounted({ apiVersion, kind }: Manifest): boolean {
  return apiVersion === "apps/v1" && (kind === "Deployment" || kind === "StatefulSet");
}
