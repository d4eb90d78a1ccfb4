import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { Props } from "../runtime/types";
import { cancelRefresh, refreshNeeded, startRefresh } from "./instance-refresh";
import { durationSeconds, waitForCapacity } from "./group-capacity";
import { isCode } from "./errors";
import { groupTags, retag, tagBlocks } from "./group-tags";
import type { Call, Spec } from "./resource";
import { isSet, listChanges } from "./shapes";
import { retrying, untilGone } from "./wait";

const SIZES = ["desiredCapacity", "maxSize", "minSize"];

/** Upstream: aws_autoscaling_group. Create and change of size wait for the capacity, delete for the last instance. */
export const group: Spec = {
  inputs: [
    ...[
      "capacityRebalance",
      "defaultCooldown",
      "defaultInstanceWarmup",
      "forceDelete",
      "healthCheckGracePeriod",
    ],
    ...[
      "healthCheckType",
      "ignoreFailedScalingActivities",
      "instanceRefresh",
      "launchTemplate",
      "loadBalancers",
    ],
    ...[
      "maxInstanceLifetime",
      "metricsGranularity",
      "name",
      "protectFromScaleIn",
      "suspendedProcesses",
      "tags",
    ],
    ...["targetGroupArns", "terminationPolicies", "vpcZoneIdentifiers", "waitForCapacityTimeout", ...SIZES],
  ],
  required: ["maxSize", "minSize", "launchTemplate"],
  autoname: { property: "name", maxLength: 255 },
  defaults: {
    forceDelete: false,
    healthCheckGracePeriod: 300,
    ignoreFailedScalingActivities: false,
    metricsGranularity: "1Minute",
    protectFromScaleIn: false,
    waitForCapacityTimeout: "10m",
  },
  filled: [
    "defaultCooldown",
    "desiredCapacity",
    "healthCheckType",
    "launchTemplate",
    "loadBalancers",
    "targetGroupArns",
    "vpcZoneIdentifiers",
  ],
  sets: ["loadBalancers", "suspendedProcesses", "tags", "targetGroupArns", "vpcZoneIdentifiers"],
  replaceOn: ["name"],
  computed: [
    "arn",
    "availabilityZones",
    "namePrefix",
    "predictedCapacity",
    "serviceLinkedRoleArn",
    "warmPoolSize",
  ],
  async create(call) {
    const { inputs } = call;
    const make = () =>
      call.autoscaling.createAutoScalingGroup({
        ...sizesAndTemplate(inputs),
        AutoScalingGroupName: inputs.name,
        DesiredCapacity: inputs.desiredCapacity,
        LoadBalancerNames: inputs.loadBalancers,
        Tags: groupTags(inputs),
        TargetGroupARNs: inputs.targetGroupArns,
      });
    // The template's instance profile may be too new for EC2 to know.
    await retrying(["ValidationError"], 120, call.signal, make, "Invalid IAM Instance Profile");
    return inputs.name;
  },
  async settle(call) {
    if (isSet(call.inputs.suspendedProcesses)) {
      const ScalingProcesses: string[] = call.inputs.suspendedProcesses;
      await call.autoscaling.suspendProcesses({ AutoScalingGroupName: call.id, ScalingProcesses });
    }
    await capacity(call);
  },
  async read(call) {
    const found = await findGroup(call);
    if (!found) return undefined;
    const template = found.LaunchTemplate;
    return {
      arn: found.AutoScalingGroupARN,
      availabilityZones: [...(found.AvailabilityZones ?? [])].sort(),
      capacityRebalance: found.CapacityRebalance,
      defaultCooldown: found.DefaultCooldown,
      defaultInstanceWarmup: found.DefaultInstanceWarmup,
      desiredCapacity: found.DesiredCapacity,
      healthCheckGracePeriod: found.HealthCheckGracePeriod,
      healthCheckType: found.HealthCheckType,
      launchTemplate: template && {
        id: template.LaunchTemplateId,
        name: template.LaunchTemplateName,
        version: template.Version,
      },
      loadBalancers: found.LoadBalancerNames ?? [],
      maxInstanceLifetime: found.MaxInstanceLifetime,
      maxSize: found.MaxSize,
      minSize: found.MinSize,
      name: found.AutoScalingGroupName,
      namePrefix: "",
      predictedCapacity: found.PredictedCapacity ?? 0,
      protectFromScaleIn: found.NewInstancesProtectedFromScaleIn ?? false,
      serviceLinkedRoleArn: found.ServiceLinkedRoleARN ?? "",
      suspendedProcesses: (found.SuspendedProcesses ?? []).map((process) => process.ProcessName),
      tags: tagBlocks(found, call.inputs),
      targetGroupArns: found.TargetGroupARNs ?? [],
      terminationPolicies: isSet(call.inputs.terminationPolicies) ? found.TerminationPolicies : undefined,
      vpcZoneIdentifiers: (found.VPCZoneIdentifier ?? "").split(",").filter(Boolean),
      warmPoolSize: found.WarmPoolSize ?? 0,
    };
  },
  async update(call) {
    const { autoscaling, id: AutoScalingGroupName, inputs, changed } = call;
    const DesiredCapacity = changed("desiredCapacity") ? inputs.desiredCapacity : undefined;
    await autoscaling.updateAutoScalingGroup({
      ...sizesAndTemplate(inputs),
      AutoScalingGroupName,
      DesiredCapacity,
    });
    if (changed("tags")) await retag(call);
    await attachments(call);
    if (changed("suspendedProcesses")) {
      const { added, removed } = listChanges(call.state.suspendedProcesses, inputs.suspendedProcesses ?? []);
      if (removed.length)
        await autoscaling.resumeProcesses({ AutoScalingGroupName, ScalingProcesses: removed });
      if (added.length) await autoscaling.suspendProcesses({ AutoScalingGroupName, ScalingProcesses: added });
    }
    if (refreshNeeded(call)) await startRefresh(call);
    if (changed(...SIZES)) await capacity(call);
  },
  async delete(call) {
    const { autoscaling, id: AutoScalingGroupName } = call;
    if (!(await findGroup(call))) return;
    await cancelRefresh(call);
    const force: boolean = call.inputs.forceDelete ?? false;
    if (!force) {
      await autoscaling.updateAutoScalingGroup({
        AutoScalingGroupName,
        DesiredCapacity: 0,
        MinSize: 0,
        MaxSize: 0,
      });
      await untilGone(
        `instances of auto-scaling group ${AutoScalingGroupName}`,
        call.seconds(600),
        call.signal,
        async () => ((await findGroup(call))?.Instances ?? []).length,
      );
    }
    const remove = async () => {
      try {
        await autoscaling.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: force });
      } catch (error) {
        if (!isCode(error, "ValidationError") || !error.reason.includes("not found")) throw error;
      }
    };
    await retrying(["ResourceInUse", "ScalingActivityInProgress"], call.seconds(600), call.signal, remove);
    await untilGone(`auto-scaling group ${AutoScalingGroupName}`, call.seconds(600), call.signal, () =>
      findGroup(call),
    );
  },
};

async function findGroup({ autoscaling, id }: Call): Promise<AutoScalingGroup | undefined> {
  return (await autoscaling.describeAutoScalingGroups({ AutoScalingGroupNames: [id] }))
    .AutoScalingGroups?.[0];
}

function capacity(call: Call): Promise<void> {
  const seconds = durationSeconds(call.inputs.waitForCapacityTimeout);
  return waitForCapacity(call, seconds && call.seconds(seconds), () => findGroup(call));
}

function sizesAndTemplate(inputs: Props) {
  const template = inputs.launchTemplate;
  return {
    CapacityRebalance: inputs.capacityRebalance,
    DefaultCooldown: inputs.defaultCooldown,
    DefaultInstanceWarmup: inputs.defaultInstanceWarmup,
    HealthCheckGracePeriod: inputs.healthCheckGracePeriod,
    HealthCheckType: inputs.healthCheckType,
    // Upstream names the template by its id where both are known: AWS refuses to be told both.
    LaunchTemplate: {
      LaunchTemplateId: template.id,
      LaunchTemplateName: template.id ? undefined : template.name,
      Version: isSet(template.version) ? String(template.version) : undefined,
    },
    MaxInstanceLifetime: inputs.maxInstanceLifetime,
    MaxSize: inputs.maxSize,
    MinSize: inputs.minSize,
    NewInstancesProtectedFromScaleIn: inputs.protectFromScaleIn,
    TerminationPolicies: inputs.terminationPolicies,
    VPCZoneIdentifier: inputs.vpcZoneIdentifiers?.join(","),
  };
}

async function attachments(call: Call): Promise<void> {
  const { autoscaling, id: AutoScalingGroupName, inputs, state, changed } = call;
  if (changed("targetGroupArns")) {
    const { added, removed } = listChanges(state.targetGroupArns, inputs.targetGroupArns);
    if (removed.length)
      await autoscaling.detachLoadBalancerTargetGroups({ AutoScalingGroupName, TargetGroupARNs: removed });
    if (added.length)
      await autoscaling.attachLoadBalancerTargetGroups({ AutoScalingGroupName, TargetGroupARNs: added });
  }
  if (changed("loadBalancers")) {
    const { added, removed } = listChanges(state.loadBalancers, inputs.loadBalancers);
    if (removed.length)
      await autoscaling.detachLoadBalancers({ AutoScalingGroupName, LoadBalancerNames: removed });
    if (added.length)
      await autoscaling.attachLoadBalancers({ AutoScalingGroupName, LoadBalancerNames: added });
  }
}
