import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import { ofKind, present } from "../config/member-kinds";
import { KeptChoices } from "./kept-choices";
import { checkQuotas } from "./quotas";
import { zonesOf } from "./zones";

/**
 * The zones of each member that this program makes, once AWS was asked for all that can be known beforehand: that the zones
 * offer the instance types, that quotas leave room, and that no member is to become what it cannot become in its place. Of lost
 * members nobody is asked.
 *
 * @param provider undefined where no member is made by this program.
 * @throws one error for each of these questions, naming everything that is wrong; nothing was made by then.
 */
export async function checkedZones(
  config: StackConfig,
  provider: aws.Provider | undefined,
  opts: pulumi.ComponentResourceOptions,
): Promise<Record<string, readonly string[]>> {
  const there = { ...config, members: present(config.members) };
  const zones = await zonesOf(ofKind(there.members, "ec2"), { provider });
  await checkQuotas(there, zones, { provider });
  return new KeptChoices("choices", { members: ofKind(config.members, "ec2"), zones }, opts).checked;
}
