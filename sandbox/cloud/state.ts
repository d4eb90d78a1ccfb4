/**
 * The account as the emulator tells it in one answer (`GET /sandbox/state`). The emulator conforms to these
 * types; a recorded answer is kept in `test/sandbox/recorded/`.
 */
export interface CloudState {
  /** Counts mutations; a long poll waits for a greater one. */
  version: number;
  account: string;
  /** By region name; only regions that hold something. */
  regions: Record<string, RegionState>;
  zones: HostedZone[];
  healthChecks: HealthCheck[];
}

export interface RegionState {
  vpcs: Vpc[];
  subnets: Subnet[];
  internetGateways: { id: string; vpc: string | null }[];
  natGateways: NatGateway[];
  /** Those that the region has an end of; one between two regions stands in both. */
  peerings: Peering[];
  routeTables: RouteTable[];
  securityGroups: SecurityGroup[];
  interfaces: NetworkInterface[];
  instances: Instance[];
  volumes: Volume[];
  loadBalancers: LoadBalancer[];
  targetGroups: TargetGroup[];
}

export type Tags = Record<string, string>;

export interface Vpc {
  id: string;
  cidr: string;
  dnsSupport: boolean;
  dnsHostnames: boolean;
  tags: Tags;
}

export interface Subnet {
  id: string;
  vpc: string;
  cidr: string;
  zone: string;
  /** `usw2-az1`, as DescribeAvailabilityZones has it. */
  zoneId?: string;
  mapPublicIp: boolean;
  /** The table in effect: the associated one, else the VPC's main one. */
  routeTable: string;
}

export interface NatGateway {
  id: string;
  subnet: string;
  privateIp: string;
  publicIp: string | null;
  /** "pending", "available" or "deleting". */
  state: string;
}

export interface Peering {
  id: string;
  /** "active", or a state on the way to it; others are left out. */
  state: string;
  requester: PeeringEnd;
  accepter: PeeringEnd;
}

export interface PeeringEnd {
  region: string;
  vpc: string;
  cidr: string;
  /** Whether public names of its instances mean private addresses to the other end. */
  privateNames: boolean;
}

export interface RouteTable {
  id: string;
  vpc: string;
  main: boolean;
  routes: Route[];
}

export interface Route {
  destination: string;
  target: "local" | "gateway" | "instance" | "interface" | "nat" | "peering";
  id: string | null;
  state: "active" | "blackhole";
}

export interface SecurityGroup {
  id: string;
  vpc: string;
  name: string;
  ingress: Rule[];
  egress: Rule[];
}

export interface Rule {
  /** "tcp", "udp", "icmp", "-1" (everything) or an IP protocol number. */
  protocol: string;
  /** First port, or the ICMP type (-1: every type). */
  from: number | null;
  /** Last port, or the ICMP code (-1: every code). */
  to: number | null;
  cidrs: string[];
  groups: string[];
}

export interface NetworkInterface {
  id: string;
  vpc: string;
  subnet: string;
  mac: string;
  privateIp: string;
  publicIp: string | null;
  groups: string[];
  sourceDestCheck: boolean;
  instance: string | null;
  deviceIndex: number | null;
  /** Name of the load balancer, or id of the NAT gateway, that owns it. */
  requester?: string | null;
}

export type InstanceLife = "pending" | "running" | "stopping" | "stopped" | "shutting-down" | "terminated";

export interface Instance {
  id: string;
  state: InstanceLife;
  imageId: string;
  /** Whether its image is the one without Kubernetes and a container runtime. */
  bare: boolean;
  type: string;
  zone: string;
  vpc: string;
  subnet: string;
  interfaces: string[];
  privateDns: string;
  publicDns: string | null;
  /** Base64. */
  userData: string | null;
  /** Name of the instance profile. */
  profile: string | null;
  /** Name of the role in that profile. */
  role: string | null;
  metadata: { tokens: "required" | "optional"; hopLimit: number; tags: boolean };
  keyName?: string | null;
  tags: Tags;
  /** ISO 8601; changes with each start. */
  launched: string;
}

export interface Volume {
  id: string;
  /** GiB */
  size: number;
  zone: string;
  state: string;
  attachments: { instance: string; device: string }[];
}

/** How a target's health is found out; times in seconds, thresholds in checks in a row. */
export interface Check {
  protocol: "TCP" | "HTTP" | "HTTPS" | "SSL";
  port: number | "traffic";
  path: string | null;
  interval: number;
  timeout: number;
  healthy: number;
  unhealthy: number;
}

export interface Listener {
  port: number;
  protocol: string;
  /** Port on the instances; classic only. */
  targetPort: number | null;
  /** ARN; network and application only. */
  targetGroup: string | null;
}

export interface LoadBalancer {
  kind: "classic" | "network" | "application";
  name: string;
  arn: string | null;
  dnsName: string;
  zoneId: string;
  scheme: string;
  vpc: string;
  subnets: string[];
  groups: string[];
  listeners: Listener[];
  /** Instance ids; classic only. */
  instances: string[];
  /** Classic only. */
  healthCheck: Check | null;
  crossZone: boolean;
  /** Seconds after which an idle connection is cut. @default 60 for classic, 350 for network */
  idleTimeout?: number | null;
}

export interface TargetGroup {
  arn: string;
  name: string;
  protocol: string;
  port: number;
  vpc: string;
  targetType: "instance" | "ip";
  preserveClientIp: boolean;
  check: Check;
  /** `id`: instance id or address. */
  targets: { id: string; port: number }[];
}

export interface HostedZone {
  id: string;
  /** With the dot at its end. */
  name: string;
  private: boolean;
  records: RecordSet[];
}

export interface RecordSet {
  name: string;
  type: string;
  ttl: number | null;
  setIdentifier: string | null;
  region: string | null;
  weight: number | null;
  failover: string | null;
  healthCheck: string | null;
  values: string[];
  alias: { name: string; zone: string; evaluate: boolean } | null;
}

export interface HealthCheck {
  id: string;
  type: string;
  fqdn: string | null;
  ip: string | null;
  port: number | null;
  path: string | null;
  /** Seconds */
  interval: number;
  threshold: number;
  inverted: boolean;
  disabled: boolean;
  regions: string[];
}

/** An account in which nothing was made yet. */
export const EMPTY_STATE: CloudState = { version: -1, account: "", regions: {}, zones: [], healthChecks: [] };
