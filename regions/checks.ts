import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import { ofKind } from "../config/member-kinds";
import { KeptChoices } from "./kept-choices";
import { checkQuotas } from "./quotas";
import { zonesOf } from "./zones";

/**
 * The zones of each member that this program makes, once AWS was asked for all that can be known beforehand: that the zones
 * offer the instance types, that quotas leave room, and that no member is to become what it cannot become in its place.
 *
 * @throws one error for each of these questions, naming everything that is wrong; nothing was made by then.
 */
export async function checkedZones(
  config: StackConfig,
  provider: aws.Provider,
  opts: pulumi.ComponentResourceOptions,
): Promise<Record<string, readonly string[]>> {
  const members = ofKind(config.members, "ec2");
  const zones = await zonesOf(members, { provider });
  await checkQuotas(config, zones, { provider });
  await new KeptChoices("choices", { members, zones }, opts).checked;
  return zones;
}
