import { asKernel, contains, isIPv4, prefixLength } from "./addresses";
import { INTERNET, portName } from "./names";
import { chain, map } from "./nft-text";
import type { NatGateway, NetworkInterface, RegionState, Route, RouteTable, Vpc } from "./state";

/** Marks of packets that leave by a NAT gateway: this, and the gateway's number in the lower 16 bits. */
const NAT_MARK = 0x4e0000;

/** Matches the marked packets, whichever gateway is theirs. */
export const BY_NAT = `meta mark & 0xff0000 == ${NAT_MARK}`;

/**
 * The NAT gateway that a route leads out by; none where AWS would drop what takes it: the gateway is not available, has
 * no public address, or its own subnet has no way to the internet.
 *
 * Its subnet's way is looked for by the route's whole destination; what more specific routes of that subnet would take
 * elsewhere goes out all the same.
 */
export function natOf(content: RegionState, vpc: string, route: Route): NatGateway | undefined {
  if (route.target !== "nat" || route.state !== "active" || !isIPv4(route.destination)) return undefined;
  const gateway = content.natGateways.find((one) => one.id === route.id && one.state === "available");
  const subnet = content.subnets.find((one) => one.id === gateway?.subnet && one.vpc === vpc);
  const table = content.routeTables.find((one) => one.id === subnet?.routeTable);
  const out = table?.routes.some((one) => isOutward(content, vpc, one) && covers(one, route));
  return out && gateway?.publicIp ? gateway : undefined;
}

/** Whether a route leads to the VPC's internet gateway, which is attached. */
export function isOutward(content: RegionState, vpc: string, route: Route): boolean {
  const attached = content.internetGateways.some((one) => one.id === route.id && one.vpc === vpc);
  return route.target === "gateway" && route.state === "active" && isIPv4(route.destination) && attached;
}

/** The address of a NAT gateway is nobody's whom the internet could reach. */
export function isNatInterface(content: RegionState, { requester }: NetworkInterface): boolean {
  return content.natGateways.some(({ id }) => id === requester);
}

const covers = (one: Route, other: Route): boolean =>
  prefixLength(one.destination) <= prefixLength(other.destination) &&
  contains(one.destination, other.destination.split("/")[0]);

/**
 * Marks what leaves by a NAT gateway: the router's own tables know only that it goes to the internet. A chain for each
 * route table that has one, the most specific destination first, as routes are chosen.
 */
export function natChains(content: RegionState, vpc: Vpc, instances: NetworkInterface[]): string[] {
  const tables = content.routeTables.filter(
    (table) => table.vpc === vpc.id && table.routes.some((route) => natOf(content, vpc.id, route)),
  );
  const tableOf = (eni: NetworkInterface) => content.subnets.find((one) => one.id === eni.subnet)?.routeTable;
  const ports = instances.flatMap((eni) =>
    tables
      .filter(({ id }) => id === tableOf(eni))
      .map((table) => `${portName(eni.id)} : goto ${table.id}-nat`),
  );
  return [
    map("nat-routes", "ifname : verdict", ports),
    ...tables.flatMap((table) => chain(`${table.id}-nat`, outwardLines(content, table))),
    ...chain("mark-nat", [
      "type filter hook forward priority -10; policy accept;",
      `oifname "${INTERNET}" iifname vmap @nat-routes`,
    ]),
  ];
}

function outwardLines(content: RegionState, { vpc, routes }: RouteTable): string[] {
  const ordered = routes
    .filter(({ destination }) => isIPv4(destination))
    .sort((a, b) => prefixLength(b.destination) - prefixLength(a.destination));
  return ordered.flatMap((route) => {
    const to = asKernel(route.destination) === "default" ? "" : `ip daddr ${route.destination} `;
    const gateway = natOf(content, vpc, route);
    if (gateway) return [`${to}meta mark set ${markOf(content, gateway)} accept`];
    return isOutward(content, vpc, route) ? [`${to}accept`] : [];
  });
}

/** Lines of the router's way out that give each marked packet its gateway's address. */
export function natTranslation(content: RegionState): string[] {
  return content.natGateways
    .filter(({ publicIp }) => publicIp)
    .map((one) => `oifname "${INTERNET}" meta mark ${markOf(content, one)} snat to ${one.publicIp}`);
}

const markOf = ({ natGateways }: RegionState, gateway: NatGateway): number =>
  NAT_MARK + natGateways.indexOf(gateway);
