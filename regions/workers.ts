import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Ec2MemberConfig } from "../config";
import { frozenBlueprint } from "./blueprint";
import { rootVolumeSize } from "./control-plane";
import { ClusterNames, tagsOf } from "./names";
import { NodeRole, sessionManagerStatement } from "./roles";

export interface WorkersArgs {
  readonly names: ClusterNames;
  readonly subnets: readonly pulumi.Input<string>[];
  readonly securityGroup: pulumi.Input<string>;
  readonly count: number;
  readonly instanceType: string;
  /** Image id; the newest Ubuntu 24.04 unless given. */
  readonly image?: string;
  readonly rollout: number;
  readonly userData: pulumi.Input<string>;
  readonly access: Ec2MemberConfig["access"];
  /** The parameter that holds the token to join with. With `peersParameter` all that a worker may read. */
  readonly joinParameter: aws.ssm.Parameter;
  /** The parameter that tells nodes of the member's peers. */
  readonly peersParameter: aws.ssm.Parameter;
  /** What has to be there before a node starts: the control plane too, which must not be older than its workers. */
  readonly before: pulumi.Output<pulumi.Resource[]>;
}

/** The workers: an auto-scaling group over the zones, whose instances join by themselves. */
export class Workers extends pulumi.ComponentResource {
  readonly groupName: pulumi.Output<string>;
  /** What workloads stop running without. */
  readonly parts: pulumi.Resource[];

  constructor(name: string, args: WorkersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:Workers", name, {}, opts);
    const { names, joinParameter } = args;
    const { region } = names;
    const parent = { parent: this };
    const tags = tagsOf(names, "worker", { [names.clusterTag]: "owned" });

    const role = new NodeRole(
      name,
      {
        names,
        label: "worker",
        statements: [
          { Action: ["ssm:GetParameter"], Resource: [joinParameter.arn, args.peersParameter.arn] },
          ...(args.access.sessionManager ? [sessionManagerStatement] : []),
        ],
      },
      parent,
    );
    const blueprint = frozenBlueprint(
      `${name}-blueprint`,
      { region, image: args.image, rollout: args.rollout, userData: args.userData },
      parent,
    );
    const template = new aws.ec2.LaunchTemplate(
      `${name}-template`,
      {
        region,
        instanceType: args.instanceType,
        iamInstanceProfile: { name: role.profileName },
        imageId: blueprint.ami,
        userData: blueprint.userData,
        vpcSecurityGroupIds: [args.securityGroup],
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [
          {
            deviceName: "/dev/sda1",
            ebs: {
              volumeType: "gp3",
              volumeSize: rootVolumeSize,
              encrypted: "true",
              deleteOnTermination: "true",
            },
          },
        ],
        tagSpecifications: [{ resourceType: "volume", tags: tagsOf(names, "worker") }],
        tags: tagsOf(names, "worker"),
      },
      parent,
    );
    const group = new aws.autoscaling.Group(
      name,
      {
        region,
        vpcZoneIdentifiers: [...args.subnets],
        minSize: args.count,
        maxSize: args.count,
        desiredCapacity: args.count,
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        // Another template replaces the workers one after the other.
        instanceRefresh: { strategy: "Rolling", preferences: { minHealthyPercentage: 50 } },
        tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      },
      { ...parent, dependsOn: args.before.apply((all) => [...all, role.policy, joinParameter]) },
    );

    this.groupName = group.name;
    this.parts = [role.policy, group];
    this.registerOutputs({ groupName: this.groupName });
  }
}
