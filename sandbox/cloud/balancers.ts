import { type Backend, classicBackend, groupBackend } from "./backends";
import { backendLines, defaults, serverName } from "./haproxy-config";
import { balancerInterfaces } from "./lookup";
import { routerNamespace } from "./names";
import type { Listener, LoadBalancer, RegionState } from "./state";

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

const STREAMS = ["TCP", "TCP_UDP"];

export function planBalancers(region: string, content: RegionState): Map<string, BalancerPlan> {
  return new Map(
    content.loadBalancers.map((balancer) => [
      balancerKey(region, balancer),
      planBalancer(region, content, balancer),
    ]),
  );
}

export const balancerKey = (region: string, balancer: LoadBalancer): string =>
  balancer.kind === "classic" ? `${region}/${balancer.name}` : `${region}/${balancer.kind}/${balancer.name}`;

function planBalancer(region: string, content: RegionState, balancer: LoadBalancer): BalancerPlan {
  const interfaces = balancerInterfaces(content, balancer).sort((a, b) =>
    a.privateIp < b.privateIp ? -1 : 1,
  );
  const served = balancer.listeners.filter((listener) => isServed(balancer, listener));
  const backends = new Map<string, Backend>();
  const frontends = (interfaces.length ? served : []).flatMap((listener) => {
    const backend =
      balancer.kind === "classic"
        ? classicBackend(region, content, balancer, listener.targetPort ?? 0)
        : groupBackend(content, listener.targetGroup);
    if (backend) backends.set(backend.name, backend);
    return [
      `frontend listen-${listener.port}`,
      ` bind ${interfaces.map((eni) => `${eni.privateIp}:${listener.port}`).join(",")}`,
      ...(backend ? [` default_backend ${backend.name}`] : []),
    ];
  });
  const list = [...backends.values()];
  return {
    vpc: balancer.vpc,
    netns: routerNamespace(balancer.vpc),
    dnsName: balancer.dnsName,
    config: [
      ...defaults(balancer),
      ...frontends,
      ...list.flatMap((backend) => backendLines(content, balancer, backend, interfaces)),
      "",
    ].join("\n"),
    servers: list.flatMap(({ name, group, targets }) =>
      targets.map(({ id, address, port }) => ({
        backend: name,
        server: serverName(id, port),
        address,
        port,
        group,
        target: id,
      })),
    ),
    refused: balancer.listeners
      .filter((listener) => !served.includes(listener))
      .map((listener) => `${listener.protocol} listener on port ${listener.port}`),
  };
}

/**
 * A classic one's HTTP listener is carried as a stream too: what it would add to a request is not seen here.
 */
function isServed(balancer: LoadBalancer, listener: Listener): boolean {
  return STREAMS.includes(listener.protocol) || (balancer.kind === "classic" && listener.protocol === "HTTP");
}
