import { MAIN_TABLE, type PlannedRoute, type PlannedRule, type RouterPlan } from "./routers";

/** Marks routes and rules as ours, so that the kernel's own stay untouched. */
export const PROTOCOL = 169;
/** Lowest preference that still beats nothing. */
const LAST_METRIC = 4278198272;

/** What {@link SNAPSHOT} printed: one array of JSON objects a command. */
export interface Snapshot {
  links: {
    ifname: string;
    flags: string[];
    addr_info?: { family: string; local: string; prefixlen: number }[];
  }[];
  routes: Record<string, unknown>[];
  rules: Record<string, unknown>[];
  neighbours: { dst: string; dev: string; lladdr: string }[];
}

/** Commands for `ip -j -batch`; addresses come first, for after `link show` this `ip` leaves them out. */
export const SNAPSHOT = [
  "addr show",
  `route show table all protocol ${PROTOCOL}`,
  "rule show",
  "neigh show nud permanent",
];

export function readSnapshot(text: string): Snapshot {
  // One document a command, and nothing at all in place of an empty one by some versions.
  const parts = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  if (parts.length !== SNAPSHOT.length)
    throw new Error(
      `ip printed ${parts.length} documents instead of ${SNAPSHOT.length}: ${text.slice(0, 300)}`,
    );
  const [links, routes, rules, neighbours] = parts;
  return { links, routes, rules, neighbours };
}

/** Lines for `ip -batch` that make a router of what it is; none if it is right. */
export function routerDiff(plan: RouterPlan, now: Snapshot): string[] {
  const present = new Set(now.links.map((link) => link.ifname));
  return [
    ...portLines(plan, now, present),
    ...addressLines(plan, now),
    ...routeDiff(
      plan.routes.map((route) =>
        route.dev && !present.has(route.dev) ? { ...route, dev: undefined, via: undefined } : route,
      ),
      now.routes,
    ),
    ...ruleDiff(plan.rules, now.rules),
  ];
}

function addressLines(plan: RouterPlan, now: Snapshot): string[] {
  const loopback = now.links.find((link) => link.ifname === "lo")?.addr_info ?? [];
  const has = new Set(
    loopback.filter((one) => one.family === "inet" && !one.local.startsWith("127.")).map((one) => one.local),
  );
  const wants = new Set(plan.addresses);
  return [
    ...[...has].filter((address) => !wants.has(address)).map((address) => `addr del ${address}/32 dev lo`),
    ...[...wants].filter((address) => !has.has(address)).map((address) => `addr add ${address}/32 dev lo`),
  ];
}

/** Lines that turn one set of our routes into another; `default` and /32 as the kernel prints them. */
export function routeDiff(
  wanted: readonly PlannedRoute[],
  now: readonly Record<string, unknown>[],
): string[] {
  const has = new Map(now.map((route) => [routeText(fromKernel(route)), fromKernel(route)]));
  const wants = new Map(wanted.map((route) => [routeText(route), route]));
  const slot = (route: PlannedRoute) => `${route.table} ${route.destination} ${route.last ?? false}`;
  const taken = new Set([...wants.values()].map(slot));
  return [
    ...[...wants.keys()]
      .filter((text) => !has.has(text))
      .map((text) => `route replace ${text} proto ${PROTOCOL}`),
    // One that is only replaced must not be deleted: it is the same slot, which by now holds the new one.
    ...[...has]
      .filter(([text, route]) => !wants.has(text) && !taken.has(slot(route)))
      .map(([text]) => `route del ${text}`),
  ];
}

function fromKernel(route: Record<string, unknown>): PlannedRoute {
  const table = route.table === undefined || route.table === "main" ? MAIN_TABLE : Number(route.table);
  const dead = route.type === "blackhole";
  return {
    table,
    destination: String(route.dst),
    dev: dead ? undefined : String(route.dev),
    via: route.gateway === undefined ? undefined : String(route.gateway),
    last: route.metric === LAST_METRIC,
  };
}

function routeText(route: PlannedRoute): string {
  const way = route.dev
    ? `${route.via ? `via ${route.via} ` : ""}dev ${route.dev}${route.via ? " onlink" : ""}`
    : undefined;
  return [
    way ? `${route.destination} ${way}` : `blackhole ${route.destination}`,
    ...(route.last ? [`metric ${LAST_METRIC}`] : []),
    `table ${route.table}`,
  ].join(" ");
}

function ruleDiff(wanted: readonly PlannedRule[], now: readonly Record<string, unknown>[]): string[] {
  const ours = now
    .filter((rule) => String(rule.protocol) === String(PROTOCOL))
    .map((rule) => ruleText(ruleFromKernel(rule)));
  const wants = wanted.map(ruleText);
  return [
    ...wants.filter((text) => !ours.includes(text)).map((text) => `rule add ${text} protocol ${PROTOCOL}`),
    ...ours.filter((text) => !wants.includes(text)).map((text) => `rule del ${text} protocol ${PROTOCOL}`),
  ];
}

function ruleFromKernel(rule: Record<string, unknown>): PlannedRule {
  const block = (address: unknown, length: unknown) =>
    address === undefined || address === "all"
      ? undefined
      : length === undefined
        ? String(address)
        : `${address}/${length}`;
  return {
    priority: Number(rule.priority),
    from: block(rule.src, rule.srclen),
    to: block(rule.dst, rule.dstlen),
    iif: rule.iif === undefined ? undefined : String(rule.iif),
    mark: rule.fwmark === undefined ? undefined : Number(rule.fwmark),
    table:
      rule.table === undefined
        ? undefined
        : rule.table === "main"
          ? MAIN_TABLE
          : rule.table === "local"
            ? 255
            : Number(rule.table),
  };
}

function ruleText(rule: PlannedRule): string {
  return [
    `priority ${rule.priority}`,
    ...(rule.from ? [`from ${rule.from}`] : []),
    ...(rule.to ? [`to ${rule.to}`] : []),
    ...(rule.iif ? [`iif ${rule.iif}`] : []),
    ...(rule.mark !== undefined ? [`fwmark ${rule.mark}`] : []),
    rule.table === undefined ? "blackhole" : `lookup ${rule.table}`,
  ].join(" ");
}

/**
 * Ports that have no fixed neighbour yet are new: a machine was started. With one the router never has to
 * ask, and no machine can pose as another.
 */
function portLines(plan: RouterPlan, now: Snapshot, present: Set<string>): string[] {
  const known = new Set(now.neighbours.map((one) => `${one.dst} ${one.lladdr} ${one.dev}`));
  return plan.ports
    .filter((port) => present.has(port.name) && !known.has(`${port.address} ${port.mac} ${port.name}`))
    .flatMap(({ name, address, mac }) => [
      // A machine's question for a neighbour, which the router answers, is otherwise put off by up to 0.8 s.
      `ntable change name arp_cache dev ${name} proxy_delay 0`,
      `link set dev ${name} up`,
      `neigh replace ${address} lladdr ${mac} dev ${name} nud permanent`,
    ]);
}

/**
 * Kernel settings of a new router, by path below `/proc/sys/net/ipv4`; forwarding is switched on by itself,
 * last.
 */
export const ROUTER_SETTINGS: Record<string, string> = {
  "conf/default/proxy_arp": "1",
  "conf/default/send_redirects": "0",
  "conf/all/send_redirects": "0",
  "conf/default/rp_filter": "0",
  "conf/all/rp_filter": "0",
  // The box has no IPv6, and the router's ends need not look for it.
  "../ipv6/conf/default/disable_ipv6": "1",
  // A load balancer is started before its address is there.
  ip_nonlocal_bind: "1",
};
