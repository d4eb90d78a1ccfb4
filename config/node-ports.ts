import type { Partial } from "./cross-checks";
import type { Fault } from "./faults";
import { present } from "./member-kinds";
import { placedMembers } from "./placement";
import { coreDnsOf } from "./zone-schema";

/** Broken rules of apps that are reached at a port of the nodes: it is one app's, and its members say where they are. */
export function nodePortFaults({ apps, members, names, zone, host }: Partial): Fault[] {
  const there = present(members);
  const service = coreDnsOf(zone)?.service;
  const taken = new Map<number, string>(
    typeof service === "object" ? [[service.nodePort, `CoreDNS's at ${host}`]] : [],
  );
  const homeless = new Set<string>();
  return Object.entries(apps).flatMap(([name, app]): Fault[] => {
    const port = app.service?.nodePort;
    if (port === undefined) return [];
    const fault = (remedy: string): Fault => ({ path: `apps.${name}.service.nodePort`, value: port, remedy });
    const other = taken.get(port);
    taken.set(port, `app ${name}'s`);
    const placed = placedMembers(app, { members, names });
    return [
      ...(other === undefined ? [] : [fault(`is ${other} already: give it another`)]),
      ...placed.flatMap((member): Fault[] => {
        const { kind } = there[member];
        if (kind === "ec2")
          return [
            fault(
              `is shut out at ${member}, whose nodes take users in by load balancers alone: leave it out`,
            ),
          ];
        if (there[member].address !== undefined || homeless.has(member)) return [];
        homeless.add(member);
        const remedy = `is needed where app ${name} has a port of the nodes: the address or host name at which users reach them`;
        return [{ path: `members.${member}.address`, value: undefined, remedy }];
      }),
    ];
  });
}
