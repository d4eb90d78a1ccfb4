import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ClusterNames, tagsOf } from "./names";

/** Name of the parameter that tells a member's nodes of its peers. */
export function peersParameterName(names: ClusterNames): string {
  return `${names.parameters}/peers`;
}

/**
 * The parameter that tells a member's nodes of its peers; they read it every minute. It is there without any peer, too,
 * so that peering comes and goes without a rollout.
 *
 * @param peers as `peersText` writes them; no secret, so shown in a preview.
 */
export function peersParameter(
  name: string,
  names: ClusterNames,
  peers: string,
  opts: pulumi.CustomResourceOptions,
): aws.ssm.Parameter {
  return new aws.ssm.Parameter(
    name,
    {
      region: names.region,
      name: peersParameterName(names),
      type: "String",
      insecureValue: peers,
      tags: tagsOf(names, "peers"),
    },
    opts,
  );
}
