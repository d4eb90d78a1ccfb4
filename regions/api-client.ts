import * as https from "node:https";
import { connectionOf } from "./api-connection";

/** One answer of a Kubernetes API. */
export interface ApiAnswer {
  readonly status: number;
  /** The body as parsed JSON, or as text where it is none (`/readyz`). */
  readonly body: any;
}

/** Calls one path of a Kubernetes API: `call("/readyz")`; a PATCH is a JSON merge patch. Rejects, naming the server, when there is no answer. */
export type ApiCall = (
  path: string,
  method?: "GET" | "DELETE" | "POST" | "PATCH",
  body?: object,
) => Promise<ApiAnswer>;

/** Milliseconds a single request may take: a cut-off member must not hold up the look at the others. */
const REQUEST_TIMEOUT = 5000;

/**
 * Calls the API of a kubeconfig's current context, with whatever credentials it has. For asking, for clearing up, for
 * putting back what a resource says already, and for what is gone in a moment: whatever else stays in a cluster is a resource.
 */
export function apiClient(kubeconfig: string): ApiCall {
  const { server, options } = connectionOf(kubeconfig);
  const agent = new https.Agent({ keepAlive: false });
  return async (path, method = "GET", body) => {
    const access = await options();
    const text = body && JSON.stringify(body);
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = { ...access.headers, ...(text && { "content-type": type }) };
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(new Error(`${server}: ${reason(error)}`, { cause: error }));
      const request = https.request(
        new URL(server + path),
        { ...access, headers, method, agent, timeout: REQUEST_TIMEOUT },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body: decode(chunks) }));
        },
      );
      request.on("timeout", () => request.destroy(new Error(`no answer within ${REQUEST_TIMEOUT / 1000} s`)));
      request.on("error", fail);
      request.end(text);
    });
  };
}

/** A name with several addresses fails with one error for each, and a message of its own that is empty. */
function reason(error: Error): string {
  const [first] = error instanceof AggregateError ? error.errors : [];
  return error.message || first?.message || String((error as NodeJS.ErrnoException).code);
}

function decode(chunks: Buffer[]): unknown {
  const text = Buffer.concat(chunks).toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
