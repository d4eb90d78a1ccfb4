import { DescribeInstancesCommand, EC2Client, paginateDescribeTags } from "@aws-sdk/client-ec2";
import { AutoScalingClient, paginateDescribeAutoScalingGroups } from "@aws-sdk/client-auto-scaling";
import type { Owned, Tags } from "./ownership";

/** Everything of EC2 by its tags (one call lists the tags of all kinds), and auto-scaling groups. */
export async function findEc2(region: string, owned: (tags: Tags) => boolean): Promise<Owned[]> {
  const ec2 = new EC2Client({ region });
  const found = new Map<string, Owned>();
  for await (const page of paginateDescribeTags({ client: ec2 }, {})) {
    for (const tag of page.Tags ?? []) {
      if (owned([tag]))
        found.set(tag.ResourceId ?? "", {
          region,
          kind: `ec2 ${tag.ResourceType}`,
          id: tag.ResourceId ?? "",
        });
    }
  }
  // EC2 shows a terminated instance and its tags for an hour more; it is gone and costs nothing.
  const instances = [...found.values()].filter((one) => one.kind === "ec2 instance").map((one) => one.id);
  if (instances.length) {
    const { Reservations } = await ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: "instance-id", Values: instances }] }),
    );
    const live = (Reservations ?? [])
      .flatMap((one) => one.Instances ?? [])
      .filter((one) => one.State?.Name !== "terminated");
    for (const id of instances) if (!live.some((one) => one.InstanceId === id)) found.delete(id);
  }
  const groups: Owned[] = [];
  for await (const page of paginateDescribeAutoScalingGroups(
    { client: new AutoScalingClient({ region }) },
    {},
  )) {
    for (const group of page.AutoScalingGroups ?? []) {
      if (owned(group.Tags))
        groups.push({
          region,
          kind: "auto-scaling group",
          id: group.AutoScalingGroupARN ?? group.AutoScalingGroupName ?? "",
        });
    }
  }
  return [...found.values(), ...groups];
}
