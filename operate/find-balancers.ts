import {
  DescribeTagsCommand as ClassicTags,
  ElasticLoadBalancingClient,
  paginateDescribeLoadBalancers as classicPages,
} from "@aws-sdk/client-elastic-load-balancing";
import {
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Owned, Tags } from "./ownership";

/** AWS's limit on the resources whose tags one DescribeTags call returns. */
const TAGS_AT_ONCE = 20;

/** Classic and network load balancers, and target groups. */
export async function findBalancers(region: string, owned: (tags: Tags) => boolean): Promise<Owned[]> {
  const found: Owned[] = [];
  const classic = new ElasticLoadBalancingClient({ region });
  const names: string[] = [];
  for await (const page of classicPages({ client: classic }, {}))
    names.push(...(page.LoadBalancerDescriptions ?? []).map((one) => one.LoadBalancerName ?? ""));
  for (const some of chunks(names)) {
    const { TagDescriptions } = await classic.send(new ClassicTags({ LoadBalancerNames: some }));
    for (const one of TagDescriptions ?? [])
      if (owned(one.Tags))
        found.push({ region, kind: "classic load balancer", id: one.LoadBalancerName ?? "" });
  }
  const v2 = new ElasticLoadBalancingV2Client({ region });
  const arns: string[] = [];
  for await (const page of paginateDescribeLoadBalancers({ client: v2 }, {}))
    arns.push(...(page.LoadBalancers ?? []).map((one) => one.LoadBalancerArn ?? ""));
  for await (const page of paginateDescribeTargetGroups({ client: v2 }, {}))
    arns.push(...(page.TargetGroups ?? []).map((one) => one.TargetGroupArn ?? ""));
  for (const some of chunks(arns)) {
    const { TagDescriptions } = await v2.send(new DescribeTagsCommand({ ResourceArns: some }));
    for (const one of TagDescriptions ?? [])
      if (owned(one.Tags))
        found.push({
          region,
          kind: one.ResourceArn?.includes(":targetgroup/") ? "target group" : "load balancer",
          id: one.ResourceArn ?? "",
        });
  }
  return found;
}

function chunks(all: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(all.length / TAGS_AT_ONCE) }, (_, at) =>
    all.slice(at * TAGS_AT_ONCE, (at + 1) * TAGS_AT_ONCE),
  );
}
