import * as https from "node:https";
import { parse } from "yaml";

/** One answer of a Kubernetes API. */
export interface ApiAnswer {
  readonly status: number;
  /** The body as parsed JSON, or as text where it is none (`/readyz`). */
  readonly body: any;
}

/** Calls one path of a Kubernetes API: `call("/readyz")`. Rejects, naming the server, when there is no answer. */
export type ApiCall = (path: string, method?: "GET" | "POST" | "DELETE", body?: object) => Promise<ApiAnswer>;

/** Milliseconds a single request may take: a cut-off member must not hold up the look at the others. */
const REQUEST_TIMEOUT = 5000;

/**
 * Calls the API of a kubeconfig's current context, by its client certificate or token. For looking, for clearing up and
 * for what is gone in a moment: whatever makes something that stays in a cluster is a resource.
 */
export function apiClient(kubeconfig: string): ApiCall {
  const { server, options } = connection(kubeconfig);
  const agent = new https.Agent({ keepAlive: false });
  return (path, method = "GET", body) =>
    new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(new Error(`${server}: ${error.message}`));
      const request = https.request(
        new URL(path, server),
        { ...withJson(options, body), method, agent, timeout: REQUEST_TIMEOUT },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body: decode(chunks) }));
        },
      );
      request.on("timeout", () => request.destroy(new Error(`no answer within ${REQUEST_TIMEOUT / 1000} s`)));
      request.on("error", fail);
      request.end(body && JSON.stringify(body));
    });
}

function withJson(options: https.RequestOptions, body?: object): https.RequestOptions {
  return body ? { ...options, headers: { ...options.headers, "content-type": "application/json" } } : options;
}

function connection(kubeconfig: string): { server: string; options: https.RequestOptions } {
  const config = parse(kubeconfig);
  const context = named(config.contexts, config["current-context"]).context;
  const cluster = named(config.clusters, context.cluster).cluster;
  const user = named(config.users, context.user).user;
  const certificate = user["client-certificate-data"];
  if (!certificate && !user.token) {
    throw new Error(
      `kubeconfig user "${context.user}": only client-certificate-data and token can be read here`,
    );
  }
  return {
    server: cluster.server,
    options: {
      ca: decode64(cluster["certificate-authority-data"]),
      ...(cluster["tls-server-name"] && { servername: cluster["tls-server-name"] }),
      ...(certificate && { cert: decode64(certificate), key: decode64(user["client-key-data"]) }),
      ...(user.token && { headers: { authorization: `Bearer ${user.token}` } }),
    },
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

function decode(chunks: Buffer[]): unknown {
  const text = Buffer.concat(chunks).toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
