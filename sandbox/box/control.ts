import * as fs from "fs";
import * as http from "http";

type Handler = (body: Record<string, unknown>) => Promise<unknown>;

/** Serves the daemon's few verbs as JSON over HTTP on a unix socket that root alone may open. */
export async function serveControl(socket: string, routes: Readonly<Record<string, Handler>>): Promise<void> {
  fs.rmSync(socket, { force: true });
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const handler = routes[`${request.method} ${request.url}`];
      const work = handler
        ? handler(chunks.length ? (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>) : {})
        : Promise.reject(new Error(`the box knows no ${request.method} ${request.url}`));
      work.then(
        (answer) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer ?? null)),
        (error: Error) => response.writeHead(500).end(JSON.stringify({ error: error.message })),
      );
    });
  });
  await new Promise<void>((done, fail) => server.once("error", fail).listen(socket, done));
  fs.chmodSync(socket, 0o600);
}

/** Asks the daemon; throws its error, or one that says that no box answers. */
export async function control<T>(socket: string, method: "GET" | "POST", route: string, body?: unknown, timeoutSeconds = 60): Promise<T> {
  return new Promise((done, fail) => {
    const request = http.request({ socketPath: socket, method, path: route, timeout: timeoutSeconds * 1000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString()) as T & { error?: string };
        if (response.statusCode === 200) done(answer);
        else fail(new Error(answer.error));
      });
    });
    request.once("timeout", () => request.destroy(new Error(`the box did not answer ${route} within ${timeoutSeconds} s`)));
    request.once("error", fail);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
