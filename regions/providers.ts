import * as aws from "@pulumi/aws";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { StackConfig } from "../config";
import { awsRegionOf, ofKind } from "../config/member-kinds";
import { coreDnsOf } from "../config/zone-schema";
import { STACK_TAG, stackTagValue } from "../operate/ownership";

/**
 * Explicit providers only. One of AWS for all regions, since every regional resource says its own; none for a stack that
 * makes no cluster there and keeps no name there, so that it needs no account.
 */
export function providersOf(config: StackConfig) {
  const tags = { [STACK_TAG]: stackTagValue(pulumi.getStack()) };
  const used = Object.keys(ofKind(config.members, "ec2")).length > 0 || !coreDnsOf(config.zone);
  const region = awsRegionOf(config);
  const provider = used
    ? new aws.Provider("aws", { region: region as aws.Region, defaultTags: { tags } })
    : undefined;
  const others = [new command.Provider("command"), new tls.Provider("tls")];
  return { aws: provider, opts: { providers: provider ? [provider, ...others] : others } };
}
