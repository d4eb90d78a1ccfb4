import { asKernel } from "./addresses";
import { routerNamespace } from "./names";
import type { CloudState, Peering, PeeringEnd, RegionState, RouteTable, Vpc } from "./state";

/** Where a packet for the other network goes on a peering's link: the other router, by a fixed neighbour. */
const OTHER_END = "169.254.1.1";

/** A peering connection as one of its two routers has it. */
export interface PeeringPort {
  /** The connection's id. */
  id: string;
  /** The router's end of the link. */
  name: string;
  address: string;
  /** Hardware address of the other end. */
  mac: string;
  /** Range of the network beyond. */
  cidr: string;
}

/** The link of a connection between two routers. */
export interface PeeringLink {
  name: string;
  ends: { vpc: string; netns: string; mac: string }[];
}

const linkName = ({ id }: Peering): string => `pcx${id.replace(/^pcx-/, "").slice(0, 8)}`;

const macOf = ({ id }: Peering, end: "requester" | "accepter"): string =>
  [end === "requester" ? "02:70" : "02:71", ...id.slice(-8).match(/../g)!].join(":");

/** The accepted connections of a VPC. */
export function peeringPorts({ peerings }: RegionState, vpc: string): PeeringPort[] {
  return peerings
    .filter(({ state }) => state === "active")
    .flatMap((peering) => {
      const far = farEnd(peering, vpc);
      if (!far) return [];
      return [
        {
          id: peering.id,
          name: linkName(peering),
          address: OTHER_END,
          mac: macOf(peering, far),
          cidr: peering[far].cidr,
        },
      ];
    });
}

/** Links of all accepted connections whose two networks are there, each once. */
export function planPeerings({ regions }: CloudState): Map<string, PeeringLink> {
  const there = new Set(Object.values(regions).flatMap(({ vpcs }) => vpcs.map(({ id }) => id)));
  const active = Object.values(regions)
    .flatMap(({ peerings }) => peerings)
    .filter(
      ({ state, requester, accepter }) =>
        state === "active" && there.has(requester.vpc) && there.has(accepter.vpc),
    );
  return new Map(
    active.map((peering) => {
      const ends = (["requester", "accepter"] as const).map((end) => {
        const { vpc } = peering[end];
        return { vpc, netns: routerNamespace(vpc), mac: macOf(peering, end) };
      });
      return [peering.id, { name: linkName(peering), ends }];
    }),
  );
}

/** Routes of a table that lead to an accepted connection. */
export function peeringRoutes(content: RegionState, table: RouteTable) {
  const ports = new Map(peeringPorts(content, table.vpc).map((port) => [port.id, port]));
  return table.routes.flatMap(({ destination, target, id, state }) => {
    const port = target === "peering" && state === "active" ? ports.get(id ?? "") : undefined;
    return port ? [{ destination: asKernel(destination), via: port.address, dev: port.name }] : [];
  });
}

/**
 * What a connection carries, whatever routes say: packets from addresses of the one network to addresses of the other. A pod's
 * address is none of them, nor is what lies behind the other network's gateways.
 */
export function peeringGuards(content: RegionState, vpc: Vpc): string[] {
  return peeringPorts(content, vpc.id).flatMap(({ name, cidr }) => [
    `oifname "${name}" ip daddr != ${cidr} counter name "peering-destination" drop`,
    `oifname "${name}" ip saddr != ${vpc.cidr} counter name "peering-source" drop`,
  ]);
}

/** Whether a network's public names mean private addresses to another that it peers with. */
export function namesPrivately(content: RegionState, vpc: string, asking: string): boolean {
  return content.peerings.some((peering) => {
    const far = farEnd(peering, asking);
    return peering.state === "active" && far && peering[far].vpc === vpc && peering[far].privateNames;
  });
}

function farEnd(peering: Record<"requester" | "accepter", PeeringEnd>, vpc: string) {
  if (peering.requester.vpc === vpc) return "accepter";
  return peering.accepter.vpc === vpc ? "requester" : undefined;
}
