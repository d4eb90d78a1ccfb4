import { isBalancer } from "../apps/manifest";
import type { AppInput } from "./app-schema";
import type { Partial } from "./cross-checks";
import type { Fault } from "./faults";
import { awsRegion, dnsLabel } from "./fields";
import { ofKind } from "./member-kinds";
import { expandPlacement } from "./placement";
import { coreDnsOf } from "./zone-schema";

/** A record is answered by the latency to an AWS region; another cloud's is near one of them. */
export function latencyFaults({ apps, members, names, zone }: Partial): Fault[] {
  // CoreDNS knows no latencies; of an ill-formed zone it is not known who keeps it.
  if (zone === undefined || coreDnsOf(zone)) return [];
  const withRecord = Object.values(apps).filter(({ dns }) => dns);
  const placed = new Set(withRecord.flatMap((app) => Object.keys(expandPlacement(app, { members, names }))));
  return Object.entries(ofKind(members, "external"))
    .filter(([name]) => placed.has(name))
    .filter(([, { region, latencyRegion }]) => !awsRegion.safeParse(latencyRegion ?? region).success)
    .map(([name, { region }]) => ({
      path: `members.${name}.latencyRegion`,
      value: undefined,
      remedy: `${region} is no AWS region: name the nearest one, by whose latency users are sent there`,
    }));
}

/** Records without a service, with a name that is none or another's. */
export function recordFaults(
  name: string,
  app: AppInput,
  { domain, names, resources }: Partial,
  taken: Map<string, string>,
): Fault[] {
  if (!app.dns) return [];
  const path = `apps.${name}.dns`;
  if (!app.service && resources[name]?.every(({ object }) => !isBalancer(object)))
    return [
      {
        path,
        value: app.dns.name,
        remedy:
          "needs a service to point to: add service: { port: 80 }, or one of type LoadBalancer to the manifests",
      },
    ];
  if (domain === undefined) return [];
  const relative = relativeName(app.dns.name, domain);
  const fault = (remedy: string): Fault[] => [{ path: `${path}.name`, value: app.dns?.name, remedy }];
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
  const good = labels.every((part) => dnsLabel.test(part));
  return good && (below || labels.length === 1) && relative.length + domain.length < 253
    ? relative
    : undefined;
}
