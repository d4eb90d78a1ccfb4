import type { CheckedServer } from "./balancers";

export type Health = "healthy" | "unhealthy";

/** By group (target group's ARN, or `<region>/<name>` of a classic load balancer), then by target. */
export type HealthReport = Record<string, Record<string, Health>>;

/** Health of the checked servers from what haproxy's `show stat` prints (CSV with a heading). */
export function readHealth(csv: string, servers: readonly CheckedServer[]): HealthReport {
  const [heading = "", ...lines] = csv.split("\n");
  const columns = heading.replace(/^# /, "").split(",");
  const [backend, server, status] = ["pxname", "svname", "status"].map((name) => columns.indexOf(name));
  const statuses = new Map(
    lines
      .map((line) => line.split(","))
      .map((cells) => [`${cells[backend]} ${cells[server]}`, cells[status] ?? ""]),
  );
  const report: HealthReport = {};
  for (const one of servers) {
    const text = statuses.get(`${one.backend} ${one.server}`);
    if (text === undefined) continue;
    const group = (report[one.group] ??= {});
    // "UP 1/2" is on its way down but still used, "DOWN 1/2" on its way up and not used yet. One target may
    // stand in several backends (a classic load balancer's listeners, checked alike): all must agree that it
    // is well.
    const healthy = text.startsWith("UP") && group[one.target] !== "unhealthy";
    group[one.target] = healthy ? "healthy" : "unhealthy";
  }
  return report;
}
