/** A small client of the Kubernetes API: JSON over HTTPS with bounded retries. */

import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { afterGrace, Props } from "../runtime";
import { Access } from "./kubeconfig";

/** An answer of the API that says no. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** No answer at all, for as long as we tried. */
export class Unreachable extends Error {}

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  contentType?: string;
  signal?: AbortSignal;
}

/** How long calls may take, in milliseconds. */
export interface Patience {
  /** One request. */
  readonly request: number;
  /** An API that does not answer (it restarts, its etcd elects) is tried again for as long. */
  readonly silence: number;
}

export const PATIENCE: Patience = { request: 60_000, silence: 30_000 };
const GIVEN_UP_MS = 60_000;
/** Nothing was sent, or it may be sent again: all our calls are applies, reads and deletes. */
const TRANSIENT =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|socket hang up|timed out/;

export class Client {
  /** Asked for at the first call, and good for as long as one run. */
  private connection?: Promise<Connection>;
  /** Once an API was given up, calls fail at once for a while: dozens of objects must not wait one by one. */
  private gone?: { error: Unreachable; until: number };

  constructor(
    readonly access: Access,
    private readonly patience: Patience,
  ) {}

  /** The parsed answer; throws `ApiError` or `Unreachable`. */
  async call<T = Props>(call: Call): Promise<T> {
    if (this.gone && Date.now() < this.gone.until) throw this.gone.error;
    const end = Date.now() + this.patience.silence;
    for (let wait = 200; ; wait = Math.min(wait * 2, 3000)) {
      try {
        return (await this.once(call)) as T;
      } catch (error) {
        if (call.signal?.aborted) throw error;
        const again =
          error instanceof ApiError
            ? retriable(error)
            : TRANSIENT.test(`${(error as NodeJS.ErrnoException).code} ${error}`);
        const pause = Math.max(wait, error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0);
        if (again && Date.now() + pause < end) {
          await sleep(pause, undefined, { signal: call.signal });
          continue;
        }
        if (error instanceof ApiError) throw error;
        const unreachable = new Unreachable(
          `${this.access.server} cannot be reached: ${(error as Error).message}`,
          { cause: error },
        );
        this.gone = { error: unreachable, until: Date.now() + GIVEN_UP_MS };
        throw unreachable;
      }
    }
  }

  private async once(call: Call): Promise<unknown> {
    const { agent, headers } = await (this.connection ??= connect(this.access));
    const url = new URL(this.access.server + call.path);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const text = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const options: https.RequestOptions = {
      method: call.method,
      agent,
      signal: call.method === "GET" ? call.signal : call.signal && afterGrace(call.signal),
      timeout: this.patience.request,
      headers: {
        accept: "application/json",
        ...headers,
        ...(text
          ? { "content-type": call.contentType ?? "application/json", "content-length": text.length }
          : {}),
      },
    };
    return new Promise((resolve, reject) => {
      const request = (url.protocol === "http:" ? http : https).request(url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          try {
            resolve(answer(response, Buffer.concat(chunks).toString()));
          } catch (error) {
            reject(error);
          }
        });
      });
      request.on("timeout", () =>
        request.destroy(new Error(`timed out after ${this.patience.request / 1000} s`)),
      );
      request.on("error", reject);
      request.end(text);
    });
  }
}

interface Connection {
  readonly agent: https.Agent | http.Agent;
  readonly headers: Record<string, string>;
}

async function connect(access: Access): Promise<Connection> {
  const { ca, insecure, serverName: servername, basic, plugin } = access;
  const { certificate: cert, key, token } = plugin ? await plugin() : access;
  const secure = { ca, cert, key, servername, rejectUnauthorized: !insecure };
  const Agent = access.server.startsWith("http:") ? http.Agent : https.Agent;
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ...secure });
  if (token) return { agent, headers: { authorization: `Bearer ${token}` } };
  if (!basic) return { agent, headers: {} };
  const both = Buffer.from(`${basic.user}:${basic.password}`).toString("base64");
  return { agent, headers: { authorization: `Basic ${both}` } };
}

function retriable(error: ApiError): boolean {
  return error.code === 429 || ((error.code === 503 || error.code === 504) && error.reason !== "NotReady");
}

function answer(response: http.IncomingMessage, text: string): unknown {
  const code = response.statusCode ?? 0;
  let body: Props;
  try {
    body = JSON.parse(text);
  } catch {
    body = { message: text.trim().slice(0, 500) };
  }
  if (code >= 200 && code < 300) return body;
  const after = Number(response.headers["retry-after"]);
  throw new ApiError(
    code,
    body.reason ?? "",
    body.message || `HTTP ${code}`,
    Number.isFinite(after) ? after : undefined,
  );
}
