import * as http from "node:http";

/** Milliseconds that one question to a load balancer may take. */
const PATIENCE = 5000;

/**
 * Which load balancers do not answer HTTP yet, one line each; undefined when all do. A new one takes its targets in
 * only after several good health checks, and its name takes its time to spread: a record written before would send
 * users to nobody, and tell Route 53's checkers so.
 */
export async function silentEndpoints(
  endpoints: Readonly<Record<string, string>>,
  port: number,
): Promise<string | undefined> {
  const lines = await Promise.all(
    Object.entries(endpoints).map(async ([member, host]) => {
      const fault = await ask(host, port);
      return fault && `member ${member}: ${host} does not answer on port ${port}: ${fault}`;
    }),
  );
  return lines.filter(Boolean).join("\n") || undefined;
}

/** Undefined for an answer, whatever its status, and whether it is HTTP; else why there is none. */
function ask(host: string, port: number): Promise<string | undefined> {
  return new Promise((done) => {
    const request = http.get({ host, port, path: "/", timeout: PATIENCE, agent: false }, (response) => {
      response.resume();
      done(undefined);
    });
    request.once("timeout", () => request.destroy(new Error(`nothing within ${PATIENCE / 1000} s`)));
    request.once("error", (error: NodeJS.ErrnoException) =>
      done(error.code?.startsWith("HPE_") ? undefined : error.message),
    );
  });
}
