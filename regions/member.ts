import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import { Ec2Cluster, Ec2ClusterArgs } from "./ec2-cluster";
import type { PeerEnd } from "./peering";
import type { Expiry } from "./pki";

/** What every kind of member gives the federation and the apps. All that is plain is known at preview. */
export interface Member {
  readonly name: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Secret. Resolves only when the API answers and lets the operator in. */
  readonly kubeconfig: pulumi.Output<string>;
  /** The one Kubernetes provider of this member. */
  readonly provider: k8s.Provider;
  /** `https://host:port` of its API, for those outside. */
  readonly endpoint: pulumi.Output<string>;
  /** CA of its API, PEM. */
  readonly caCertificate: pulumi.Output<string>;
  /** When the certificates end that the operator has to know of. */
  readonly expiry: Expiry;
  /** Ranges that its control plane's nodes come from, as the internet sees them: theirs, or their NAT gateway's. */
  readonly egress: pulumi.Output<string[]>;
  /** The same one by one: how many is known at preview, so that each can have its rule. */
  readonly egressRanges: readonly pulumi.Output<string>[];
  /** The load balancer of its API, for a record that names it. */
  readonly apiLoadBalancer: {
    readonly dnsName: pulumi.Output<string>;
    readonly zoneId: pulumi.Output<string>;
  };
  /** Its network, for those that join theirs to it; none where it is not of our making. */
  readonly peerEnd?: PeerEnd;
  /** What Services and workloads must depend on: created after these, deleted before them. */
  readonly ready: pulumi.Resource[];
  /** Names of the control plane's nodes, in the order of their slots. */
  readonly controlPlaneNodes: pulumi.Output<string[]>;
}

/** What is not in the stack's config: found out, or another member's. */
export type CreateMemberArgs = Pick<
  Ec2ClusterArgs,
  "zones" | "apiAllowFrom" | "hostsFederation" | "dataVolumes" | "awsEnvironment" | "peers"
>;

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
  const member = config.members[name];
  if (!member)
    throw new Error(`"${name}" is no member: name one of ${Object.keys(config.members).join(", ")}`);
  // A peer's VPC is left out: what crosses to it is a VPC's own address, the node's.
  const inside = [member.network.vpc, ...Object.values(config.members).map(({ network }) => network.pods)];
  const { domain, apiAccess, certificates, versions, timeouts } = config;
  return new Ec2Cluster(
    name,
    { config: member, domain, apiAccess, certificates, versions, timeouts, inside, ...args },
    opts,
  );
}
