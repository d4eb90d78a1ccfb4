import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ClusterNames, tagsOf } from "./names";

const sshPort = 22;

/** Port of every Kubernetes API here. */
export const apiPort = 6443;

type Group = "nodes" | "api";

/** One line of a security group: who may talk to whom, and why. */
export interface Rule {
  /** Last part of the resource's name; frozen, since another name is another rule. */
  readonly name: string;
  readonly group: Group;
  readonly direction: "in" | "out";
  /** What AWS shows beside the rule. */
  readonly description: string;
  /** A TCP port, or every protocol and port. */
  readonly port: number | "all";
  /** The other side: a range of addresses or a group. */
  readonly peer: { readonly cidr: pulumi.Input<string> } | { readonly group: Group };
}

export interface SecurityArgs {
  readonly names: ClusterNames;
  readonly vpcId: pulumi.Input<string>;
  /** Range of the member's pods. */
  readonly pods: string;
  /** Ranges from which people and the engine reach the API. */
  readonly apiAccess: readonly string[];
  /** Ranges of others that must reach the API: the host's control plane. Their number is known at preview. */
  readonly apiAllowFrom: readonly pulumi.Input<string>[];
  /** Whether the ranges of `apiAccess` reach the nodes by SSH too. @default false */
  readonly ssh?: boolean;
}

/** All rules of a cluster but those that its cloud controller makes for load balancers. */
export function rulesOf(args: Pick<SecurityArgs, "pods" | "apiAccess" | "apiAllowFrom" | "ssh">): Rule[] {
  const toApi = (name: string, description: string, cidr: pulumi.Input<string>): Rule => ({
    name,
    group: "api",
    direction: "in",
    description,
    port: apiPort,
    peer: { cidr },
  });
  return [
    ...args.apiAccess.map((cidr) =>
      toApi(`api-from-${cidr.replace(/[./]/g, "-")}`, "API from a range of apiAccess", cidr),
    ),
    ...args.apiAllowFrom.map((cidr, i) =>
      toApi(`api-from-host-${i}`, "API from the host of the federation", cidr),
    ),
    ...(args.ssh ? args.apiAccess : []).map((cidr): Rule => ({
      name: `ssh-from-${cidr.replace(/[./]/g, "-")}`,
      group: "nodes",
      direction: "in",
      description: "SSH from a range of apiAccess",
      port: sshPort,
      peer: { cidr },
    })),
    {
      name: "api-to-nodes",
      group: "api",
      direction: "out",
      description: "API to control plane",
      port: apiPort,
      peer: { group: "nodes" },
    },
    {
      name: "nodes-from-api",
      group: "nodes",
      direction: "in",
      description: "API from its load balancer",
      port: apiPort,
      peer: { group: "api" },
    },
    {
      name: "nodes-from-nodes",
      group: "nodes",
      direction: "in",
      description: "Nodes among themselves",
      port: "all",
      peer: { group: "nodes" },
    },
    // A pod's address is no interface's, so a reference to a group need not match it.
    {
      name: "nodes-from-pods",
      group: "nodes",
      direction: "in",
      description: "Pods of other nodes",
      port: "all",
      peer: { cidr: args.pods },
    },
    {
      name: "nodes-to-all",
      group: "nodes",
      direction: "out",
      description: "Nodes to anywhere",
      port: "all",
      peer: { cidr: "0.0.0.0/0" },
    },
  ];
}

/**
 * The security groups of a cluster: its nodes', and its API load balancer's.
 *
 * Only the nodes' carries the cluster's tag: the cloud controller opens the one group with that tag to load balancers
 * and refuses a node that has two. Rules are standalone, so that those which it adds are left alone.
 */
export class Security extends pulumi.ComponentResource {
  readonly nodesGroup: pulumi.Output<string>;
  readonly apiGroup: pulumi.Output<string>;
  readonly rules: pulumi.Resource[];

  constructor(name: string, args: SecurityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:Security", name, {}, opts);
    const { names, vpcId } = args;
    const { region } = names;

    const group = (
      kind: Group,
      description: string,
      more: Record<string, string> = {},
    ): aws.ec2.SecurityGroup =>
      new aws.ec2.SecurityGroup(
        `${name}-${kind}`,
        { region, vpcId, description, tags: tagsOf(names, kind, more) },
        { parent: this },
      );
    const groups = {
      nodes: group("nodes", `Nodes of ${names.cluster}`, { [names.clusterTag]: "owned" }),
      api: group("api", `API load balancer of ${names.cluster}`),
    };

    this.nodesGroup = groups.nodes.id;
    this.apiGroup = groups.api.id;
    this.rules = rulesOf(args).map((rule) => {
      const inputs = {
        region,
        securityGroupId: groups[rule.group].id,
        description: rule.description,
        ...(rule.port === "all"
          ? { ipProtocol: "-1" }
          : { ipProtocol: "tcp", fromPort: rule.port, toPort: rule.port }),
        ...("cidr" in rule.peer
          ? { cidrIpv4: rule.peer.cidr }
          : { referencedSecurityGroupId: groups[rule.peer.group].id }),
        tags: tagsOf(names, rule.name),
      };
      const Kind =
        rule.direction === "in" ? aws.vpc.SecurityGroupIngressRule : aws.vpc.SecurityGroupEgressRule;
      return new Kind(`${name}-${rule.name}`, inputs, { parent: this });
    });
    this.registerOutputs({ nodesGroup: this.nodesGroup, apiGroup: this.apiGroup });
  }
}
