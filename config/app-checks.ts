import type { Partial } from "./cross-checks";
import { Fault, suggest } from "./faults";
import { ofKind, presentNames } from "./member-kinds";
import { awsRegion, label } from "./fields";
import { AppInput } from "./schema";

/** Broken rules of apps: their placement, its sums, their records and what these are answered by. */
export function appFaults(config: Partial): Fault[] {
  const taken = new Map<string, string>();
  return Object.entries(config.apps)
    .flatMap(([name, app]) => [
      ...(label.test(name) && name.length <= 63
        ? []
        : [
            {
              path: `apps.${name}`,
              value: name,
              remedy: "name it with lower-case letters, digits and dashes, a letter first",
            },
          ]),
      ...placementFaults(name, app, config),
      ...recordFaults(name, app, config, taken),
    ])
    .concat(latencyFaults(config));
}

/** A record is answered by the latency to an AWS region; another cloud's is near one of them. */
function latencyFaults({ apps, members, names }: Partial): Fault[] {
  const withRecord = Object.values(apps).filter(({ dns }) => dns);
  const placed = new Set(withRecord.flatMap((app) => Object.keys(expandPlacement(app, names))));
  return Object.entries(ofKind(members, "external"))
    .filter(([name]) => placed.has(name))
    .filter(([, { region, latencyRegion }]) => !awsRegion.safeParse(latencyRegion ?? region).success)
    .map(([name, { region }]) => ({
      path: `members.${name}.latencyRegion`,
      value: undefined,
      remedy: `${region} is no AWS region: name the nearest one, by whose latency users are sent there`,
    }));
}

function placementFaults(name: string, app: AppInput, { names, members }: Partial): Fault[] {
  if (names.length === 0) return []; // that there are no members is told already
  const path = `apps.${name}.placement`;
  const unknown = Object.keys(app.placement).filter((key) => key !== "*" && !names.includes(key));
  const faults: Fault[] = unknown.map((key) => ({
    path: `${path}.${key}`,
    value: key,
    remedy: `is no member: ${suggest(key, names)}, or use "*" for every member not named`,
  }));
  for (const [key, { min, max }] of Object.entries(app.placement)) {
    if (max !== undefined && max < min) {
      faults.push({
        path: `${path}.${key}.max`,
        value: max,
        remedy: `is below min ${min}: raise max or lower min`,
      });
    }
  }
  return faults.length > 0 ? faults : sumFaults(name, app, names, presentNames(names, members));
}

/** The members that the app is placed on, `"*"` spelled out, `max` never missing. */
export function expandPlacement(
  app: AppInput,
  names: readonly string[],
): Record<string, { min: number; max: number; weight: number }> {
  const entries = names.flatMap((name) => {
    const rule = app.placement[name] ?? app.placement["*"];
    return rule
      ? [
          [
            name,
            { min: rule.min, max: rule.max ?? Math.max(app.replicas, rule.min), weight: rule.weight },
          ] as const,
        ]
      : [];
  });
  return Object.fromEntries(entries);
}

/** @param present members that are not lost: only they run anything */
function sumFaults(
  name: string,
  app: AppInput,
  names: readonly string[],
  present: readonly string[],
): Fault[] {
  const everywhere = Object.keys(expandPlacement(app, names));
  const lost = everywhere.filter((member) => !present.includes(member));
  const without = lost.length > 0 ? ` without ${lost.join(", ")}, lost` : "";
  const placed = Object.values(expandPlacement(app, present));
  const least = placed.reduce((sum, { min }) => sum + min, 0);
  const most = placed.reduce((sum, { max }) => sum + max, 0);
  const fault = (remedy: string): Fault[] => [{ path: `apps.${name}.replicas`, value: app.replicas, remedy }];
  if (placed.length === 0) {
    const remedy =
      lost.length > 0
        ? `places it on lost members alone (${lost.join(", ")}): name one that is there, or take the app out`
        : "places it nowhere: name a member";
    return [{ path: `apps.${name}.placement`, value: app.placement, remedy }];
  }
  if (app.replicas < least)
    return fault(`is below ${least}, the sum of every min${without}: raise replicas or lower a min`);
  if (app.replicas > most)
    return fault(`is above ${most}, the sum of every max${without}: lower replicas or raise a max`);
  if (app.replicas > least && placed.every(({ weight }) => weight === 0)) {
    return fault(
      `leaves ${app.replicas - least} beyond every min and no weight to share them by: give a member a weight`,
    );
  }
  return [];
}

function recordFaults(
  name: string,
  app: AppInput,
  { domain, names }: Partial,
  taken: Map<string, string>,
): Fault[] {
  if (!app.dns) return [];
  const path = `apps.${name}.dns`;
  if (!app.service)
    return [{ path, value: app.dns.name, remedy: "needs a service to point to: add service: { port: 80 }" }];
  if (domain === undefined) return [];
  const relative = relativeName(app.dns.name, domain);
  const fault = (remedy: string): Fault[] => [{ path: `${path}.name`, value: app.dns?.name, remedy }];
  if (relative === "@") return fault("the zone's own name is not there yet: use a name below it");
  if (relative === undefined)
    return fault(`must be labels below ${domain}, such as ${name} or ${name}.${domain}`);
  if (names.some((member) => relative === `api.${member}` || relative === member)) {
    return fault("is kept for the member of that name: use another");
  }
  const other = taken.get(relative);
  if (other !== undefined) return fault(`is the name of app ${other} already: use another`);
  taken.set(relative, name);
  return [];
}

/**
 * The name without the domain, "@" for the domain itself, undefined when it is none below the domain. A name with
 * dots must end in the domain: `www.example.org` was hardly meant as `www.example.org.<domain>`.
 */
export function relativeName(name: string, domain: string): string | undefined {
  if (name === "@" || name === domain) return "@";
  const below = name.endsWith(`.${domain}`);
  const relative = below ? name.slice(0, -domain.length - 1) : name;
  const labels = relative.split(".");
  const good = labels.every((part) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(part));
  return good && (below || labels.length === 1) && relative.length + domain.length < 253
    ? relative
    : undefined;
}
