import type * as pulumi from "@pulumi/pulumi";
import type { Federation } from "../federation/federation";
import { FederatedNamespace } from "../federation/namespace";

/** What an app says of its namespace. */
interface Inside {
  readonly namespace: string;
  readonly adopt: boolean;
}

/** One namespace for all apps in it, by its name: one for each app would go with the first of them that goes. */
export function namespacesOf(
  apps: Readonly<Record<string, Inside>>,
  federation: Federation,
  opts?: pulumi.ComponentResourceOptions,
): Record<string, FederatedNamespace> {
  const names = [...new Set(Object.values(apps).map(({ namespace }) => namespace))];
  const make = (namespace: string) => {
    const adopt = Object.values(apps).some((app) => app.namespace === namespace && app.adopt);
    return new FederatedNamespace(`namespace-${namespace}`, { federation, namespace, adopt }, opts);
  };
  return Object.fromEntries(names.map((namespace) => [namespace, make(namespace)]));
}
