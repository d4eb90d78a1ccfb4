import { contains, isIPv4, prefixLength } from "./addresses";
import { namesPrivately } from "./peerings";
import type { CloudState, Instance, LoadBalancer, NetworkInterface, RegionState, Route } from "./state";

/** Interfaces of one load balancer. */
export function balancerInterfaces(region: RegionState, balancer: LoadBalancer): NetworkInterface[] {
  return region.interfaces.filter(
    (one) => one.requester === balancer.name && one.vpc === balancer.vpc && one.instance === null,
  );
}

/** The interface that an instance boots with. */
export function primaryInterface(region: RegionState, instance: Instance): NetworkInterface | undefined {
  const mine = region.interfaces.filter((one) => one.instance === instance.id);
  return mine.find((one) => one.deviceIndex === 0) ?? mine[0];
}

/**
 * Whether an instance holds its addresses on the network: from the moment it is asked for until its power
 * goes.
 */
export function isOn(instance: Instance): boolean {
  return instance.state === "pending" || instance.state === "running";
}

/** Where an active route to an instance or interface leads. */
export function routeInterface(region: RegionState, route: Route): NetworkInterface | undefined {
  if (route.state !== "active" || !route.id) return undefined;
  if (route.target === "interface") return region.interfaces.find((one) => one.id === route.id);
  if (route.target !== "instance") return undefined;
  const instance = region.instances.find((one) => one.id === route.id);
  return instance && primaryInterface(region, instance);
}

/**
 * The instance that a packet inside a VPC comes from: by its interface's address, else (a pod) by the most
 * specific route of the VPC that leads to an instance.
 */
export function instanceAt(region: RegionState, vpc: string, source: string): Instance | undefined {
  const byId = (id: string | null | undefined) => region.instances.find((one) => one.id === id && isOn(one));
  const own = region.interfaces.find(
    (one) => one.vpc === vpc && one.privateIp === source && one.instance !== null,
  );
  if (own) return byId(own.instance);
  const routes = region.routeTables
    .filter((table) => table.vpc === vpc)
    .flatMap((table) => table.routes)
    .filter((route) => isIPv4(route.destination) && contains(route.destination, source))
    .sort((a, b) => prefixLength(b.destination) - prefixLength(a.destination));
  for (const route of routes) {
    const instance = byId(routeInterface(region, route)?.instance);
    if (instance) return instance;
  }
  return undefined;
}

/** The region and VPC that own a public address. */
export function ownerOfPublicAddress(
  state: CloudState,
  address: string,
): { region: string; vpc: string } | undefined {
  for (const [region, content] of Object.entries(state.regions)) {
    const found = content.interfaces.find((one) => one.publicIp === address);
    if (found) return { region, vpc: found.vpc };
  }
  return undefined;
}

/** Addresses behind a load balancer's host name: public ones if it faces the internet, else private ones. */
export function balancerAddresses(state: CloudState, dnsName: string): string[] | undefined {
  const found = balancerNamed(state, dnsName);
  if (!found) return undefined;
  const interfaces = balancerInterfaces(found.content, found.balancer);
  if (found.balancer.scheme === "internal") return interfaces.map((one) => one.privateIp);
  return interfaces.flatMap((one) => (one.publicIp ? [one.publicIp] : []));
}

export function balancerNamed(
  state: CloudState,
  dnsName: string,
): { region: string; content: RegionState; balancer: LoadBalancer } | undefined {
  // AWS answers `dualstack.<name>` too, and the cloud controller's records for classic ones use it.
  const wanted = dnsName
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/^dualstack\./, "");
  for (const [region, content] of Object.entries(state.regions)) {
    const balancer = content.loadBalancers.find((one) => one.dnsName.toLowerCase() === wanted);
    if (balancer) return { region, content, balancer };
  }
  return undefined;
}

/**
 * Addresses behind an instance's host names. Its public name means the private address to whoever asks from
 * the same VPC (`askingVpc`), or from one that peers with it with that option on, as AWS's resolver has it; private
 * names of other VPCs' instances are unknown there.
 */
export function instanceAddresses(state: CloudState, name: string, askingVpc?: string): string[] | undefined {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  for (const content of Object.values(state.regions)) {
    for (const instance of content.instances) {
      if (instance.state === "terminated") continue;
      const eni = primaryInterface(content, instance);
      if (!eni) continue;
      if (instance.privateDns.toLowerCase() === wanted && (!askingVpc || askingVpc === instance.vpc))
        return [eni.privateIp];
      if (instance.publicDns?.toLowerCase() === wanted && eni.publicIp)
        return [near(content, instance.vpc, askingVpc) ? eni.privateIp : eni.publicIp];
    }
  }
  return undefined;
}

const near = (content: RegionState, vpc: string, asking: string | undefined): boolean =>
  asking !== undefined && (asking === vpc || namesPrivately(content, vpc, asking));
