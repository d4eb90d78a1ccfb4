import type { StackConfig } from "../config";
import { hierarchicalNames } from "../dns/hierarchy";
import { markerName } from "../dns/names";
import type { AppInput } from "./app-schema";
import type { Partial } from "./cross-checks";
import type { Fault } from "./faults";
import { dnsLabel } from "./fields";
import { ofKind } from "./member-kinds";
import { expandPlacement } from "./placement";
import { relativeName } from "./record-checks";

/** The most that DNS takes. */
const longestName = 253;

/** Broken rules of apps' records: at the domain itself, and of hierarchical names. */
export function dnsFaults(config: Partial): Fault[] {
  const { apps, domain } = config;
  if (domain === undefined) return [];
  const named = Object.entries(apps).filter(([, { dns }]) => dns);
  const hierarchies = named.filter(([, { dns }]) => dns!.hierarchy);
  return [
    ...named.flatMap(([name, { dns }]) => apexFaults(name, dns!, domain)),
    ...placeFaults(hierarchies, config),
    ...hierarchies.flatMap(([name, app]) => nameFaults(name, app, domain, config)),
  ];
}

function apexFaults(name: string, dns: NonNullable<AppInput["dns"]>, domain: string): Fault[] {
  if (relativeName(dns.name, domain) !== "@" || dns.type === "alias") return [];
  const remedy = "DNS allows no CNAME at the domain's own name: write alias, or use a name below it";
  return [{ path: `apps.${name}.dns.type`, value: dns.type, remedy }];
}

/** Regions and zones are labels of hierarchical names; those of AWS always fit. */
function placeFaults(hierarchies: [string, AppInput][], { members, names }: Partial): Fault[] {
  const taking = new Set(
    hierarchies.flatMap(([, app]) => Object.keys(expandPlacement(app, { members, names }))),
  );
  const external = Object.entries(ofKind(members, "external")).filter(([name]) => taking.has(name));
  return external.flatMap(([name, { region, zones }]) => {
    const places = [["region", region] as const, ...zones.map((zone) => ["zones", zone] as const)];
    return places
      .filter(([, place]) => !dnsLabel.test(place))
      .map(([key, value]) => ({
        path: `members.${name}.${key}`,
        value,
        remedy: "becomes one label of a hierarchical name: write it without dots, at most 63 characters",
      }));
  });
}

/** Names that DNS does not take, and the name of an app that is another's hierarchical one. */
function nameFaults(name: string, app: AppInput, domain: string, config: Partial): Fault[] {
  const { context, apps } = config;
  if (context === undefined) return [];
  const hierarchy = {
    service: name,
    namespace: app.namespace,
    federation: context,
    ttl: app.dns!.hierarchy!.ttl,
  };
  const members = Object.keys(expandPlacement(app, config)).flatMap((each) => config.members[each] ?? []);
  // Zones that are found out only later have the region's name and a letter.
  const placed = members.map(({ region, zones }) => ({ region, zones: zones ?? [`${region}a`] }));
  const all = hierarchicalNames(hierarchy, domain, placed).map((each) => each.name);
  const path = `apps.${name}.dns.hierarchy`;
  const longest = all.reduce((long, each) => (each.length > long.length ? each : long));
  const room = longestName - markerName("").length;
  if (longest.length > room) {
    const remedy = `makes ${longest}, which has ${longest.length} characters, and ${room} fit with its mark: shorten the namespace, the context or the app's name`;
    return [{ path, value: app.dns!.hierarchy, remedy }];
  }
  const wrong = [app.namespace, ...context.split(".")].find((each) => !dnsLabel.test(each));
  if (wrong !== undefined) {
    const remedy = `makes ${all[0]}, in which "${wrong}" is no label of a name: change the app's namespace or the context`;
    return [{ path, value: app.dns!.hierarchy, remedy }];
  }
  return Object.entries(apps)
    .filter(([, { dns }]) => dns && all.includes(`${relativeName(dns.name, domain)}.${domain}`))
    .map(([other, { dns }]) => ({
      path: `apps.${other}.dns.name`,
      value: dns!.name,
      remedy: `is one of app ${name}'s hierarchical names: use another`,
    }));
}

/** What hierarchical names lack for want of a label. */
export function dnsWarnings({ apps, members }: Pick<StackConfig, "apps" | "members">): string[] {
  return Object.entries(apps).flatMap(([name, { dns, placement }]) =>
    Object.entries(ofKind(members, "external"))
      .filter(([member, { zones }]) => dns?.hierarchy && member in placement && zones.length === 0)
      .map(
        ([member]) =>
          `members.${member}.zones: names none, so app ${name} has no name for its zone, only its region's and wider ones`,
      ),
  );
}
