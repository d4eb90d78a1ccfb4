import { stringify } from "yaml";

/** What one cluster's kubeconfig says. Certificates and key are PEM. */
export interface KubeconfigArgs {
  /** Name of cluster, user and context: `<member>.<domain>`. */
  readonly context: string;
  /** `https://host:port`. */
  readonly server: string;
  readonly caCertificate: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  /** Name to expect in the server's certificate, where it is not the server's host. */
  readonly tlsServerName?: string;
}

interface Named<T> {
  readonly name: string;
  readonly [key: string]: T | string;
}

/** A kubeconfig, as the object that its text stands for. */
export interface Kubeconfig {
  readonly apiVersion: "v1";
  readonly kind: "Config";
  readonly "current-context": string;
  readonly clusters: readonly Named<unknown>[];
  readonly users: readonly Named<unknown>[];
  readonly contexts: readonly Named<unknown>[];
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A kubeconfig with one context. */
export function kubeconfigOf(args: KubeconfigArgs): Kubeconfig {
  const name = args.context;
  const cluster = {
    server: args.server,
    "certificate-authority-data": base64(args.caCertificate),
    ...(args.tlsServerName === undefined ? {} : { "tls-server-name": args.tlsServerName }),
  };
  const user = {
    "client-certificate-data": base64(args.clientCertificate),
    "client-key-data": base64(args.clientKey),
  };
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
}

/**
 * One kubeconfig with the contexts of all, in their order; the first one's context is the current one.
 *
 * @throws when two of them use a name for different things: kubectl would take the first and talk to a wrong cluster.
 */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  const [first] = configs;
  if (!first) throw new Error("no kubeconfig to merge: give at least one");
  const merge = (part: "clusters" | "users" | "contexts"): Named<unknown>[] => {
    const byName = new Map<string, Named<unknown>>();
    for (const entry of configs.flatMap((config) => config[part])) {
      const known = byName.get(entry.name);
      if (known && JSON.stringify(known) !== JSON.stringify(entry)) {
        throw new Error(`two kubeconfigs have different ${part} named "${entry.name}": rename one of them`);
      }
      byName.set(entry.name, entry);
    }
    return [...byName.values()];
  };
  return { ...first, clusters: merge("clusters"), users: merge("users"), contexts: merge("contexts") };
}

/** The kubeconfig's text, YAML. */
export function kubeconfigText(config: Kubeconfig): string {
  return stringify(config, { lineWidth: 0 });
}
