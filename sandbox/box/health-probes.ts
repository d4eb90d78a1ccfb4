import * as http from "http";
import * as https from "https";
import * as net from "net";
import type { CloudState } from "../cloud/state";

type HealthCheck = CloudState["healthChecks"][number];

/** How one check's probes stand: Route 53 takes a new check as healthy until its probes say otherwise. */
export interface Standing {
  readonly healthy: boolean;
  /** How many probes in a row said the opposite of `healthy`. */
  readonly against: number;
  readonly message: string;
}

export const NEW_CHECK: Standing = { healthy: true, against: 0, message: "Success: no probe yet" };

/** The standing after one more probe: it turns when `threshold` probes in a row say the opposite. */
export function next(standing: Standing, ok: boolean, message: string, threshold: number): Standing {
  if (ok === standing.healthy) return { healthy: ok, against: 0, message };
  const against = standing.against + 1;
  return against >= threshold ? { healthy: ok, against: 0, message } : { ...standing, against };
}

/** AWS's limits: a checker gives a TCP connection 4 s (10 s for TCP checks) and an HTTP answer 2 s more. */
const PROBE_TIMEOUT_MS = 6_000;

/** One probe of one address; resolves to "Success: …" or "Failure: …" and never throws. */
export async function probe(check: HealthCheck, address: string): Promise<string> {
  const port = check.port ?? (check.type.startsWith("HTTPS") ? 443 : 80);
  if (check.type === "TCP") {
    return new Promise((done) => {
      const socket = net.connect({ host: address, port, timeout: PROBE_TIMEOUT_MS });
      const end = (message: string) => (socket.destroy(), done(message));
      socket.once("connect", () => end("Success: connection established"));
      socket.once("timeout", () => end("Failure: connection timed out"));
      socket.once("error", (error) => end(`Failure: ${error.message}`));
    });
  }
  const secure = check.type.startsWith("HTTPS");
  return new Promise((done) => {
    const request = (secure ? https : http).request(
      {
        host: address,
        port,
        path: check.path || "/",
        headers: { Host: check.fqdn || address, "User-Agent": "Amazon-Route53-Health-Check-Service" },
        servername: secure ? check.fqdn || undefined : undefined,
        rejectUnauthorized: false, // Route 53's checkers do not validate certificates either.
        timeout: PROBE_TIMEOUT_MS,
        agent: false,
      },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        done(`${status >= 200 && status < 400 ? "Success" : "Failure"}: HTTP status code ${status}`);
      },
    );
    request.once("timeout", () => request.destroy(new Error("no answer in time")));
    request.once("error", (error) => done(`Failure: ${error.message}`));
    request.end();
  });
}

/** What the prober needs of the box. */
export interface ProbeWorld {
  checks(): readonly HealthCheck[];
  /** Addresses of the checked name now; none means it does not resolve. */
  resolve(name: string): readonly string[];
  /** Passes statuses on, so that GetHealthCheckStatus tells them. */
  report(statuses: Record<string, string>): Promise<void>;
  log(line: string): void;
}

/** Probes every health check of the account at its interval. */
export class HealthProbes {
  private readonly standings = new Map<string, Standing>();
  private readonly due = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly world: ProbeWorld) {
    this.timer = setInterval(() => this.tick(), 500);
  }

  /** Whether a check is good now; a check that is disabled or not known counts as good, an inverted one is turned. */
  healthy(id: string): boolean {
    const check = this.world.checks().find((one) => one.id === id);
    if (!check || check.disabled) return true;
    const standing = this.standings.get(id) ?? NEW_CHECK;
    return check.inverted ? !standing.healthy : standing.healthy;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const now = Date.now();
    const known = new Set<string>();
    for (const check of this.world.checks()) {
      known.add(check.id);
      if ((this.due.get(check.id) ?? 0) > now) continue;
      this.due.set(check.id, now + check.interval * 1000);
      void this.run(check);
    }
    for (const id of this.standings.keys()) if (!known.has(id)) this.standings.delete(id);
    for (const id of this.due.keys()) if (!known.has(id)) this.due.delete(id);
  }

  private async run(check: HealthCheck): Promise<void> {
    const address = check.ip ?? this.world.resolve(check.fqdn ?? "")[0];
    const message = address ? await probe(check, address) : `Failure: DNS resolution of ${check.fqdn} failed`;
    const before = this.standings.get(check.id) ?? NEW_CHECK;
    const after = next(before, message.startsWith("Success"), message, check.threshold);
    this.standings.set(check.id, after);
    if (after.healthy !== before.healthy) this.world.log(`health check ${check.id} of ${check.fqdn ?? check.ip}: ${message}`);
    await this.world.report({ [check.id]: message }).catch((error: Error) => this.world.log(`health check ${check.id}: ${error.message}`));
  }
}
