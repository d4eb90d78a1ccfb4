import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import { forwardingMembers } from "../config/zone-checks";
import { coreDnsOf } from "../config/zone-schema";
import type { Member } from "../regions/member";
import type { AppName } from "./app-names";
import { CoreDns } from "./coredns/zone";
import { clientsOf } from "./coredns/clients";
import { Forwarding } from "./coredns/forwarding";
import type { Keeper } from "./keeper";
import { route53 } from "./route53";

/** Who there is to keep names, and whose. */
export interface KeepArgs {
  /** @default none: a control plane that is there already may be anywhere */
  readonly host?: Member;
  /** All members, lost ones too: what they were told stays theirs. */
  readonly members: readonly Member[];
  readonly names: Readonly<Record<string, AppName>>;
}

/** Whoever the config has keep the domain: Route 53, or CoreDNS on the host. */
export function keeperOf(
  config: StackConfig,
  { host, members: all, names }: KeepArgs,
  opts: pulumi.ComponentResourceOptions,
): Keeper {
  const { domain, zone, timeouts, versions, members } = config;
  const wait = timeouts.record;
  const coredns = coreDnsOf(zone);
  if (!coredns) return route53({ domain, existing: zone === "existing", names, wait }, opts);
  if (!host) throw new Error("CoreDNS has no host to run on"); // the config's checks see to it
  const { service } = coredns;
  const clients = clientsOf(members, coredns.clients);
  const own = { domain, host, names, service, clients, version: versions.coredns, wait };
  const keeper = new CoreDns("zone", own, opts);
  const told = forwardingMembers(coredns, Object.keys(members));
  for (const member of all.filter(({ name }) => told.includes(name))) {
    const { lost } = members[member.name];
    new Forwarding(`names-${member.name}`, { domain, server: keeper.endpoint, member, lost }, opts);
  }
  return keeper;
}
