import { contains } from "./addresses";
import type { Backend } from "./backends";
import type { LoadBalancer, NetworkInterface, RegionState } from "./state";

const IDLE_SECONDS = { classic: 60, network: 350, application: 60 };

/** What holds for all listeners of a load balancer. */
export function defaults(balancer: LoadBalancer): string[] {
  const idle = balancer.idleTimeout ?? IDLE_SECONDS[balancer.kind];
  return [
    "defaults",
    " mode tcp",
    " load-server-state-from-file global",
    " timeout connect 5s",
    ` timeout client ${idle}s`,
    ` timeout server ${idle}s`,
  ];
}

/** One backend, its servers checked as the load balancer is told to. */
export function backendLines(
  content: RegionState,
  balancer: LoadBalancer,
  backend: Backend,
  interfaces: NetworkInterface[],
): string[] {
  const { check } = backend;
  const http = check.protocol === "HTTP" || check.protocol === "HTTPS";
  const tls = check.protocol === "HTTPS" || check.protocol === "SSL" ? " check-ssl verify none" : "";
  const checked = `inter ${check.interval}s rise ${check.healthy} fall ${check.unhealthy}${tls}`;
  const server = ({ id, address, port }: Backend["targets"][number]) =>
    `${serverName(id, port)} ${address}:${port} source ${interfaceNear(content, interfaces, address)?.privateIp}`;
  return [
    `backend ${backend.name}`,
    " balance roundrobin",
    ` timeout check ${check.timeout}s`,
    ...(http
      ? [
          ` option httpchk GET ${check.path ?? "/"}`,
          ` http-check expect status ${balancer.kind === "classic" ? "200" : "200-399"}`,
        ]
      : []),
    ...backend.targets.map((one) => ` server ${server(one)} check port ${one.checkPort} ${checked}`),
    // The same targets once more, unchecked, for the time when no checked one is left.
    ...(backend.failOpen && backend.targets.length ? [" option allbackups"] : []),
    ...(backend.failOpen ? backend.targets.map((one) => ` server open-${server(one)} backup`) : []),
  ];
}

/** The load balancer's interface in the target's own subnet, else its first one. */
function interfaceNear(
  content: RegionState,
  interfaces: NetworkInterface[],
  address: string,
): NetworkInterface | undefined {
  const subnet = content.subnets.find(
    (one) => interfaces.some((eni) => eni.subnet === one.id) && contains(one.cidr, address),
  );
  return interfaces.find((eni) => eni.subnet === subnet?.id) ?? interfaces[0];
}

export const serverName = (target: string, port: number): string => `${target}_${port}`;
