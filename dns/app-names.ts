import type { StackConfig } from "../config";
import { replicasBehind } from "../apps/parts";
import type { Member } from "../regions/member";
import type { Health } from "./health-check";
import type { TableArgs } from "./table";

/** What an app's name is to be, whoever keeps the domain. All of it is known at preview. */
export interface AppName extends TableArgs {
  /** What is asked of every member: one without a check would count as well whatever happens there. */
  readonly health: Health;
}

/** The names of all apps that have one, by app. */
export function appNames(
  { apps, context, domain }: Pick<StackConfig, "apps" | "context" | "domain">,
  members: readonly Member[],
): Record<string, AppName> {
  const entries = Object.entries(apps).flatMap(([name, { dns, ...app }]): [string, AppName][] => {
    if (!dns || !app.service) return [];
    const { hierarchy } = dns;
    const places = { service: name, namespace: app.namespace, federation: context };
    const own = {
      domain,
      ...dns,
      members: members.filter((member) => member.name in app.placement),
      replicas: replicasBehind({ name, ...app }),
      hierarchy: hierarchy && { ...places, ...hierarchy },
      health: { port: app.service.nodePort ?? app.service.port, ...dns.health },
    };
    return [[name, own]];
  });
  return Object.fromEntries(entries);
}
