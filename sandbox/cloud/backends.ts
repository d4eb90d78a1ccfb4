import { isIPv4 } from "./addresses";
import { isOn, primaryInterface } from "./lookup";
import type { Check, LoadBalancer, RegionState } from "./state";

/** Targets that a listener shares its connections among. */
export interface Backend {
  name: string;
  check: Check;
  group: string;
  /**
   * Whether unhealthy targets are used when no other is left: a network load balancer does, a classic one
   * does not.
   */
  failOpen: boolean;
  targets: { id: string; address: string; port: number; checkPort: number }[];
}

/** The instances of a classic load balancer at one of their ports. */
export function classicBackend(
  region: string,
  content: RegionState,
  balancer: LoadBalancer,
  port: number,
): Backend {
  const check = balancer.healthCheck ?? {
    protocol: "TCP",
    port,
    path: null,
    interval: 30,
    timeout: 5,
    healthy: 10,
    unhealthy: 2,
  };
  const checkPort = check.port === "traffic" ? port : check.port;
  const targets = [...new Set(balancer.instances)].flatMap((id) => {
    const address = instanceAddress(content, id);
    return address ? [{ id, address, port, checkPort }] : [];
  });
  return { name: `port-${port}`, check, group: `${region}/${balancer.name}`, failOpen: false, targets };
}

/** The targets of a target group; nothing if there is none of that ARN. */
export function groupBackend(content: RegionState, arn: string | null): Backend | undefined {
  const group = content.targetGroups.find((one) => one.arn === arn);
  if (!group) return undefined;
  const targets = group.targets.flatMap(({ id, port }) => {
    const address = group.targetType === "ip" ? (isIPv4(id) ? id : undefined) : instanceAddress(content, id);
    return address
      ? [{ id, address, port, checkPort: group.check.port === "traffic" ? port : group.check.port }]
      : [];
  });
  return { name: group.name, check: group.check, group: group.arn, failOpen: true, targets };
}

/** A target that is off keeps its address: its checks fail, as they should. */
function instanceAddress(content: RegionState, id: string): string | undefined {
  const instance = content.instances.find(
    (one) => one.id === id && (isOn(one) || one.state === "stopped" || one.state === "stopping"),
  );
  return instance && primaryInterface(content, instance)?.privateIp;
}
