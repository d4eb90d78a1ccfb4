import { contains, isIPv4 } from "./addresses";
import { balancerInterfaces, isOn, primaryInterface } from "./lookup";
import { routerNamespace } from "./names";
import type { Check, LoadBalancer, NetworkInterface, RegionState } from "./state";

/** A load balancer as a haproxy is to serve it. */
export interface BalancerPlan {
  vpc: string;
  netns: string;
  dnsName: string;
  /** haproxy's configuration without its `global` part. */
  config: string;
  /** Servers whose health is checked: haproxy's name, and what the emulator calls the same. */
  servers: CheckedServer[];
  /** Listeners that cannot be served here, for the log. */
  refused: string[];
}

export interface CheckedServer {
  backend: string;
  server: string;
  address: string;
  port: number;
  /** ARN of the target group, or `<region>/<name>` of a classic load balancer. */
  group: string;
  target: string;
}

interface Backend {
  name: string;
  check: Check;
  group: string;
  /** Whether unhealthy targets are used when no other is left: a network load balancer does, a classic one does not. */
  failOpen: boolean;
  targets: { id: string; address: string; port: number; checkPort: number }[];
}

const STREAMS = new Set(["TCP", "TCP_UDP", "SSL", "TLS", "HTTP", "HTTPS"]);
const IDLE_SECONDS = { classic: 60, network: 350, application: 60 };

export function planBalancers(region: string, content: RegionState): Map<string, BalancerPlan> {
  return new Map(content.loadBalancers.map((balancer) => [balancerKey(region, balancer), planBalancer(region, content, balancer)]));
}

export const balancerKey = (region: string, balancer: LoadBalancer): string =>
  balancer.kind === "classic" ? `${region}/${balancer.name}` : `${region}/${balancer.kind}/${balancer.name}`;

function planBalancer(region: string, content: RegionState, balancer: LoadBalancer): BalancerPlan {
  const interfaces = balancerInterfaces(content, balancer).sort((a, b) => (a.privateIp < b.privateIp ? -1 : 1));
  const backends = new Map<string, Backend>();
  const frontends: string[] = [];
  const refused: string[] = [];
  for (const listener of balancer.listeners) {
    const plain = ["TCP", "TCP_UDP"].includes(listener.protocol) || (balancer.kind === "classic" && listener.protocol === "HTTP");
    if (!STREAMS.has(listener.protocol) || !plain) refused.push(`${listener.protocol} listener on port ${listener.port}`);
    if (!plain || !interfaces.length) continue;
    const name = balancer.kind === "classic" ? `port-${listener.targetPort}` : groupBackend(content, listener.targetGroup);
    const backend =
      balancer.kind === "classic" ? classicBackend(region, content, balancer, name, listener.targetPort ?? 0) : groupTargets(content, name, listener.targetGroup);
    if (backend) backends.set(name, backend);
    frontends.push(
      `frontend listen-${listener.port}`,
      ` bind ${interfaces.map((eni) => `${eni.privateIp}:${listener.port}`).join(",")}`,
      ...(backend ? [` default_backend ${name}`] : []),
    );
  }
  const list = [...backends.values()];
  return {
    vpc: balancer.vpc,
    netns: routerNamespace(balancer.vpc),
    dnsName: balancer.dnsName,
    config: [...defaults(balancer), ...frontends, ...list.flatMap((backend) => backendLines(content, balancer, backend, interfaces)), ""].join("\n"),
    servers: list.flatMap(({ name, group, targets }) =>
      targets.map(({ id, address, port }) => ({ backend: name, server: serverName(id, port), address, port, group, target: id })),
    ),
    refused,
  };
}

function classicBackend(region: string, content: RegionState, balancer: LoadBalancer, name: string, port: number): Backend {
  const check = balancer.healthCheck ?? { protocol: "TCP", port, path: null, interval: 30, timeout: 5, healthy: 10, unhealthy: 2 };
  const checkPort = check.port === "traffic" ? port : check.port;
  const targets = [...new Set(balancer.instances)].flatMap((id) => {
    const address = instanceAddress(content, id);
    return address ? [{ id, address, port, checkPort }] : [];
  });
  return { name, check, group: `${region}/${balancer.name}`, failOpen: false, targets };
}

function groupBackend(content: RegionState, arn: string | null): string {
  return content.targetGroups.find((one) => one.arn === arn)?.name ?? "none";
}

function groupTargets(content: RegionState, name: string, arn: string | null): Backend | undefined {
  const group = content.targetGroups.find((one) => one.arn === arn);
  if (!group) return undefined;
  const targets = group.targets.flatMap(({ id, port }) => {
    const address = group.targetType === "ip" ? (isIPv4(id) ? id : undefined) : instanceAddress(content, id);
    return address ? [{ id, address, port, checkPort: group.check.port === "traffic" ? port : group.check.port }] : [];
  });
  return { name, check: group.check, group: group.arn, failOpen: true, targets };
}

/** A target that is off keeps its address: its checks fail, as they should. */
function instanceAddress(content: RegionState, id: string): string | undefined {
  const instance = content.instances.find((one) => one.id === id && (isOn(one) || one.state === "stopped" || one.state === "stopping"));
  return instance && primaryInterface(content, instance)?.privateIp;
}

function defaults(balancer: LoadBalancer): string[] {
  const idle = balancer.idleTimeout ?? IDLE_SECONDS[balancer.kind];
  return ["defaults", " mode tcp", " load-server-state-from-file global", " timeout connect 5s", ` timeout client ${idle}s`, ` timeout server ${idle}s`];
}

function backendLines(content: RegionState, balancer: LoadBalancer, backend: Backend, interfaces: NetworkInterface[]): string[] {
  const { check } = backend;
  const http = check.protocol === "HTTP" || check.protocol === "HTTPS";
  const tls = check.protocol === "HTTPS" || check.protocol === "SSL" ? " check-ssl verify none" : "";
  const checked = `inter ${check.interval}s rise ${check.healthy} fall ${check.unhealthy}${tls}`;
  const source = (address: string) => `source ${interfaceNear(content, interfaces, address)?.privateIp}`;
  return [
    `backend ${backend.name}`,
    " balance roundrobin",
    ` timeout check ${check.timeout}s`,
    ...(http ? [` option httpchk GET ${check.path ?? "/"}`, ` http-check expect status ${balancer.kind === "classic" ? "200" : "200-399"}`] : []),
    ...backend.targets.map((one) => ` server ${serverName(one.id, one.port)} ${one.address}:${one.port} ${source(one.address)} check port ${one.checkPort} ${checked}`),
    ...(backend.failOpen && backend.targets.length
      ? [" option allbackups", ...backend.targets.map((one) => ` server open-${serverName(one.id, one.port)} ${one.address}:${one.port} ${source(one.address)} backup`)]
      : []),
  ];
}

/** The load balancer's interface in the target's own subnet, else its first one. */
function interfaceNear(content: RegionState, interfaces: NetworkInterface[], address: string): NetworkInterface | undefined {
  const subnet = content.subnets.find((one) => interfaces.some((eni) => eni.subnet === one.id) && contains(one.cidr, address));
  return interfaces.find((eni) => eni.subnet === subnet?.id) ?? interfaces[0];
}

export const serverName = (target: string, port: number): string => `${target}_${port}`;
