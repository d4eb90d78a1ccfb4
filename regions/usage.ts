import {
  DescribeAddressesCommand,
  EC2Client,
  Instance,
  paginateDescribeInstances,
  paginateDescribeInstanceTypes,
  paginateDescribeNatGateways,
  paginateDescribeSubnets,
  paginateDescribeVpcs,
  Tag,
} from "@aws-sdk/client-ec2";
import {
  ElasticLoadBalancingClient,
  paginateDescribeLoadBalancers as classicPages,
} from "@aws-sdk/client-elastic-load-balancing";
import {
  ElasticLoadBalancingV2Client,
  paginateDescribeLoadBalancers,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { Count, vcpuQuota } from "./needs";

// What the SDK will want of Node next year would stand among the diagnostics of every preview.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** What counts against the quotas of a region now, and the vCPUs of instance types. */
export interface Usage {
  readonly there: readonly Count[];
  readonly vcpusOf: Readonly<Record<string, number>>;
}

/** Says of a resource's tags which member of the stack it is of; undefined for others'. */
export type MemberOf = (tags: readonly Tag[] | undefined) => string | undefined;

/** How many values a filter of EC2's takes. */
const FILTER_VALUES = 200;

/**
 * Counts what is in a region, in some eight calls at once. By the SDK, not the provider: its look-ups give bare ids, so
 * that every instance of the account would take a call of its own.
 *
 * What is in a member's VPC is the member's: balancers have no tags in their lists.
 *
 * @param types instance types to tell the vCPUs of, besides those that run.
 */
export async function usageOf(region: string, types: readonly string[], memberOf: MemberOf): Promise<Usage> {
  const ec2 = { client: new EC2Client({ region }) };
  const [vpcs, addresses, instances, gateways, balancers, classic] = await Promise.all([
    all(paginateDescribeVpcs(ec2, {}), (page) => page.Vpcs),
    ec2.client.send(new DescribeAddressesCommand({})).then(({ Addresses }) => Addresses ?? []),
    all(paginateDescribeInstances(ec2, { Filters: running }), (page) =>
      page.Reservations?.flatMap(({ Instances }) => Instances ?? []),
    ),
    all(paginateDescribeNatGateways(ec2, { Filter: present }), (page) => page.NatGateways),
    all(
      paginateDescribeLoadBalancers({ client: new ElasticLoadBalancingV2Client({ region }) }, {}),
      (page) => page.LoadBalancers,
    ),
    all(
      classicPages({ client: new ElasticLoadBalancingClient({ region }) }, {}),
      (page) => page.LoadBalancerDescriptions,
    ),
  ]);
  const counted = instances.filter(isOnDemand);
  const [zoneOf, vcpusOf] = await Promise.all([
    zonesOfSubnets(
      ec2.client,
      gateways.map(({ SubnetId }) => SubnetId!),
    ),
    vcpusOfTypes(ec2.client, [...types, ...counted.map(({ InstanceType }) => InstanceType!)]),
  ]);
  const owners = new Map(vpcs.map(({ VpcId, Tags }) => [VpcId, memberOf(Tags)]));
  const there: Count[] = [
    ...vpcs.map(({ Tags }): Count => ({ quota: "vpcs", count: 1, member: memberOf(Tags) })),
    ...addresses.map(({ Tags }): Count => ({ quota: "addresses", count: 1, member: memberOf(Tags) })),
    ...counted.flatMap(({ InstanceType, VpcId }): Count[] => {
      const quota = vcpuQuota(InstanceType!);
      return quota ? [{ quota, count: vcpusOf[InstanceType!] ?? 0, member: owners.get(VpcId) }] : [];
    }),
    ...gateways.map(({ SubnetId, VpcId }): Count => {
      return { quota: "natGateways", count: 1, zone: zoneOf[SubnetId!], member: owners.get(VpcId) };
    }),
    ...balancers
      .filter(({ Type }) => Type === "network")
      .map(({ VpcId }): Count => ({ quota: "networkBalancers", count: 1, member: owners.get(VpcId) })),
    ...classic.map(({ VPCId }): Count => ({
      quota: "classicBalancers",
      count: 1,
      member: owners.get(VPCId),
    })),
  ];
  return { there, vcpusOf };
}

const running = [{ Name: "instance-state-name", Values: ["pending", "running"] }];
const present = [{ Name: "state", Values: ["pending", "available", "deleting"] }];

/** Spot instances and those on hosts of one's own have other quotas. */
function isOnDemand({ InstanceLifecycle, Placement }: Instance): boolean {
  return InstanceLifecycle === undefined && Placement?.Tenancy !== "host";
}

async function zonesOfSubnets(client: EC2Client, ids: readonly string[]): Promise<Record<string, string>> {
  const found = await filtered(ids, (Values) =>
    all(
      paginateDescribeSubnets({ client }, { Filters: [{ Name: "subnet-id", Values }] }),
      (page) => page.Subnets,
    ),
  );
  return Object.fromEntries(found.map(({ SubnetId, AvailabilityZone }) => [SubnetId, AvailabilityZone]));
}

async function vcpusOfTypes(client: EC2Client, types: readonly string[]): Promise<Record<string, number>> {
  const found = await filtered(types, (Values) =>
    all(
      paginateDescribeInstanceTypes({ client }, { Filters: [{ Name: "instance-type", Values }] }),
      (page) => page.InstanceTypes,
    ),
  );
  return Object.fromEntries(
    found.map(({ InstanceType, VCpuInfo }) => [InstanceType, VCpuInfo?.DefaultVCpus ?? 0]),
  );
}

/** The answers for each value once, as many at a time as a filter takes. */
async function filtered<T>(values: readonly string[], ask: (some: string[]) => Promise<T[]>): Promise<T[]> {
  const distinct = [...new Set(values)];
  const parts = Array.from({ length: Math.ceil(distinct.length / FILTER_VALUES) }, (_, at) =>
    distinct.slice(at * FILTER_VALUES, (at + 1) * FILTER_VALUES),
  );
  return (await Promise.all(parts.map(ask))).flat();
}

async function all<P, T>(pages: AsyncIterable<P>, of: (page: P) => T[] | undefined): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...(of(page) ?? []));
  return found;
}
