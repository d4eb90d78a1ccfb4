import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { ClusterNames } from "./names";

export interface DrainArgs {
  readonly names: ClusterNames;
  /** Secret. */
  readonly kubeconfig: pulumi.Input<string>;
  readonly vpcId: pulumi.Input<string>;
  /** The one group with the cluster's tag that is not its controllers'. */
  readonly nodesGroup: pulumi.Input<string>;
  /** DNS name of the API's load balancer, whose interfaces are not waited for. */
  readonly apiLoadBalancer: pulumi.Input<string>;
  /** Seconds. */
  readonly timeout: number;
  /** Nodes that have to be there before any workload is. */
  readonly nodes: number;
  /** Seconds until they are. */
  readonly nodesTimeout: number;
  /** AWS profile or role of the provider, as environment variables, where it is not the environment's own. */
  readonly awsEnvironment?: Readonly<Record<string, pulumi.Input<string>>>;
  /** What must outlive the drain: the controllers and all that the API needs. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * What stands between a cluster's workloads and its infrastructure. On the way up all nodes must be known to the cloud
 * controller before the first load balancer is asked for. On the way down load balancers, groups and volumes that its
 * controllers made must be gone before nodes and network go, or nobody removes them any more.
 *
 * A command, because that is what a plain `pulumi destroy` runs without the program. No triggers: a trigger replaces,
 * and a replacement runs the delete.
 */
export function drainOf(name: string, args: DrainArgs, opts: pulumi.CustomResourceOptions): local.Command {
  const environment = {
    ...args.awsEnvironment,
    DRAIN_KUBECONFIG: args.kubeconfig,
    DRAIN_MEMBER: args.names.member,
    DRAIN_REGION: args.names.region,
    DRAIN_TAG: args.names.clusterTag,
    DRAIN_VPC: args.vpcId,
    DRAIN_NODES_GROUP: args.nodesGroup,
    DRAIN_API_LOAD_BALANCER: args.apiLoadBalancer,
    DRAIN_SECONDS: String(args.timeout),
    NODES_COUNT: String(args.nodes),
    NODES_SECONDS: String(args.nodesTimeout),
  };
  return new local.Command(
    name,
    {
      // Relative, so that the state of one checkout can be destroyed from another.
      create: "node --no-warnings --import tsx regions/nodes-script.ts",
      delete: "node --no-warnings --import tsx regions/drain-script.ts",
      environment: pulumi.secret(environment),
    },
    { ...opts, dependsOn: [...args.after] },
  );
}
