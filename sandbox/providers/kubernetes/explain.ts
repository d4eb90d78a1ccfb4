/** Why an object is not ready, in the words of the cluster: conditions, pods, events. */

import { Props } from "../runtime";
import { Cluster } from "./cluster";

const EVENTS = 5;
const PODS = 5;

/** Lines for the error; what cannot be read is left out, since this explains another failure. */
export async function explain(cluster: Cluster, live: Props): Promise<string[]> {
  const pods = await podsOf(cluster, live).catch(() => []);
  const events = await Promise.all([live, ...pods].map((object) => cluster.events(object).catch(() => [])));
  return [...conditions(live), ...pods.flatMap(podTroubles), ...newest(events.flat())];
}

function conditions(live: Props): string[] {
  return (live.status?.conditions ?? [])
    .filter((item: Props) => item.status !== "True")
    .map((item: Props) =>
      `condition ${item.type}=${item.status} [${item.reason ?? ""}] ${item.message ?? ""}`.trim(),
    );
}

async function podsOf(cluster: Cluster, live: Props): Promise<Props[]> {
  const labels = live.kind === "Service" ? live.spec?.selector : live.spec?.selector?.matchLabels;
  if (!labels || Object.keys(labels).length === 0) return [];
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  return (await cluster.list("v1", "Pod", live.metadata.namespace, selector)).slice(0, PODS);
}

function podTroubles(pod: Props): string[] {
  const statuses: Props[] = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  if (statuses.length === 0) {
    const scheduled = pod.status?.conditions?.find(
      (item: Props) => item.type === "PodScheduled" && item.status !== "True",
    );
    return [
      `pod ${pod.metadata.name}: ${pod.status?.phase ?? "no phase"} ${scheduled?.message ?? ""}`.trim(),
    ];
  }
  return statuses.flatMap(({ name, state = {}, lastState = {}, restartCount = 0 }) => {
    const { waiting, terminated } = state;
    const last = lastState.terminated
      ? `, last exit ${lastState.terminated.exitCode} ${lastState.terminated.message ?? ""}`
      : "";
    if (waiting)
      return [
        `pod ${pod.metadata.name}/${name}: ${waiting.reason} ${waiting.message ?? ""} (${restartCount} restarts${last})`,
      ];
    if (terminated && terminated.exitCode !== 0)
      return [`pod ${pod.metadata.name}/${name}: exit ${terminated.exitCode} ${terminated.message ?? ""}`];
    return [];
  });
}

function newest(events: Props[]): string[] {
  const time = (event: Props) =>
    String(event.lastTimestamp ?? event.eventTime ?? event.metadata?.creationTimestamp ?? "");
  return events
    .filter((event) => event.type !== "Normal")
    .sort((a, b) => time(b).localeCompare(time(a)))
    .slice(0, EVENTS)
    .map(
      (event) =>
        `event ${event.involvedObject?.kind} ${event.involvedObject?.name}: [${event.reason}] ${event.message}`,
    );
}
