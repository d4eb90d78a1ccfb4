import * as aws from "@pulumi/aws";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { StackConfig } from "../config";
import { ofKind } from "../config/member-kinds";
import { coreDnsOf } from "../config/zone-schema";
import { STACK_TAG, stackTagValue } from "../operate/ownership";

/** Where Route 53 is asked by a stack without a member of ours: it is the same everywhere. */
const GLOBAL = "us-east-1";

/**
 * Explicit providers only. One of AWS for all regions, since every regional resource says its own; none for a stack that
 * makes no cluster there and keeps no name there, so that it needs no account.
 */
export function providersOf({ members, host, zone }: Pick<StackConfig, "members" | "host" | "zone">) {
  const own = ofKind(members, "ec2");
  const tags = { [STACK_TAG]: stackTagValue(pulumi.getStack()) };
  const used = Object.keys(own).length > 0 || !coreDnsOf(zone);
  const region = (own[host] ?? Object.values(own)[0])?.region ?? GLOBAL;
  const provider = used
    ? new aws.Provider("aws", { region: region as aws.Region, defaultTags: { tags } })
    : undefined;
  const others = [new command.Provider("command"), new tls.Provider("tls")];
  return { aws: provider, opts: { providers: provider ? [provider, ...others] : others } };
}
