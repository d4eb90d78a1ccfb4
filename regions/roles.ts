import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ClusterNames, tagsOf } from "./names";

/** One statement of an IAM policy that allows. */
export interface Statement {
  readonly Action: readonly string[];
  readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: object;
}

const assume = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});

/**
 * What the cloud controller may do. Looking and load balancers know no narrower resource when they begin; routes and
 * instances are those that carry the cluster's tag.
 */
export function cloudControllerStatements(clusterTag: string): Statement[] {
  return [
    {
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeTags",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTopology",
        "ec2:DescribeRegions",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "kms:DescribeKey",
      ],
      Resource: "*",
    },
    {
      Action: [
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateSecurityGroup",
        "ec2:CreateTags",
        "ec2:DeleteSecurityGroup",
        "ec2:RevokeSecurityGroupIngress",
        "elasticloadbalancing:*",
      ],
      Resource: "*",
    },
    {
      Action: ["ec2:CreateRoute", "ec2:DeleteRoute", "ec2:ModifyInstanceAttribute"],
      Resource: "*",
      Condition: { StringEquals: { [`aws:ResourceTag/${clusterTag}`]: "owned" } },
    },
    {
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: "*",
      Condition: { StringEquals: { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" } },
    },
  ];
}

/**
 * What a node needs for shells by AWS's Session Manager. Not AWS's own policy for it, AmazonSSMManagedInstanceCore: that one
 * also reads every parameter of the account, the control plane's keys among them.
 */
export const sessionManagerStatement: Statement = {
  Action: [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  Resource: "*",
};

export interface NodeRoleArgs {
  readonly names: ClusterNames;
  /** Last part of the names in the console. */
  readonly label: string;
  readonly statements: readonly Statement[];
}

/** The role of a kind of node, with its policy and the profile by which an instance takes it. */
export class NodeRole extends pulumi.ComponentResource {
  readonly profileName: pulumi.Output<string>;
  readonly policy: aws.iam.RolePolicy;

  constructor(name: string, args: NodeRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:NodeRole", name, {}, opts);
    const tags = tagsOf(args.names, args.label);
    const role = new aws.iam.Role(`${name}-role`, { assumeRolePolicy: assume, tags }, { parent: this });
    this.policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: args.statements.map((statement) => ({ Effect: "Allow", ...statement })),
        }),
      },
      { parent: this },
    );
    const profile = new aws.iam.InstanceProfile(
      `${name}-profile`,
      { role: role.name, tags },
      { parent: this },
    );
    this.profileName = profile.name;
    this.registerOutputs({ profileName: this.profileName });
  }
}
