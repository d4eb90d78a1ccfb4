import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Ec2MemberConfig } from "../config";
import type { Backups } from "./backups";
import { frozenBlueprint } from "./blueprint";
import { gate, shownAt } from "./gate";
import { ClusterNames, tagsOf } from "./names";
import { untilNodes } from "./nodes-wait";
import type { Pki } from "./pki";
import { cloudControllerStatements, NodeRole, sessionManagerStatement } from "./roles";
import { apiPort } from "./security";
import { slotTrouble } from "./slot-health";
import type { Slot } from "./slots";

/** GiB of a node's root volume: images and logs; what must last is on volumes of its own. */
export const rootVolumeSize = 20;

export interface ControlPlaneArgs {
  readonly names: ClusterNames;
  readonly slots: readonly Slot[];
  readonly pki: Pki;
  readonly backups: Backups;
  /** The parameter that tells nodes of the member's peers. */
  readonly peersParameter: aws.ssm.Parameter;
  readonly instanceType: string;
  /** Image id; the newest Ubuntu 24.04 unless given. */
  readonly image?: string;
  readonly rollout: number;
  /** User data of the node in a slot, given the ids of its volumes. */
  readonly userData: (slot: Slot, volumeIds: readonly string[]) => pulumi.Input<string>;
  /** Target group of the API's load balancer. */
  readonly targetGroup: pulumi.Input<string>;
  /** What has to be there before a node starts: its way out, and the rules that let it use it. */
  readonly before: readonly pulumi.Resource[];
  /** The operator's; its API need not answer yet. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly access: Ec2MemberConfig["access"];
  /** Seconds from an instance to a well node. */
  readonly timeout: number;
  /** Whether it hosts the federation. @default false */
  readonly host?: boolean;
  /** Whether nobody answers for its nodes any more. */
  readonly lost: boolean;
}

/** The nodes of the control plane, one in each slot. */
export class ControlPlane extends pulumi.ComponentResource {
  readonly instanceIds: pulumi.Output<string>[];
  /** What the API stops answering without. */
  readonly parts: pulumi.Resource[];
  /** The nodes, handed out when all are as this run wants them and well. */
  readonly rolled: pulumi.Output<pulumi.Resource[]>;

  constructor(name: string, args: ControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:ControlPlane", name, {}, opts);
    const { names, pki, backups } = args;
    const keys = Object.values(pki.parameters);

    // AWS's own key encrypts the parameters: whoever may read a parameter may use it, no statement needed.
    const role = new NodeRole(
      name,
      {
        names,
        label: "control-plane",
        statements: [
          { Action: ["ssm:GetParameters"], Resource: keys.map((key) => key.arn) },
          { Action: ["ssm:GetParameter"], Resource: [pki.begunParameter.arn, args.peersParameter.arn] },
          { Action: ["ssm:PutParameter"], Resource: [pki.joinParameter.arn, pki.begunParameter.arn] },
          ...backups.statements,
          ...cloudControllerStatements(names.clusterTag),
          ...(args.access.sessionManager ? [sessionManagerStatement] : []),
        ],
      },
      { parent: this },
    );
    const parameters = [...keys, pki.joinParameter, pki.begunParameter, backups.parameter];
    const before = [...args.before, role.policy, ...parameters, ...backups.rules];
    // One after the other: a rollout that takes two of three away at once takes etcd's majority with them.
    let rolled: pulumi.Output<pulumi.Resource[]> = pulumi.output([]);
    const nodes = args.slots.map((slot) => {
      const node = this.node(
        `${name}-${slot.index}`,
        args,
        slot,
        role,
        rolled.apply((all) => [...before, ...all]),
      );
      rolled = this.well([node.instance, ...node.attachments], slot, node.instance, args, rolled);
      return node;
    });
    this.rolled = rolled;

    this.instanceIds = nodes.map(({ instance }) => instance.id);
    this.parts = [role.policy, ...nodes.flatMap(({ instance, attachments }) => [instance, ...attachments])];
    this.registerOutputs({});
  }

  /** `node`, and those before it, once etcd is well on it. */
  private well(
    node: readonly pulumi.Resource[],
    { nodeName }: Slot,
    instance: aws.ec2.Instance,
    args: ControlPlaneArgs,
    others: pulumi.Output<pulumi.Resource[]>,
  ): pulumi.Output<pulumi.Resource[]> {
    const { region, member } = args.names;
    const begunParameter = args.pki.begunParameterName;
    const facts = { kubeconfig: args.kubeconfig, nodeName, instanceId: instance.id };
    if (args.lost) return others.apply((all) => [...all, ...node]);
    const gated = gate(node, facts, (known) => {
      const what = `${member}: control-plane node ${known.nodeName} (${known.instanceId})`;
      const look = () => slotTrouble({ ...known, region, begunParameter });
      const whom = {
        member,
        region,
        instanceIds: [known.instanceId],
        timeout: args.timeout,
        host: args.host,
      };
      return untilNodes(whom, what, look, { report: shownAt(instance) });
    });
    return pulumi.all([others, gated]).apply(([all, own]) => [...all, ...own]);
  }

  private node(
    name: string,
    args: ControlPlaneArgs,
    slot: Slot,
    role: NodeRole,
    before: pulumi.Output<pulumi.Resource[]>,
  ) {
    const { region } = args.names;
    const parent = { parent: this };
    const ids = pulumi.all(slot.volumes.map(({ id }) => id));
    const blueprint = frozenBlueprint(
      `${name}-blueprint`,
      {
        region,
        image: args.image,
        rollout: args.rollout,
        userData: ids.apply((volumeIds) => pulumi.output(args.userData(slot, volumeIds))),
      },
      parent,
    );
    const instance = new aws.ec2.Instance(
      name,
      {
        region,
        instanceType: args.instanceType,
        iamInstanceProfile: role.profileName,
        // boot
        ami: blueprint.ami,
        userDataBase64: blueprint.userData,
        userDataReplaceOnChange: true,
        // network: the slot's interface brings address, groups and the check that is off
        primaryNetworkInterface: { networkInterfaceId: slot.networkInterface },
        // Pods that need AWS run in the host's network; one hop keeps the others from the node's role.
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        // storage
        rootBlockDevice: { volumeType: "gp3", volumeSize: rootVolumeSize, encrypted: true },
        tags: tagsOf(args.names, `control-plane-${slot.index}`, { [args.names.clusterTag]: "owned" }),
      },
      // The interface and the volumes can be in one instance only.
      { ...parent, dependsOn: before, deleteBeforeReplace: true },
    );
    const volumes = slot.volumes.map(
      (volume, i) =>
        new aws.ec2.VolumeAttachment(
          `${name}-volume-${i}`,
          {
            region,
            instanceId: instance.id,
            volumeId: volume.id,
            deviceName: volume.device,
            // A mounted volume is busy: detaching it from a running node would wait for ever.
            stopInstanceBeforeDetaching: true,
          },
          { ...parent, deleteBeforeReplace: true },
        ),
    );
    const target = new aws.lb.TargetGroupAttachment(
      `${name}-target`,
      { region, targetGroupArn: args.targetGroup, targetId: slot.privateIp, port: apiPort },
      parent,
    );
    return { instance, attachments: [...volumes, target] };
  }
}
