import { daysUntil } from "../days";
import type { FederationView } from "./federation";
import type { Look } from "./member";
import { clustersOf, StackOutputs } from "./outputs";
import { table } from "./table";

/** All that was found out about a stack. */
export interface Findings {
  readonly outputs: StackOutputs;
  readonly federation: FederationView;
  readonly looks: Readonly<Record<string, Look>>;
  /** Last snapshots, by member. */
  readonly snapshots: Readonly<Record<string, string>>;
  /** Whether a load balancer answers, by host. */
  readonly answers: Readonly<Record<string, boolean>>;
  readonly now: Date;
}

const UNSEEN = "?";

/** The apps that the stack's members take part in. */
export function appsOf({ members = {} }: StackOutputs): string[] {
  return [...new Set(Object.values(members).flatMap(({ replicas }) => Object.keys(replicas)))];
}

/** The stack's state as tables: members, load balancers, records, certificates. */
export function statusText(found: Findings): string {
  return [members(found), balancers(found), records(found), certificates(found)].filter(Boolean).join("\n");
}

function members({ outputs, federation, looks, snapshots }: Findings): string {
  const apps = appsOf(outputs);
  const joined = (name: string) =>
    "trouble" in federation ? UNSEEN : (federation.states[name] ?? "not joined");
  const rows = Object.entries(clustersOf(outputs)).map(([name, { region, replicas }]) => {
    const look = looks[name];
    const alive = "trouble" in look ? undefined : look;
    const ready = (app: string) =>
      alive?.pods.filter((pod) => pod.app === app && pod.ready && pod.state === "Running").length ?? UNSEEN;
    return [
      name,
      region,
      name === outputs.host?.name ? "host only" : joined(name),
      alive ? "answers" : "silent",
      alive ? `${alive.nodes.ready}/${alive.nodes.all}` : UNSEEN,
      alive?.version ?? UNSEEN,
      ...apps.map((app) => (app in replicas ? `${ready(app)}/${replicas[app]}` : "")),
      snapshots[name] ?? "",
    ];
  });
  const troubles = Object.entries(looks).flatMap(([name, look]) =>
    "trouble" in look ? [`${name}: ${look.trouble}`] : [],
  );
  const said = "trouble" in federation ? [federation.trouble] : federation.drift;
  troubles.unshift(...said.map((line) => `federation: ${line}`));
  const head = [
    "member",
    "region",
    "federation",
    "API",
    "nodes",
    "Kubernetes",
    ...apps,
    "last snapshot (UTC)",
  ];
  return [table(head, rows), ...troubles].join("\n");
}

const answered = (answers: Findings["answers"], host: string): string =>
  host in answers ? (answers[host] ? "yes" : "no") : UNSEEN;

function balancers({ looks, answers }: Findings): string {
  const rows = Object.entries(looks).flatMap(([member, look]) =>
    "trouble" in look
      ? []
      : look.balancers.map(({ app, host, port }) => [
          app,
          member,
          answered(answers, host),
          String(port),
          host || "none yet",
        ]),
  );
  return rows.length > 0 ? table(["app", "member", "answers", "port", "load balancer"], rows) : "";
}

function records({ outputs, answers }: Findings): string {
  const all = Object.values(outputs.records ?? {}).flat();
  if (all.length === 0) return "";
  return table(
    ["record", "type", "ttl", "set identifier", "answers", "value"],
    all.map(({ name, type, ttl, setIdentifier, value }) => [
      ...[name, type, String(ttl), setIdentifier],
      ...[answered(answers, value), value],
    ]),
  );
}

function certificates({ outputs, now }: Findings): string {
  const rows = Object.entries(outputs.expiry ?? {}).flatMap(([whose, ends]) =>
    Object.entries(ends).map(([what, end]) => [whose, what, end, String(daysUntil(end, now))]),
  );
  return rows.length > 0 ? table(["certificates of", "which", "end", "days"], rows) : "";
}

/** Pods of every member in one table, all apps' or one's. */
export function podsText({ outputs, looks }: Pick<Findings, "outputs" | "looks">, app?: string): string {
  const rows = Object.entries(looks).flatMap(([member, look]): string[][] => {
    const { region } = clustersOf(outputs)[member];
    if ("trouble" in look) return [[member, region, "", "", UNSEEN, look.trouble]];
    const mine = look.pods.filter((pod) => app === undefined || pod.app === app);
    return mine.map((pod) => [
      ...[member, region, pod.app, `${pod.namespace}/${pod.name}`],
      ...[pod.ready ? pod.state : `${pod.state}, not ready`, pod.node],
    ]);
  });
  return table(["member", "region", "app", "pod", "state", "node"], rows);
}
