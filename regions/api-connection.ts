import type * as https from "node:https";
import { parse } from "yaml";
import { ExecCredential, execCredential, ExecPlugin } from "./exec-credential";

/** How one API is reached. */
export interface ApiConnection {
  /** `https://host:port`, with a path where it has one; no slash at its end. */
  readonly server: string;
  /** What a request needs to trust the server and to be let in. Rejects when an exec plugin fails. */
  readonly options: () => Promise<https.RequestOptions>;
}

/** Milliseconds before a credential's end from which it is asked for anew. */
const MARGIN = 60_000;

/**
 * What a kubeconfig's current context says. Certificates and keys must be in it, not in files beside it.
 *
 * @throws when it names what it does not have.
 */
export function connectionOf(kubeconfig: string): ApiConnection {
  const config = parse(kubeconfig);
  const context = named(config.contexts, config["current-context"]).context;
  const cluster = named(config.clusters, context.cluster).cluster;
  const user = named(config.users, context.user).user;
  const trust = {
    ...(cluster["certificate-authority-data"] && { ca: decode64(cluster["certificate-authority-data"]) }),
    ...(cluster["tls-server-name"] && { servername: cluster["tls-server-name"] }),
    ...(cluster["insecure-skip-tls-verify"] && { rejectUnauthorized: false }),
  };
  const credentials = user.exec ? fromPlugin(user.exec, cluster) : fixed(user, context.user);
  return {
    server: cluster.server.replace(/\/+$/, ""),
    options: async () => ({ ...trust, ...(await credentials()) }),
  };
}

type Credentials = () => Promise<https.RequestOptions>;

function fixed(user: Record<string, string>, name: string): Credentials {
  const certificate = user["client-certificate-data"];
  if (!certificate && !user.token && !user.username) {
    throw new Error(
      `kubeconfig user "${name}": only client-certificate-data, token, username and exec can be read here`,
    );
  }
  const basic = Buffer.from(`${user.username}:${user.password}`).toString("base64");
  const options = {
    ...(certificate && { cert: decode64(certificate), key: decode64(user["client-key-data"]) }),
    ...(user.token && { headers: { authorization: `Bearer ${user.token}` } }),
    ...(user.username && !user.token && { headers: { authorization: `Basic ${basic}` } }),
  };
  return async () => options;
}

/** A plugin is asked once, and again when what it gave is about to end. */
function fromPlugin(plugin: ExecPlugin, cluster: Record<string, unknown>): Credentials {
  let known: { asked: Promise<ExecCredential>; end: number } | undefined;
  return async () => {
    if (!known || known.end - MARGIN < Date.now()) {
      const asked = execCredential(plugin, cluster);
      known = { asked, end: Infinity };
      const end = await asked.then(
        (credential) => credential.end ?? Infinity,
        () => 0, // the next request asks again
      );
      known = { asked, end };
    }
    const { token, certificate, key } = await known.asked;
    return {
      ...(certificate && { cert: certificate, key }),
      ...(token && { headers: { authorization: `Bearer ${token}` } }),
    };
  };
}

function named(list: { name: string; [key: string]: any }[], name: string): any {
  const found = list?.find((entry) => entry.name === name);
  if (!found) throw new Error(`kubeconfig has no entry named "${name}"`);
  return found;
}

function decode64(text: string): string {
  return Buffer.from(text, "base64").toString();
}
