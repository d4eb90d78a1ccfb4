// Run by the drain of a cluster when it is deleted, with plain Node: `pulumi destroy` runs no program. See drain.ts.
import {
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import * as classic from "@aws-sdk/client-elastic-load-balancing";
import * as v2 from "@aws-sdk/client-elastic-load-balancing-v2";
import { apiOf } from "./cluster-api.mjs";

const pause = 3000;

/** All pages of an AWS list: `call(token)` answers `{ items, next }`. */
async function all(call) {
  const items = [];
  let token;
  do {
    const page = await call(token);
    items.push(...(page.items ?? []));
    token = page.next || undefined;
  } while (token);
  return items;
}

/** Those of `items` that carry the tag; AWS tells tags of twenty at a time. */
async function tagged(items, key, describe) {
  const found = [];
  for (let i = 0; i < items.length; i += 20) {
    const chunk = items.slice(i, i + 20);
    const tags = await describe(chunk);
    found.push(...chunk.filter((item) => tags.get(item)?.some(({ Key }) => Key === key)));
  }
  return found;
}

async function loadBalancers({ region, tag }) {
  const elb = new classic.ElasticLoadBalancingClient({ region });
  const names = await all(async (Marker) => {
    const page = await elb.send(new classic.DescribeLoadBalancersCommand({ Marker }));
    return {
      items: page.LoadBalancerDescriptions?.map(({ LoadBalancerName }) => LoadBalancerName),
      next: page.NextMarker,
    };
  });
  const ours = await tagged(names, tag, async (LoadBalancerNames) => {
    const { TagDescriptions = [] } = await elb.send(new classic.DescribeTagsCommand({ LoadBalancerNames }));
    return new Map(TagDescriptions.map(({ LoadBalancerName, Tags }) => [LoadBalancerName, Tags ?? []]));
  });
  return ours.map((name) => `arn:aws:elasticloadbalancing:${region}:*:loadbalancer/${name}`);
}

async function newerLoadBalancers({ region, tag }) {
  const client = new v2.ElasticLoadBalancingV2Client({ region });
  const balancers = await all(async (Marker) => {
    const page = await client.send(new v2.DescribeLoadBalancersCommand({ Marker }));
    return {
      items: page.LoadBalancers?.map(({ LoadBalancerArn }) => LoadBalancerArn),
      next: page.NextMarker,
    };
  });
  const groups = await all(async (Marker) => {
    const page = await client.send(new v2.DescribeTargetGroupsCommand({ Marker }));
    return { items: page.TargetGroups?.map(({ TargetGroupArn }) => TargetGroupArn), next: page.NextMarker };
  });
  return tagged([...balancers, ...groups], tag, async (ResourceArns) => {
    const { TagDescriptions = [] } = await client.send(new v2.DescribeTagsCommand({ ResourceArns }));
    return new Map(TagDescriptions.map(({ ResourceArn, Tags }) => [ResourceArn, Tags ?? []]));
  });
}

async function ec2Leftovers({ region, tag, vpc, nodesGroup, apiLoadBalancer }) {
  const ec2 = new EC2Client({ region });
  const byTag = [{ Name: "tag-key", Values: [tag] }];
  const groups = await all(async (NextToken) => {
    const page = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: byTag, NextToken }));
    return { items: page.SecurityGroups, next: page.NextToken };
  });
  const volumes = await all(async (NextToken) => {
    const page = await ec2.send(new DescribeVolumesCommand({ Filters: byTag, NextToken }));
    return { items: page.Volumes, next: page.NextToken };
  });
  // A load balancer's interfaces outlive it by minutes, and a subnet cannot go while it has one.
  const interfaces = await all(async (NextToken) => {
    const Filters = [{ Name: "vpc-id", Values: [vpc] }];
    const page = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters, NextToken }));
    return { items: page.NetworkInterfaces, next: page.NextToken };
  });
  const apiName = apiLoadBalancer.split(".")[0].split("-").slice(0, -1).join("-");
  const ofBalancers = interfaces.filter(
    ({ Description = "" }) =>
      Description.startsWith("ELB ") && !Description.startsWith(`ELB net/${apiName}/`),
  );
  const arn = (kind, id) => `arn:aws:ec2:${region}:*:${kind}/${id}`;
  return [
    ...groups
      .filter(({ GroupId }) => GroupId !== nodesGroup)
      .map(({ GroupId }) => arn("security-group", GroupId)),
    ...volumes.map(({ VolumeId }) => arn("volume", VolumeId)),
    ...ofBalancers.map(({ NetworkInterfaceId }) => arn("network-interface", NetworkInterfaceId)),
  ];
}

/** Deletes what Services of type LoadBalancer are left, such as those made by hand; names them. */
async function deleteServices(api) {
  const { items = [] } = await api("GET", "/api/v1/services");
  const left = items.filter(({ spec }) => spec.type === "LoadBalancer");
  for (const { metadata } of left.filter(({ metadata }) => !metadata.deletionTimestamp)) {
    await api("DELETE", `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}`);
  }
  return left.map(({ metadata }) => `Service ${metadata.namespace}/${metadata.name}`);
}

async function main(env) {
  const options = {
    region: env.DRAIN_REGION,
    tag: env.DRAIN_TAG,
    vpc: env.DRAIN_VPC,
    nodesGroup: env.DRAIN_NODES_GROUP,
    apiLoadBalancer: env.DRAIN_API_LOAD_BALANCER,
  };
  const api = apiOf(env.DRAIN_KUBECONFIG);
  const seconds = Number(env.DRAIN_SECONDS);
  const deadline = Date.now() + seconds * 1000;
  let said = "";
  for (;;) {
    // A cluster whose API is gone deletes nothing any more, but what its controllers made may be gone already.
    let trouble = "";
    const services = await deleteServices(api).catch((error) => {
      trouble = ` (its API: ${error.message})`;
      return [];
    });
    const lists = await Promise.all([
      loadBalancers(options),
      newerLoadBalancers(options),
      ec2Leftovers(options),
    ]);
    const left = [...services, ...lists.flat()];
    if (left.length === 0) return;
    const summary = `${env.DRAIN_MEMBER}: waiting for ${left.join(", ")}${trouble}`;
    if (summary !== said) console.log(summary);
    said = summary;
    if (Date.now() > deadline) {
      throw new Error(
        `${env.DRAIN_MEMBER}: not gone within ${seconds} s${trouble}:\n  ${left.join("\n  ")}\n` +
          "Look at the cloud controller's log, or delete them by hand, and destroy again.",
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

main(process.env).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
