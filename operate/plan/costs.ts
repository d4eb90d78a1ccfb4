import {
  HEALTH_CHECK,
  HEALTH_CHECK_FEATURE,
  HOSTED_ZONE,
  HOURS,
  PRICES,
  PUBLIC_ADDRESS,
  RegionPrices,
} from "./prices";

/** A resource as its costs are found: its inputs, and whose it is. */
export interface Costly {
  readonly type: string;
  readonly name: string;
  readonly region: string;
  /** The member that it is of. */
  readonly member?: string;
  /** URN of its parent. */
  readonly parent: string;
  readonly inputs: Readonly<Record<string, any>>;
}

/** What the bill is made of. */
export const PARTS = ["nodes", "volumes", "load balancers", "public addresses", "NAT", "DNS"] as const;
export type Part = (typeof PARTS)[number];

/** Dollars an hour, by region and part. */
export interface Costs {
  readonly hourly: Readonly<Record<string, Partial<Record<Part, number>>>>;
  /** What has a price that is not known here, a sentence each. It is in no sum. */
  readonly unknown: readonly string[];
}

/** What of a stack's resources costs by the hour or month. What costs by its use alone (traffic, requests) does not count. */
export function costsOf(resources: readonly Costly[]): Costs {
  const hourly: Record<string, Partial<Record<Part, number>>> = {};
  const unknown = new Set<string>();
  for (const resource of resources) {
    const { region } = resource;
    const own = PRICES[region];
    const add = (part: Part, count: number, price: number | undefined, what: string) => {
      if (count === 0) return;
      if (price === undefined) return void unknown.add(`the price of ${what} in ${region} is not known here`);
      const parts = (hourly[region] ??= {});
      parts[part] = (parts[part] ?? 0) + count * price;
    };
    const rule = RULES[resource.type];
    rule?.({ resource, own, add, all: resources, unknown: (what) => unknown.add(what) });
  }
  return { hourly, unknown: [...unknown].sort() };
}

interface Case {
  readonly resource: Costly;
  readonly own: RegionPrices | undefined;
  readonly all: readonly Costly[];
  readonly add: (part: Part, count: number, hourly: number | undefined, what: string) => void;
  readonly unknown: (what: string) => void;
}

const RULES: Readonly<Record<string, (one: Case) => void>> = {
  "aws:ec2/instance:Instance": ({ resource: { inputs }, own, add }) => {
    add("nodes", 1, own?.instances[inputs.instanceType], inputs.instanceType);
    volumes(add, own, 1, inputs.rootBlockDevice?.volumeSize);
  },
  "aws:autoscaling/group:Group": ({ resource, own, add, all }) => {
    const count = resource.inputs.desiredCapacity ?? resource.inputs.minSize;
    // The group names its template by an id that a preview does not know; the two have one parent.
    const template = all.find(
      ({ type, parent }) => type === "aws:ec2/launchTemplate:LaunchTemplate" && parent === resource.parent,
    );
    const type = template?.inputs.instanceType ?? `the nodes of ${resource.name}`;
    add("nodes", count, own?.instances[type], type);
    volumes(add, own, count, template?.inputs.blockDeviceMappings?.[0]?.ebs?.volumeSize);
    const isPrivate = all.some((one) => one.type === NAT && one.member === resource.member);
    add("public addresses", isPrivate ? 0 : count, PUBLIC_ADDRESS, "a public address");
  },
  "aws:ebs/volume:Volume": ({ resource, own, add }) => volumes(add, own, 1, resource.inputs.size),
  "aws:ec2/eip:Eip": ({ add }) => add("public addresses", 1, PUBLIC_ADDRESS, "a public address"),
  "aws:ec2/natGateway:NatGateway": ({ own, add }) => add("NAT", 1, own?.natGateway, "a NAT gateway"),
  "aws:lb/loadBalancer:LoadBalancer": ({ resource, own, add }) => {
    add("load balancers", 1, own?.networkBalancer, "a network load balancer");
    add("public addresses", resource.inputs.subnets?.length ?? 0, PUBLIC_ADDRESS, "a public address");
  },
  "kubernetes:core/v1:Service": ({ resource, own, add, all, unknown }) => {
    if (resource.inputs.spec?.type !== "LoadBalancer") return;
    const beside = all.find((one) => one.type === BALANCER && one.member === resource.member);
    if (!beside) {
      unknown(`what the load balancer of ${resource.name} costs is known to that cluster's cloud alone`);
      return;
    }
    // The cloud controller puts it into the same subnets as the API's.
    add("load balancers", 1, own?.classicBalancer, "a classic load balancer");
    add("public addresses", beside.inputs.subnets?.length ?? 0, PUBLIC_ADDRESS, "a public address");
  },
  "aws:route53/zone:Zone": ({ add }) => add("DNS", 1, HOSTED_ZONE / HOURS, "a hosted zone"),
  "aws:route53/healthCheck:HealthCheck": ({ resource: { inputs }, add }) => {
    const features = [
      inputs.requestInterval === 10,
      /HTTPS/.test(inputs.type ?? ""),
      /STR_MATCH/.test(inputs.type ?? ""),
    ];
    const price = HEALTH_CHECK + features.filter(Boolean).length * HEALTH_CHECK_FEATURE;
    add("DNS", 1, price / HOURS, "a health check");
  },
};

const NAT = "aws:ec2/natGateway:NatGateway";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";

function volumes(add: Case["add"], own: RegionPrices | undefined, count: number, size: unknown): void {
  const price = own && typeof size === "number" ? (size * own.volume) / HOURS : undefined;
  add("volumes", count, price, typeof size === "number" ? "a gp3 volume" : "a volume of unknown size");
}
