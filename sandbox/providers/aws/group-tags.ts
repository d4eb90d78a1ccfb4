import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { Props } from "../runtime/types";
import type { Call } from "./resource";

/** AWS's tags of a group out of its `tags` blocks. */
export function groupTags(inputs: Props) {
  return (inputs.tags ?? []).map((tag: Props) => ({
    Key: tag.key,
    Value: tag.value,
    PropagateAtLaunch: tag.propagateAtLaunch,
    ResourceId: inputs.name,
    ResourceType: "auto-scaling-group",
  }));
}

/** `tags` blocks out of AWS's tags. */
export function tagBlocks(found: AutoScalingGroup, inputs: Props) {
  const blocks = (found.Tags ?? [])
    .filter((tag) => !tag.Key?.startsWith("aws:"))
    .map((tag) => ({ key: tag.Key, value: tag.Value, propagateAtLaunch: tag.PropagateAtLaunch ?? false }));
  return blocks.length || inputs.tags ? blocks : undefined;
}

/** Brings the group's tags to what the program wants. */
export async function retag(call: Call): Promise<void> {
  const olds: Props[] = call.state.tags ?? [];
  const wanted = groupTags(call.inputs);
  const removed = olds.filter((old) => !wanted.some((tag: Props) => tag.Key === old.key));
  const of = { ResourceId: call.id, ResourceType: "auto-scaling-group" };
  if (removed.length)
    await call.autoscaling.deleteTags({ Tags: removed.map((tag) => ({ Key: tag.key, ...of })) });
  if (wanted.length) await call.autoscaling.createOrUpdateTags({ Tags: wanted });
}
