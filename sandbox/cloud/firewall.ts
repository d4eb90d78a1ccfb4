import { BOX_DNS, INTERNET, METADATA, portName, RESOLVER, routerAddress } from "./names";
import { BY_NAT, isNatInterface, natChains, natTranslation } from "./nat-gateways";
import { chain, map, quote, set } from "./nft-text";
import { peeringGuards, peeringPorts } from "./peerings";
import { balancerPorts, hasGateway, livePorts, RESOLVER_MARK, resolverOf, TOKEN_MARK } from "./routers";
import { groupChains, groupSet, interfaceChains } from "./security-groups";
import type { NetworkInterface, RegionState, Vpc } from "./state";

/** Addresses that no internet gateway lets out. */
const PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

/** Why a packet was dropped: one counter each, seen with `nft list counters`. */
const REASONS = [
  "wrong-source",
  "wrong-destination",
  "egress",
  "ingress",
  "gateway-no-public-address",
  "gateway-private-destination",
  "gateway-unasked",
  "nat-no-way-back",
  "peering-destination",
  "peering-source",
];

/**
 * The nftables table of a VPC's router, whole. Security groups are stateful and per interface: what leaves an
 * instance passes its groups' egress rules in one base chain, and what reaches an instance or a load
 * balancer passes the ingress rules of *that* in a second one, for an `accept` ends only the chain it stands
 * in.
 */
export function firewall(content: RegionState, vpc: Vpc, link: number): string {
  const instances = livePorts(content, vpc.id);
  const balancers = balancerPorts(content, vpc.id);
  const groups = content.securityGroups.filter((one) => one.vpc === vpc.id);
  const known = new Set(groups.map((one) => one.id));
  return [
    "table ip vpc {}",
    "delete table ip vpc",
    "table ip vpc {",
    ...REASONS.map((reason) => `counter ${reason} {}`),
    ...groups.map((group) => groupSet(group, [...instances, ...balancers])),
    ...groups.flatMap((group) => groupChains(group, known)),
    ...instances.flatMap((eni) => interfaceChains(eni, known)),
    ...balancers.flatMap((eni) => interfaceChains(eni, known)),
    ...addressMaps(content, vpc, instances, balancers),
    ...natChains(content, vpc, instances),
    ...translation(content, link),
    ...chain("peering", [
      "type filter hook forward priority -5; policy accept;",
      ...peeringGuards(content, vpc),
    ]),
    ...filters(vpc),
    ...hopLimits(content, instances),
    "}",
    "",
  ].join("\n");
}

function addressMaps(
  content: RegionState,
  vpc: Vpc,
  instances: NetworkInterface[],
  balancers: NetworkInterface[],
): string[] {
  const ported = content.interfaces.filter(
    (eni) =>
      eni.vpc === vpc.id && eni.publicIp && hasGateway(content, vpc.id) && !isNatInterface(content, eni),
  );
  const checked = instances.filter((eni) => eni.sourceDestCheck);
  const verdict = (key: (eni: NetworkInterface) => string, list: NetworkInterface[], end: string) =>
    list.map((eni) => `${key(eni)} : goto ${portName(eni.id)}-${end}`);
  const port = (eni: NetworkInterface) => quote(portName(eni.id));
  const address = (eni: NetworkInterface) => eni.privateIp;
  return [
    map(
      "public-of",
      "ipv4_addr : ipv4_addr",
      ported.map((eni) => `${eni.privateIp} : ${eni.publicIp}`),
    ),
    map(
      "private-of",
      "ipv4_addr : ipv4_addr",
      ported.map((eni) => `${eni.publicIp} : ${eni.privateIp}`),
    ),
    set("with-public", "ipv4_addr", ported.map(address)),
    set("checked", "ifname", checked.map(port)),
    set(
      "own",
      "ifname . ipv4_addr",
      checked.map((eni) => `${port(eni)} . ${eni.privateIp}`),
    ),
    map("instance-out", "ifname : verdict", verdict(port, instances, "out")),
    map("instance-in", "ifname : verdict", verdict(port, instances, "in")),
    map("balancer-out", "ipv4_addr : verdict", verdict(address, balancers, "out")),
    map("balancer-in", "ipv4_addr : verdict", verdict(address, balancers, "in")),
    set(
      "peerings",
      "ifname",
      peeringPorts(content, vpc.id).map(({ name }) => quote(name)),
    ),
    set("resolvers", "ipv4_addr", vpc.dnsSupport ? [resolverOf(vpc), RESOLVER] : []),
  ];
}

/** Source check, the resolver's detour to the box's DNS, NAT gateways, and the internet gateway's 1:1 translation. */
function translation(content: RegionState, link: number): string[] {
  return [
    ...chain("check-source", [
      "type filter hook prerouting priority -150; policy accept;",
      'iifname @checked iifname . ip saddr != @own counter name "wrong-source" drop',
      ...["udp", "tcp"].map(
        (protocol) =>
          `iifname != "${INTERNET}" iifname != @peerings ip daddr @resolvers ${protocol} dport 53 meta mark set ${RESOLVER_MARK}`,
      ),
    ]),
    ...chain("translate-in", [
      "type nat hook prerouting priority -100; policy accept;",
      `meta mark ${RESOLVER_MARK} dnat to ${BOX_DNS}`,
      `iifname "${INTERNET}" dnat to ip daddr map @private-of`,
    ]),
    ...chain("translate-out", [
      "type nat hook postrouting priority 100; policy accept;",
      `oifname "${INTERNET}" meta mark ${RESOLVER_MARK} snat to ${routerAddress(link)}`,
      ...natTranslation(content),
      `oifname "${INTERNET}" snat to ip saddr map @public-of`,
    ]),
  ];
}

function filters(vpc: Vpc): string[] {
  const established = "ct state established,related accept";
  const unasked = `iifname "${INTERNET}" ct status & dnat == 0 counter name "gateway-unasked" drop`;
  const metadata = `ip daddr ${METADATA} tcp dport 80 iifname != "${INTERNET}" accept`;
  return [
    ...chain("forward-out", [
      "type filter hook forward priority 0; policy drop;",
      established,
      unasked,
      `iifname "${INTERNET}" accept`,
      `meta mark ${RESOLVER_MARK} accept`,
      // What its sender's own groups let out, in the router of that network.
      "iifname @peerings accept",
      "iifname vmap @instance-out",
    ]),
    ...chain("forward-in", [
      "type filter hook forward priority 10; policy drop;",
      'oifname @checked oifname . ip daddr != @own ct direction original counter name "wrong-destination" drop',
      established,
      `meta mark ${RESOLVER_MARK} accept`,
      `oifname "${INTERNET}" goto gateway`,
      "oifname @peerings accept",
      "oifname vmap @instance-in",
    ]),
    ...chain("gateway", [
      `ip daddr { ${PRIVATE.join(", ")} } counter name "gateway-private-destination" drop`,
      // A NAT gateway finds no way back to what is no address of its VPC: a pod that its node did not masquerade.
      `${BY_NAT} ip saddr ${vpc.cidr} accept`,
      `${BY_NAT} counter name "nat-no-way-back" drop`,
      'ip saddr != @with-public counter name "gateway-no-public-address" drop',
      "accept",
    ]),
    ...chain("input-out", [
      "type filter hook input priority 0; policy drop;",
      established,
      'iifname "lo" accept',
      metadata,
      unasked,
      `iifname "${INTERNET}" accept`,
      "iifname @peerings accept",
      "iifname vmap @instance-out",
    ]),
    ...chain("input-in", [
      "type filter hook input priority 10; policy drop;",
      established,
      'iifname "lo" accept',
      metadata,
      "ip daddr vmap @balancer-in",
    ]),
    ...chain("output-out", [
      "type filter hook output priority 0; policy drop;",
      established,
      'oifname "lo" accept',
      "ip saddr vmap @balancer-out",
    ]),
    ...chain("output-in", [
      "type filter hook output priority 10; policy drop;",
      established,
      'oifname "lo" accept',
      "oifname @peerings accept",
      "oifname vmap @instance-in",
    ]),
  ];
}

/** A token's answer dies after as many hops as the instance allows: on a pod's bridge, with the usual one. */
function hopLimits(content: RegionState, instances: NetworkInterface[]): string[] {
  const limits = new Map<number, string[]>();
  for (const eni of instances) {
    const limit = content.instances.find((one) => one.id === eni.instance)?.metadata.hopLimit ?? 1;
    limits.set(limit, [...(limits.get(limit) ?? []), quote(portName(eni.id))]);
  }
  const lines = [...limits].map(
    ([limit, ports]) =>
      `ip saddr ${METADATA} meta mark ${TOKEN_MARK} oifname { ${ports.join(", ")} } ip ttl set ${limit}`,
  );
  return chain("hop-limit", ["type filter hook output priority 20; policy accept;", ...lines]);
}
