import type { Router } from "./apply-routers";
import { type BalancerPlan, planBalancers } from "./balancers";
import { firewall } from "./firewall";
import { type InstancePlan, planInstances, planVolumes } from "./instances";
import { type PeeringLink, planPeerings } from "./peerings";
import { planRouter } from "./routers";
import type { CloudState } from "./state";

/** Everything that should exist for a state of the account, by id. */
export interface Desired {
  routers: Map<string, Router>;
  peerings: Map<string, PeeringLink>;
  balancers: Map<string, BalancerPlan>;
  instances: Map<string, InstancePlan>;
  /** Sizes in GiB. */
  volumes: Map<string, number>;
}

/**
 * @param linkOf number of a VPC's link to the box
 * @param failed regions that are cut off
 */
export function desired(
  state: CloudState,
  linkOf: (vpc: string) => number,
  failed: ReadonlySet<string> = new Set(),
): Desired {
  const all: Desired = {
    routers: new Map(),
    peerings: planPeerings(state),
    balancers: new Map(),
    instances: new Map(),
    volumes: new Map(),
  };
  for (const [region, content] of Object.entries(state.regions)) {
    for (const vpc of content.vpcs) {
      const link = linkOf(vpc.id);
      all.routers.set(vpc.id, {
        plan: planRouter(region, content, vpc, link),
        firewall: firewall(content, vpc, link),
        cut: failed.has(region),
      });
    }
    for (const [key, plan] of planBalancers(region, content)) all.balancers.set(key, plan);
    for (const [id, plan] of planInstances(content)) all.instances.set(id, plan);
    for (const [id, size] of planVolumes(content)) all.volumes.set(id, size);
  }
  return all;
}
