import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ClusterNames, tagsOf } from "./names";
import { apiPort } from "./security";

export interface ApiLoadBalancerArgs {
  readonly names: ClusterNames;
  readonly vpcId: pulumi.Input<string>;
  readonly subnets: readonly pulumi.Input<string>[];
  /** Group of the load balancer; given at creation, since an NLB made without one can never have one. */
  readonly securityGroup: pulumi.Input<string>;
  /** The subnets' way to the internet: without it AWS refuses a load balancer that faces it. */
  readonly routes: readonly pulumi.Resource[];
}

/**
 * The way to the API for those outside: operators and the federation's host. Nodes do without it.
 *
 * *Cost*: one NLB, about $0.0225 an hour and what it carries.
 */
export class ApiLoadBalancer extends pulumi.ComponentResource {
  readonly dnsName: pulumi.Output<string>;
  readonly zoneId: pulumi.Output<string>;
  readonly targetGroup: pulumi.Output<string>;
  readonly listener: aws.lb.Listener;

  constructor(name: string, args: ApiLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:ApiLoadBalancer", name, {}, opts);
    const { names } = args;
    const { region } = names;
    const parent = { parent: this };

    const balancer = new aws.lb.LoadBalancer(
      name,
      {
        region,
        loadBalancerType: "network",
        internal: false,
        subnets: [...args.subnets],
        securityGroups: [args.securityGroup],
        // A zone without a control-plane node still answers.
        enableCrossZoneLoadBalancing: true,
        tags: tagsOf(names, "api"),
      },
      { ...parent, dependsOn: [...args.routes] },
    );
    const targets = new aws.lb.TargetGroup(
      name,
      {
        region,
        vpcId: args.vpcId,
        port: apiPort,
        protocol: "TCP",
        // Addresses, not instances: a slot keeps its address while instances come and go.
        targetType: "ip",
        // The nodes' rules name the load balancer's group, and a node may come back to itself.
        preserveClientIp: "false",
        deregistrationDelay: 10,
        healthCheck: {
          protocol: "HTTPS",
          path: "/readyz",
          port: "traffic-port",
          // A node that went silent is left out after 13 s.
          interval: 5,
          timeout: 3,
          healthyThreshold: 2,
          unhealthyThreshold: 2,
        },
        tags: tagsOf(names, "api"),
      },
      parent,
    );
    this.listener = new aws.lb.Listener(
      `${name}-listener`,
      {
        region,
        loadBalancerArn: balancer.arn,
        port: apiPort,
        protocol: "TCP",
        defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
        tags: tagsOf(names, "api"),
      },
      parent,
    );

    this.dnsName = balancer.dnsName;
    this.zoneId = balancer.zoneId;
    this.targetGroup = targets.arn;
    this.registerOutputs({ dnsName: this.dnsName, zoneId: this.zoneId, targetGroup: this.targetGroup });
  }
}
