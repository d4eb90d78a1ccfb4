import type { StackConfig } from "../config";
import { ofKind } from "../config/member-kinds";

/** A quota of AWS's. Each region has its own. */
export interface Quota {
  /** Code of the service that it is listed under. */
  readonly service: string;
  readonly code: string;
  readonly name: string;
}

const vcpus = (families: string) => `vCPUs of running on-demand instances of ${families}`;

/**
 * The quotas that a member can run into. Internet gateways are not among them: their quota follows that of VPCs, and a
 * VPC has one.
 */
export const quotas = {
  standard: { service: "ec2", code: "L-1216C47A", name: vcpus("the families A, C, D, H, I, M, R, T and Z") },
  accelerated: { service: "ec2", code: "L-DB2E81BA", name: vcpus("the families G and VT") },
  p: { service: "ec2", code: "L-417A185B", name: vcpus("the family P") },
  x: { service: "ec2", code: "L-7295265B", name: vcpus("the family X") },
  f: { service: "ec2", code: "L-74FC7D96", name: vcpus("the family F") },
  inf: { service: "ec2", code: "L-1945791B", name: vcpus("the family Inf") },
  addresses: { service: "ec2", code: "L-0263D0A3", name: "Elastic IPs" },
  vpcs: { service: "vpc", code: "L-F678F1CE", name: "VPCs" },
  natGateways: { service: "vpc", code: "L-FE5A380F", name: "NAT gateways of a zone" },
  networkBalancers: { service: "elasticloadbalancing", code: "L-69A177A2", name: "network load balancers" },
  classicBalancers: { service: "elasticloadbalancing", code: "L-E9E9831D", name: "classic load balancers" },
} as const satisfies Record<string, Quota>;

export type QuotaKey = keyof typeof quotas;

/** So much of a quota: what a member needs, or what is there. */
export interface Count {
  readonly quota: QuotaKey;
  readonly count: number;
  /** Where the quota is a zone's. */
  readonly zone?: string;
  /** The member of this stack whose it is; none for what belongs to others. */
  readonly member?: string;
}

const families: Readonly<Record<string, QuotaKey>> = {
  ...Object.fromEntries(
    ["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"].map((each) => [each, "standard"]),
  ),
  g: "accelerated",
  gr: "accelerated",
  vt: "accelerated",
  p: "p",
  x: "x",
  f: "f",
  inf: "inf",
};

/** The quota that instances of a type count against; undefined for a family that no node of ours is of (Mac, HPC …). */
export function vcpuQuota(instanceType: string): QuotaKey | undefined {
  return families[/^[a-z]+/.exec(instanceType)?.[0] ?? ""];
}

/**
 * What a member needs of its region's quotas.
 *
 * @param vcpusOf vCPUs of each instance type that it uses; a type that is missing is not counted.
 */
export function needsOf(
  member: string,
  config: StackConfig,
  zones: readonly string[],
  vcpusOf: Readonly<Record<string, number>>,
): Count[] {
  const { controlPlane, workers, network } = ofKind(config.members, "ec2")[member];
  const groups = [
    { count: controlPlane.nodes, type: controlPlane.instanceType },
    { count: workers.count, type: workers.instanceType },
  ];
  const instances = groups.flatMap(({ count, type }): Count[] => {
    const quota = vcpuQuota(type);
    return quota && type in vcpusOf ? [{ quota, member, count: count * vcpusOf[type] }] : [];
  });
  const services = Object.values(config.apps).filter(
    ({ service, placement }) => service && member in placement,
  );
  // The federation's API has a Service of its own on the host.
  const classic = services.length + (member === config.host ? 1 : 0);
  return [
    ...instances,
    // A slot each, or the NAT gateway's.
    { quota: "addresses", member, count: network.nat === "none" ? controlPlane.nodes : 1 },
    { quota: "vpcs", member, count: 1 },
    { quota: "networkBalancers", member, count: 1 },
    { quota: "classicBalancers", member, count: classic },
    ...(network.nat === "none" ? [] : [{ quota: "natGateways", member, zone: zones[0], count: 1 } as const]),
  ];
}

/** What is still to be made of one quota. */
export interface Demand {
  readonly quota: QuotaKey;
  readonly zone?: string;
  /** How many are there now, whosever they are. */
  readonly used: number;
  /** How many more each member needs. */
  readonly more: Readonly<Record<string, number>>;
}

/** What the members of a region still need beyond what they have; nothing where all of it is there. */
export function demandsOf(needs: readonly Count[], there: readonly Count[]): Demand[] {
  const places = new Map(needs.map(({ quota, zone }) => [`${quota} ${zone}`, { quota, zone }]));
  return [...places.values()].flatMap(({ quota, zone }) => {
    const here = (each: Count) => each.quota === quota && each.zone === zone;
    const [needed, used] = [needs.filter(here), there.filter(here)];
    // Each member by itself: what one is about to give up is still there while another takes more.
    const members = [...new Set(needed.map(({ member }) => member!))];
    const more = members
      .map((name) => [name, sum(needed, name) - sum(used, name)] as const)
      .filter(([, lacking]) => lacking > 0);
    return more.length > 0 ? [{ quota, zone, used: sum(used), more: Object.fromEntries(more) }] : [];
  });
}

function sum(counts: readonly Count[], member?: string): number {
  return counts
    .filter((each) => member === undefined || each.member === member)
    .reduce((total, { count }) => total + count, 0);
}
