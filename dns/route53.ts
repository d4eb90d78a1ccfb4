import * as pulumi from "@pulumi/pulumi";
import type { AppName } from "./app-names";
import type { Keeper } from "./keeper";
import { LatencyRecords } from "./latency-record";
import { recordTable } from "./table";
import { Withdrawal } from "./withdrawal";
import { isDelegated, Zone } from "./zone";

/** Arguments of {@link route53}. */
export interface Route53Args {
  readonly domain: string;
  /** Use the zone that is there, and leave it when the stack goes. */
  readonly existing: boolean;
  readonly names: Readonly<Record<string, AppName>>;
  /** Seconds until nobody is told of a record that is gone. @default the longest TTL of the name */
  readonly wait?: number;
}

/** Route 53 keeps the names: answered with the nearest member by latency. */
export function route53(args: Route53Args, opts: pulumi.ComponentResourceOptions): Keeper {
  const { domain, existing, names, wait } = args;
  const zone = new Zone("zone", { domain, existing }, opts);
  const tables = Object.fromEntries(
    Object.entries(names).map(([app, name]) => [app, recordTable(name)] as const),
  );
  return {
    nameServers: zone.nameServers,
    delegated: zone.nameServers.apply((servers) => isDelegated(domain, servers)),
    withdraw: (app) => {
      const table = tables[app];
      return table && new Withdrawal(`${app}-withdrawal`, { zone, table, wait }, opts).done;
    },
    record: (app, { endpoints, ready }) => {
      const table = tables[app];
      if (!table) return undefined;
      const { members, health } = names[app];
      const own = { zone, table, members, endpoints, health, after: ready };
      return new LatencyRecords(`${app}-dns`, own, opts).published;
    },
  };
}
