import type { Partial } from "./cross-checks";
import { Fault, suggest } from "./faults";
import { placedMembers } from "./placement";
import { relativeName } from "./record-checks";
import { CoreDnsInput, coreDnsOf } from "./zone-schema";

/** Members whose own CoreDNS is told of the domain; none that is lost. */
export function forwardingMembers({ forward }: CoreDnsInput, names: readonly string[]): string[] {
  return names.filter((name) => forward === "all" || forward.includes(name));
}

/** Broken rules of a zone that CoreDNS keeps, and of apps' names in it. */
export function zoneFaults(config: Partial): Fault[] {
  const coredns = coreDnsOf(config.zone);
  if (!coredns) return [];
  return [
    ...hostFaults(config),
    ...nameFaults("clients", Object.keys(coredns.clients), config),
    ...nameFaults("forward", coredns.forward === "all" ? [] : coredns.forward, config),
    ...clientFaults(coredns.clients, config),
    ...appFaults(config),
  ];
}

function hostFaults({ host, members, controlPlane }: Partial): Fault[] {
  if (host === undefined && controlPlane?.existing) {
    const remedy =
      "runs on the host, which is not named: name the external member, or write create or existing";
    return [{ path: "zone.coredns", value: undefined, remedy }];
  }
  if (host === undefined || members[host]?.kind !== "ec2") return [];
  const remedy =
    `is for hosts of kind external: ${host} is on AWS, whose load balancers carry no DNS beside TCP and whose Route 53 ` +
    "knows latencies, too: write create or existing";
  return [{ path: "zone.coredns", value: host, remedy }];
}

function nameFaults(key: string, given: readonly string[], { names }: Partial): Fault[] {
  if (names.length === 0) return [];
  return given
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: `zone.coredns.${key}`,
      value: name,
      remedy: `is no member: ${suggest(name, names)}`,
    }));
}

/** A user is nearest to one place: the narrowest network counts, so no two may be the same. */
function clientFaults(clients: CoreDnsInput["clients"], { members }: Partial): Fault[] {
  const own = Object.entries(members).flatMap(([name, { network }]) =>
    Object.values(network ?? {})
      .filter((value): value is string => typeof value === "string" && value.includes("/"))
      .map((range) => [range, name] as const),
  );
  const taken = new Map<string, string>(own);
  return Object.entries(clients).flatMap(([name, ranges]) =>
    ranges.flatMap((range): Fault[] => {
      const other = taken.get(range);
      taken.set(range, name);
      if (other === undefined || other === name || members[other]?.region === members[name]?.region)
        return [];
      const remedy = `is ${other}'s, too: its users are nearest to one of them`;
      return [{ path: `zone.coredns.clients.${name}`, value: range, remedy }];
    }),
  );
}

function appFaults({ apps, domain, names, members }: Partial): Fault[] {
  return Object.entries(apps).flatMap(([name, app]): Fault[] => {
    const { dns } = app;
    if (!dns || domain === undefined) return [];
    const placed = placedMembers(app, { members, names });
    const fault = (key: string, value: unknown, remedy: string) => ({
      path: `apps.${name}.dns.${key}`,
      value,
      remedy,
    });
    const relative = relativeName(dns.name, domain);
    const reserved =
      relative === "@" ? "the domain's own name" : relative === "ns" ? "its name server's" : "";
    return [
      ...(reserved
        ? [fault("name", dns.name, `is ${reserved}, which CoreDNS keeps for itself: use another below it`)]
        : []),
      ...(dns.type === "alias"
        ? [
            fault(
              "type",
              dns.type,
              "is of Route 53; CoreDNS answers with addresses wherever members have some: leave it out",
            ),
          ]
        : []),
      ...(placed.length > MOST_MEMBERS
        ? [fault("name", dns.name, `is for at most ${MOST_MEMBERS} members with CoreDNS: use Route 53`)]
        : []),
    ];
  });
}

/** CoreDNS asks at most 15 others for a name, and one of them is the last resort. */
const MOST_MEMBERS = 14;
