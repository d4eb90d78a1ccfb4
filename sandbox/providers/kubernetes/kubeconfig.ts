/** What a kubeconfig says about the one cluster it points to. */

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { ExecCredential, execCredential } from "../../../regions/exec-credential";
import { Props } from "../runtime";

/** How to reach a cluster; all certificates and keys in PEM. */
export interface Access {
  /** https://host:port */
  server: string;
  ca?: string;
  /** The name the server's certificate is for, if not the host of `server`. */
  serverName?: string;
  insecure: boolean;
  certificate?: string;
  key?: string;
  token?: string;
  basic?: { user: string; password: string };
  /** Asks an exec plugin for what takes the place of the above. */
  plugin?: () => Promise<ExecCredential>;
  namespace: string;
}

/** The access that the provider's inputs describe: kubeconfig as text, path or the default file; context; namespace. */
export function readAccess(config: Props): Access {
  const { text, dir } = load(config.kubeconfig);
  return accessOf(parse(text) as Props, config, dir);
}

function load(source: string | undefined): { text: string; dir: string } {
  const given =
    source || process.env.KUBECONFIG?.split(path.delimiter)[0] || path.join(os.homedir(), ".kube", "config");
  const file = given.startsWith("~/") ? path.join(os.homedir(), given.slice(2)) : given;
  if (!file.includes("\n") && fs.existsSync(file))
    return { text: fs.readFileSync(file, "utf8"), dir: path.dirname(file) };
  if (source) return { text: source, dir: process.cwd() };
  throw new Error(`no kubeconfig: the provider was given none and ${file} does not exist`);
}

/** Exported for tests; `dir` is what relative file names in it are relative to. */
export function accessOf(kubeconfig: Props | null, config: Props, dir: string): Access {
  if (!kubeconfig || typeof kubeconfig !== "object")
    throw new Error("the kubeconfig is neither YAML nor the path of a file");
  const contextName = config.context || kubeconfig["current-context"];
  const context = find(kubeconfig.contexts, contextName, "context").context ?? {};
  const cluster = find(kubeconfig.clusters, config.cluster || context.cluster, "cluster").cluster ?? {};
  const user = context.user ? (find(kubeconfig.users, context.user, "user").user ?? {}) : {};
  if (user["auth-provider"])
    throw new Error(
      `user ${context.user}: auth-provider credentials are not supported here; give a token or a client certificate`,
    );
  const content = (holder: Props, name: string) => {
    if (holder[`${name}-data`]) return Buffer.from(holder[`${name}-data`], "base64").toString();
    return holder[name] ? fs.readFileSync(path.resolve(dir, holder[name]), "utf8") : undefined;
  };
  return {
    server: String(cluster.server).replace(/\/$/, ""),
    ca: content(cluster, "certificate-authority"),
    serverName: cluster["tls-server-name"],
    insecure: cluster["insecure-skip-tls-verify"] === true,
    certificate: content(user, "client-certificate"),
    key: content(user, "client-key"),
    token:
      user.token ??
      (user.tokenFile ? fs.readFileSync(path.resolve(dir, user.tokenFile), "utf8").trim() : undefined),
    plugin: user.exec && (() => execCredential(user.exec, cluster)),
    basic: user.username ? { user: user.username, password: user.password ?? "" } : undefined,
    namespace: config.namespace || context.namespace || "default",
  };
}

function find(list: Props[] | undefined, name: string | undefined, what: string): Props {
  const found = list?.find((item) => item.name === name);
  if (found) return found;
  const known = (list ?? []).map((item) => item.name).join(", ") || "none";
  throw new Error(`the kubeconfig has no ${what} named ${name ?? "(none given)"}; it has: ${known}`);
}

/** What tells two clusters apart when no `clusterIdentifier` does; undefined if the text cannot be read. */
export function activeCluster(config: Props): string | undefined {
  try {
    const { text } = load(config.kubeconfig);
    const kubeconfig = parse(text) as Props;
    const context = find(
      kubeconfig.contexts,
      config.context || kubeconfig["current-context"],
      "context",
    ).context;
    return JSON.stringify(find(kubeconfig.clusters, config.cluster || context.cluster, "cluster"));
  } catch {
    return undefined; // unreadable now: the comparison then says "changed", as upstream
  }
}
