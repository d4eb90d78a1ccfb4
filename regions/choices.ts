import type { Ec2MemberConfig } from "../config";
import type { Fault } from "../config/faults";
import { slotPlaces } from "./slots";

/** What of a member's config its control-plane nodes know by heart: the cluster does not outlive a change of it. */
export interface Choices {
  readonly region: string;
  readonly zones: readonly string[];
  readonly nat: string;
  readonly vpc: string;
  readonly pods: string;
  readonly services: string;
  /** Zone and private address of the slot that these choices are kept for. */
  readonly place: string;
}

/** The choices as the config makes them now, for each slot of a member's control plane. */
export function choicesOf(member: Ec2MemberConfig, zones: readonly string[]): Choices[] {
  const { region, network } = member;
  const { nat, vpc, pods, services } = network;
  return slotPlaces(member, zones).map(({ zone, privateIp }) => {
    return { region, zones, nat, vpc, pods, services, place: `${zone} ${privateIp}` };
  });
}

/**
 * What of a slot's choices is not what it was when the slot was made. Zones may be added behind those that are there, as
 * long as the slot stays where it is: a member that grows from one node to three gets a third zone.
 */
export function changesOf(member: string, was: Choices, now: Choices): Fault[] {
  const fault = (key: string, before: unknown, value: unknown): Fault => {
    const old = JSON.stringify(before);
    return {
      path: `members.${member}.${key}`,
      value,
      remedy:
        `its cluster was made with ${old} and cannot change to this: set ${old}, or make a member of another name, ` +
        `move the apps to it and then remove ${member}. If the first up of ${member} failed, so that nothing runs in it, ` +
        `raise members.${member}.generation instead`,
    };
  };
  // The ranges and the zones' names follow from the region.
  if (was.region !== now.region) return [fault("region", was.region, now.region)];
  const keys = (["nat", "vpc", "pods", "services"] as const).filter((key) => was[key] !== now[key]);
  const kept = was.zones.every((zone, i) => now.zones[i] === zone);
  // Where it lies follows from the VPC's range and the kind of its subnets as well.
  const moved = was.place !== now.place && !keys.includes("vpc") && !keys.includes("nat");
  return [
    ...keys.map((key) => fault(`network.${key}`, was[key], now[key])),
    ...(kept && !moved ? [] : [fault("zones", was.zones, now.zones)]),
  ];
}
