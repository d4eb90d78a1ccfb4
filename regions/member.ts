import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import { ofKind } from "../config/member-kinds";
import { Ec2Cluster, Ec2ClusterArgs } from "./ec2-cluster";
import { ExternalCluster } from "./external-cluster";
import type { PeerEnd } from "./peering";
import type { Expiry } from "./pki";

/** What every kind of member gives the federation and the apps. All that is plain is known at preview. */
export interface Member {
  readonly name: string;
  /** Whose cloud it is on, as the federation knows it. @default unknown */
  readonly cloud?: string;
  readonly region: string;
  /** AWS region whose latency decides which users are sent there. @default region */
  readonly latencyRegion?: string;
  readonly zones: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Address or host name at which users reach its nodes' ports; undefined where it has load balancers. */
  readonly address?: string;
  /** Secret. Resolves only when the API answers and lets the operator in. */
  readonly kubeconfig: pulumi.Output<string>;
  /** The one Kubernetes provider of this member. */
  readonly provider: k8s.Provider;
  /** `https://host:port` of its API, for those outside. */
  readonly endpoint: pulumi.Output<string>;
  /** CA of its API, PEM; "" where the authorities vouch for it that everybody trusts. */
  readonly caCertificate: pulumi.Output<string>;
  /** Whether nobody is to check who answers as its API. @default false */
  readonly insecure?: boolean;
  /** When the certificates end that the operator has to know of. */
  readonly expiry: Partial<Expiry>;
  /** Bucket of its control plane's snapshots; undefined where this program makes none. */
  readonly backups?: pulumi.Output<string>;
  /** Its network, for those that join theirs to it; none where it is not of our making. */
  readonly peerEnd?: PeerEnd;
  /** What Services and workloads must depend on: created after these, deleted before them. */
  readonly ready: pulumi.Resource[];
}

/** What a member gives besides that hosts the federation. */
export interface Host extends Member {
  /** Ranges that its control plane's nodes come from, as the internet sees them: theirs, or their NAT gateway's. */
  readonly egress: pulumi.Output<string[]>;
  /** The same one by one: how many is known at preview, so that each can have its rule. */
  readonly egressRanges: readonly pulumi.Output<string>[];
  /** Names of the control plane's nodes, in the order of their slots. @default not known: the federation's programs run on any node */
  readonly controlPlaneNodes?: readonly string[];
}

/** What is not in the stack's config: found out, or another member's. */
export type CreateMemberArgs = Pick<
  Ec2ClusterArgs,
  "zones" | "apiAllowFrom" | "dataVolumes" | "awsEnvironment" | "peers"
>;

/** What a host may need, of each member by its name. */
export interface CreateHostArgs extends Pick<CreateMemberArgs, "dataVolumes"> {
  readonly zones: Readonly<Record<string, CreateMemberArgs["zones"]>>;
  readonly peers: Readonly<Record<string, CreateMemberArgs["peers"]>>;
}

/** The member that hosts the federation; undefined where its control plane is there already and runs nobody knows where. */
export function createHost(
  config: StackConfig,
  { zones, peers, dataVolumes }: CreateHostArgs,
  opts?: pulumi.ComponentResourceOptions,
): Host | undefined {
  const { host } = config;
  if (host === undefined) return undefined;
  const external = ofKind(config.members, "external")[host];
  if (external) return new ExternalCluster(host, { config: external }, opts);
  const args = { zones: zones[host], peers: peers[host], dataVolumes };
  return ec2Cluster(host, config, { ...args, hostsFederation: true }, opts);
}

/**
 * A member of the stack by its kind.
 *
 * @param name one of `config.members`.
 */
export function createMember(
  name: string,
  config: StackConfig,
  args: CreateMemberArgs,
  opts?: pulumi.ComponentResourceOptions,
): Member {
  const external = ofKind(config.members, "external")[name];
  return external
    ? new ExternalCluster(name, { config: external }, opts)
    : ec2Cluster(name, config, args, opts);
}

function ec2Cluster(
  name: string,
  config: StackConfig,
  args: CreateMemberArgs & Pick<Ec2ClusterArgs, "hostsFederation">,
  opts?: pulumi.ComponentResourceOptions,
): Ec2Cluster {
  const all = ofKind(config.members, "ec2");
  const member = all[name];
  if (!member)
    throw new Error(`"${name}" is no member: name one of ${Object.keys(config.members).join(", ")}`);
  // Its own alone: a list of all members' would make every node another's business, whoever comes or goes. Peers' pods are
  // added by the node itself; existing clusters know no pod of ours by its own address.
  const inside = [member.network.vpc, member.network.pods];
  const { domain, apiAccess, certificates, versions, timeouts } = config;
  return new Ec2Cluster(
    name,
    { config: member, domain, apiAccess, certificates, versions, timeouts, inside, ...args },
    opts,
  );
}
