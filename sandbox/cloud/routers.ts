import { asKernel, isIPv4, nth } from "./addresses";
import { balancerInterfaces, isOn, routeInterface } from "./lookup";
import { isOutward, natOf } from "./nat-gateways";
import { boxAddress, INTERNET, METADATA, portName, RESOLVER, routerNamespace } from "./names";
import { peeringPorts, peeringRoutes } from "./peerings";
import type { NetworkInterface, RegionState, RouteTable, Vpc } from "./state";

/** What a VPC's router must hold; everything that differs from it is put right. */
export interface RouterPlan {
  region: string;
  vpc: string;
  netns: string;
  /** The VPC's number, which gives its link to the box. */
  link: number;
  /** Addresses that the router answers for: gateways, resolver, metadata service, load balancers. */
  addresses: string[];
  /** Interfaces of instances that are on, and links to routers of networks that peer with this one. */
  ports: RouterPort[];
  routes: PlannedRoute[];
  rules: PlannedRule[];
  /** Public addresses that the box sends here. */
  publicAddresses: string[];
}

export interface RouterPort {
  name: string;
  address: string;
  mac: string;
}

export interface PlannedRoute {
  table: number;
  /** As the kernel prints it. */
  destination: string;
  /** Absent: dropped silently, as AWS does with what has no way. */
  dev?: string;
  via?: string;
  /** The last resort of a table; the kernel takes the lowest metric. */
  last?: boolean;
}

export interface PlannedRule {
  priority: number;
  from?: string;
  to?: string;
  iif?: string;
  mark?: number;
  /** Absent: dropped. */
  table?: number;
}

export const MAIN_TABLE = 254;
/** Addresses of the VPC itself. */
export const VPC_TABLE = 100;
export const RESOLVER_MARK = 0x53;
/** On the metadata service's answers to a token request, whose hop count is limited. */
export const TOKEN_MARK = 0x4d;

export function planRouter(region: string, content: RegionState, vpc: Vpc, link: number): RouterPlan {
  const mine = content.interfaces.filter((one) => one.vpc === vpc.id);
  const ports = livePorts(content, vpc.id);
  const subnets = content.subnets.filter((one) => one.vpc === vpc.id);
  const balancers = balancerPorts(content, vpc.id);
  const peerings = peeringPorts(content, vpc.id);
  const tables = content.routeTables.filter((one) => one.vpc === vpc.id);
  const tableOf = (subnet: string) => tableNumber(subnets.find((one) => one.id === subnet)?.routeTable ?? "");
  return {
    region,
    vpc: vpc.id,
    netns: routerNamespace(vpc.id),
    link,
    addresses: [
      ...subnets.map((one) => nth(one.cidr, 1)),
      ...balancers.map((one) => one.privateIp),
      ...(vpc.dnsSupport ? [resolverOf(vpc), RESOLVER] : []),
      METADATA,
    ],
    ports: [
      ...ports.map((one) => ({
        name: portName(one.id),
        address: one.privateIp,
        mac: one.mac.toLowerCase(),
      })),
      ...peerings.map(({ name, address, mac }) => ({ name, address, mac })),
    ],
    routes: [
      { table: MAIN_TABLE, destination: "default", via: boxAddress(link), dev: INTERNET },
      ...ports.map((one) => ({ table: VPC_TABLE, destination: one.privateIp, dev: portName(one.id) })),
      // The router's own answers (metadata, resolver) must find pods, in whichever table their range stands.
      ...unique(
        tables
          .flatMap((table) => instanceRoutes(content, table))
          .map((route) => ({ ...route, table: MAIN_TABLE })),
      ),
      // For a subnet that has no table: what falls through would find the router's own way out.
      { table: tableNumber(""), destination: "default", last: true },
      ...tables.flatMap((table) => tableRoutes(content, table, link)),
    ],
    rules: [
      { priority: 10, mark: RESOLVER_MARK, table: MAIN_TABLE },
      { priority: 20, to: asKernel(vpc.cidr), table: VPC_TABLE },
      { priority: 21, to: asKernel(vpc.cidr) },
      ...ports.map((one) => ({ priority: 30, iif: portName(one.id), table: tableOf(one.subnet) })),
      // What comes from a peer and is for none of this network goes nowhere: no way leads on.
      ...peerings.map(({ name }) => ({ priority: 30, iif: name })),
      ...balancers.map((one) => ({ priority: 31, from: one.privateIp, table: tableOf(one.subnet) })),
    ],
    publicAddresses: hasGateway(content, vpc.id)
      ? mine.flatMap((one) => (one.publicIp ? [one.publicIp] : []))
      : [],
  };
}

/** Interfaces of a VPC's instances that are on. */
export function livePorts(content: RegionState, vpc: string): NetworkInterface[] {
  const on = new Set(content.instances.filter(isOn).map((one) => one.id));
  return content.interfaces.filter((one) => one.vpc === vpc && one.instance !== null && on.has(one.instance));
}

/** Interfaces of a VPC's load balancers, with the groups that count. */
export function balancerPorts(content: RegionState, vpc: string): NetworkInterface[] {
  return content.loadBalancers
    .filter((one) => one.vpc === vpc)
    .flatMap((balancer) =>
      balancerInterfaces(content, balancer).map((one) => ({ ...one, groups: balancer.groups })),
    );
}

export function hasGateway(content: RegionState, vpc: string): boolean {
  return content.internetGateways.some((one) => one.vpc === vpc);
}

/** The Amazon-provided resolver's address: the VPC's first one plus two. */
export const resolverOf = (vpc: Vpc): string => nth(vpc.cidr, 2);

/** A Linux table for an AWS one: the same number whatever else exists, so that no route ever moves. */
export function tableNumber(routeTable: string): number {
  const digits = routeTable.replace(/^rtb-/, "").slice(-7);
  return 1000 + (Number.parseInt(digits, 16) || 0);
}

function tableRoutes(content: RegionState, table: RouteTable, link: number): PlannedRoute[] {
  const number = tableNumber(table.id);
  const instances = instanceRoutes(content, table).map((route) => ({ ...route, table: number }));
  const peered = peeringRoutes(content, table).map((route) => ({ ...route, table: number }));
  const outward = table.routes
    .filter((route) => isOutward(content, table.vpc, route) || natOf(content, table.vpc, route))
    .map((route) => ({
      table: number,
      destination: asKernel(route.destination),
      via: boxAddress(link),
      dev: INTERNET,
    }));
  const handled = new Set([...instances, ...peered, ...outward].map((route) => route.destination));
  const dead = table.routes
    .filter(
      (route) =>
        route.target !== "local" && isIPv4(route.destination) && !handled.has(asKernel(route.destination)),
    )
    .map((route) => ({ table: number, destination: asKernel(route.destination) }));
  return [
    ...instances,
    ...peered,
    ...outward,
    ...dead,
    { table: number, destination: "default", last: true },
  ];
}

/** Routes to instances that are on; the others are dead. */
function instanceRoutes(content: RegionState, table: RouteTable): Omit<PlannedRoute, "table">[] {
  const on = new Set(livePorts(content, table.vpc).map((one) => one.id));
  return table.routes.flatMap((route) => {
    const eni = isIPv4(route.destination) ? routeInterface(content, route) : undefined;
    if (!eni || eni.vpc !== table.vpc || !on.has(eni.id)) return [];
    return [{ destination: asKernel(route.destination), via: eni.privateIp, dev: portName(eni.id) }];
  });
}

function unique(routes: PlannedRoute[]): PlannedRoute[] {
  // A default route to an instance (a NAT instance) is for its subnets, not for the router's own answers.
  const wanted = routes.filter((route) => route.destination !== "default");
  return [...new Map(wanted.map((route) => [route.destination, route])).values()];
}
