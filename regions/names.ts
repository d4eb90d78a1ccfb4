import * as pulumi from "@pulumi/pulumi";

/** The names and tags that a cluster's resources share. All plain values, so preview shows them. */
export interface ClusterNames {
  /** Member's name, prefix of its resources' names. */
  readonly member: string;
  readonly region: string;
  /** Name under which the cloud controller knows the cluster: `<project>-<stack>-<member>`. */
  readonly cluster: string;
  /** Key of the tag by which the cloud controller knows what is the cluster's. */
  readonly clusterTag: string;
  /** Where the cluster's secrets are kept: `/<project>/<stack>/<member>`. */
  readonly parameters: string;
  /** Name of the API inside the cluster's network. */
  readonly apiName: string;
}

/** Names of one member's cluster in this stack. */
export function namesOf(member: string, region: string): ClusterNames {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const cluster = `${project}-${stack}-${member}`;
  return {
    member,
    region,
    cluster,
    clusterTag: `kubernetes.io/cluster/${cluster}`,
    parameters: `/${project}/${stack}/${member}`,
    apiName: `api.${member}.internal`,
  };
}

/**
 * The name that AWS gives an instance for its private address, and so the name of its node: known before the instance is,
 * and the same for the next one at this address. For the resolver of VPCs as they come, with no DHCP options of their own
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html).
 */
export function nodeNameOf(region: string, privateIp: string): string {
  const zone = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
  return `ip-${privateIp.replaceAll(".", "-")}.${zone}`;
}

/** Tags of a resource: a name for the console, and what the audit finds this stack's resources by. */
export function tagsOf(
  names: ClusterNames,
  name: string,
  more: Record<string, string> = {},
): Record<string, string> {
  return {
    Name: `${names.cluster}-${name}`,
    "federation/stack": `${pulumi.getProject()}/${pulumi.getStack()}`,
    "federation/member": names.member,
    ...more,
  };
}
