import type {
  CloudState,
  Instance,
  NetworkInterface,
  Peering,
  RegionState,
  Rule,
} from "../../../sandbox/cloud/state";

/** Everything out, as a new security group has it. */
export const ALL: Rule = { protocol: "-1", from: null, to: null, cidrs: ["0.0.0.0/0"], groups: [] };

export const tcp = (port: number, from: { cidrs?: string[]; groups?: string[] }): Rule => ({
  protocol: "tcp",
  from: port,
  to: port,
  cidrs: from.cidrs ?? [],
  groups: from.groups ?? [],
});

export function eni(digits: string, address: string, over: Partial<NetworkInterface> = {}): NetworkInterface {
  return {
    id: `eni-${digits}`,
    vpc: "vpc-1",
    subnet: "subnet-a",
    mac: `02:00:00:00:00:${digits.slice(0, 2)}`,
    privateIp: address,
    publicIp: null,
    groups: ["sg-node"],
    sourceDestCheck: true,
    instance: null,
    deviceIndex: null,
    ...over,
  };
}

export function instance(
  id: string,
  interfaces: string[],
  address: string,
  over: Partial<Instance> = {},
): Instance {
  return {
    id,
    state: "running",
    imageId: "ami-1",
    bare: false,
    type: "t3.small",
    zone: "us-west-2a",
    vpc: "vpc-1",
    subnet: "subnet-a",
    interfaces,
    privateDns: `ip-${address.replace(/\./g, "-")}.us-west-2.compute.internal`,
    publicDns: null,
    userData: Buffer.from("#!/bin/sh\necho hello\n").toString("base64"),
    profile: "node",
    role: "node",
    metadata: { tokens: "required", hopLimit: 1, tags: false },
    tags: { Name: id },
    launched: "2026-01-01T00:00:00Z",
    ...over,
  };
}

/**
 * One VPC: nodes i-1 (public address, no source check, pods 10.244.1.0/24) and i-2 (public address, pods
 * 10.244.2.0/24) in a subnet with a gateway, i-3 in a subnet without, one classic load balancer to i-1 and i-2.
 */
export function sampleRegion(): RegionState {
  return {
    vpcs: [{ id: "vpc-1", cidr: "10.0.0.0/16", dnsSupport: true, dnsHostnames: true, tags: {} }],
    subnets: [
      {
        id: "subnet-a",
        vpc: "vpc-1",
        cidr: "10.0.0.0/24",
        zone: "us-west-2a",
        zoneId: "usw2-az2",
        mapPublicIp: true,
        routeTable: "rtb-000000a",
      },
      {
        id: "subnet-b",
        vpc: "vpc-1",
        cidr: "10.0.1.0/24",
        zone: "us-west-2b",
        mapPublicIp: false,
        routeTable: "rtb-000000b",
      },
    ],
    internetGateways: [{ id: "igw-1", vpc: "vpc-1" }],
    natGateways: [],
    peerings: [],
    routeTables: [
      {
        id: "rtb-000000a",
        vpc: "vpc-1",
        main: false,
        routes: [
          { destination: "10.0.0.0/16", target: "local", id: null, state: "active" },
          { destination: "0.0.0.0/0", target: "gateway", id: "igw-1", state: "active" },
          { destination: "10.244.1.0/24", target: "instance", id: "i-1", state: "active" },
          { destination: "10.244.2.0/24", target: "interface", id: "eni-22222222", state: "active" },
          { destination: "10.244.9.0/24", target: "instance", id: "i-9", state: "blackhole" },
        ],
      },
      {
        id: "rtb-000000b",
        vpc: "vpc-1",
        main: true,
        routes: [{ destination: "10.0.0.0/16", target: "local", id: null, state: "active" }],
      },
    ],
    securityGroups: [
      {
        id: "sg-node",
        vpc: "vpc-1",
        name: "node",
        ingress: [
          tcp(8080, { cidrs: ["198.18.0.0/16", "10.244.0.0/16"] }),
          tcp(9090, { groups: ["sg-node"] }),
          tcp(30080, { groups: ["sg-elb"] }),
        ],
        egress: [ALL],
      },
      {
        id: "sg-elb",
        vpc: "vpc-1",
        name: "elb",
        ingress: [tcp(80, { cidrs: ["0.0.0.0/0"] })],
        egress: [ALL],
      },
      { id: "sg-shut", vpc: "vpc-1", name: "shut", ingress: [], egress: [] },
    ],
    interfaces: [
      eni("11111111", "10.0.0.11", {
        instance: "i-1",
        deviceIndex: 0,
        publicIp: "54.0.0.11",
        sourceDestCheck: false,
      }),
      eni("22222222", "10.0.0.12", { instance: "i-2", deviceIndex: 0, publicIp: "54.0.0.12" }),
      eni("33333333", "10.0.1.13", {
        instance: "i-3",
        deviceIndex: 0,
        subnet: "subnet-b",
        groups: ["sg-shut"],
      }),
      eni("44444444", "10.0.0.40", { requester: "web", publicIp: "192.0.2.1", groups: ["sg-elb"] }),
    ],
    instances: [
      instance("i-1", ["eni-11111111"], "10.0.0.11", {
        publicDns: "ec2-54-0-0-11.us-west-2.compute.amazonaws.com",
      }),
      instance("i-2", ["eni-22222222"], "10.0.0.12"),
      instance("i-3", ["eni-33333333"], "10.0.1.13", { subnet: "subnet-b", zone: "us-west-2b" }),
    ],
    volumes: [],
    loadBalancers: [
      {
        kind: "classic",
        name: "web",
        arn: null,
        dnsName: "web-1.us-west-2.elb.amazonaws.com",
        zoneId: "Z1",
        scheme: "internet-facing",
        vpc: "vpc-1",
        subnets: ["subnet-a"],
        groups: ["sg-elb"],
        listeners: [{ port: 80, protocol: "TCP", targetPort: 30080, targetGroup: null }],
        instances: ["i-1", "i-2"],
        healthCheck: {
          protocol: "TCP",
          port: 30080,
          path: null,
          interval: 1,
          timeout: 1,
          healthy: 2,
          unhealthy: 2,
        },
        crossZone: true,
      },
    ],
    targetGroups: [],
  };
}

export function sample(): CloudState {
  return {
    version: 1,
    account: "123456789012",
    regions: { "us-west-2": sampleRegion() },
    zones: [],
    healthChecks: [],
  };
}

/** A network load balancer, `net`, whose targets fail their checks and yet answer. */
export function addUnhealthyBalancer(state: CloudState): void {
  const region = state.regions["us-west-2"];
  const check = {
    protocol: "HTTP" as const,
    port: 9999,
    path: "/",
    interval: 1,
    timeout: 1,
    healthy: 2,
    unhealthy: 2,
  };
  const targets = ["i-1", "i-2"].map((id) => ({ id, port: 30080 }));
  region.targetGroups.push({
    arn: "arn:tg",
    name: "tg",
    protocol: "TCP",
    port: 30080,
    vpc: "vpc-1",
    targetType: "instance",
    preserveClientIp: false,
    check,
    targets,
  });
  region.interfaces.push(
    eni("77777777", "10.0.0.41", { requester: "net", publicIp: "192.0.2.2", groups: [] }),
  );
  const listeners = [{ port: 80, protocol: "TCP", targetPort: null, targetGroup: "arn:tg" }];
  region.loadBalancers.push({
    ...region.loadBalancers[0],
    kind: "network",
    name: "net",
    dnsName: "net.elb",
    listeners,
    instances: [],
    healthCheck: null,
  });
}

/** A NAT gateway in the first subnet, by which the second one leaves. */
export function addNat(region: RegionState): void {
  const [privateIp, publicIp] = ["10.0.0.90", "203.0.113.9"];
  region.interfaces.push(
    eni("99999999", privateIp, { requester: "nat-1", publicIp, groups: [], sourceDestCheck: false }),
  );
  region.natGateways.push({ id: "nat-1", subnet: "subnet-a", privateIp, publicIp, state: "available" });
  region.routeTables[1].routes.push({
    destination: "0.0.0.0/0",
    target: "nat",
    id: "nat-1",
    state: "active",
  });
}

/** A second region whose only VPC, 10.1.0.0/16 with node i-5, peers with the first one's, and routes both ways. */
export function addPeer(state: CloudState): void {
  const west = state.regions["us-west-2"];
  const east: RegionState = {
    ...structuredClone(west),
    vpcs: [{ id: "vpc-5", cidr: "10.1.0.0/16", dnsSupport: true, dnsHostnames: true, tags: {} }],
    subnets: [
      {
        id: "subnet-e",
        vpc: "vpc-5",
        cidr: "10.1.0.0/24",
        zone: "us-east-2a",
        mapPublicIp: true,
        routeTable: "rtb-000000e",
      },
    ],
    internetGateways: [{ id: "igw-5", vpc: "vpc-5" }],
    routeTables: [
      {
        id: "rtb-000000e",
        vpc: "vpc-5",
        main: true,
        routes: [
          { destination: "10.1.0.0/16", target: "local", id: null, state: "active" },
          { destination: "0.0.0.0/0", target: "gateway", id: "igw-5", state: "active" },
          { destination: "10.0.0.0/16", target: "peering", id: "pcx-0123456789abcdef0", state: "active" },
        ],
      },
    ],
    securityGroups: [{ id: "sg-east", vpc: "vpc-5", name: "node", ingress: [], egress: [ALL] }],
    interfaces: [
      eni("55555555", "10.1.0.15", {
        vpc: "vpc-5",
        subnet: "subnet-e",
        groups: ["sg-east"],
        instance: "i-5",
        deviceIndex: 0,
        publicIp: "54.0.0.15",
        sourceDestCheck: false,
      }),
    ],
    instances: [
      instance("i-5", ["eni-55555555"], "10.1.0.15", {
        vpc: "vpc-5",
        subnet: "subnet-e",
        zone: "us-east-2a",
        publicDns: "ec2-54-0-0-15.us-east-2.compute.amazonaws.com",
      }),
    ],
    volumes: [],
    loadBalancers: [],
    targetGroups: [],
  };
  const peering: Peering = {
    id: "pcx-0123456789abcdef0",
    state: "active",
    requester: { region: "us-west-2", vpc: "vpc-1", cidr: "10.0.0.0/16", privateNames: false },
    accepter: { region: "us-east-2", vpc: "vpc-5", cidr: "10.1.0.0/16", privateNames: true },
  };
  west.peerings = [peering];
  east.peerings = [peering];
  west.routeTables[0].routes.push({
    destination: "10.1.0.0/16",
    target: "peering",
    id: peering.id,
    state: "active",
  });
  state.regions["us-east-2"] = east;
}
