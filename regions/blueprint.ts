import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { packed } from "./user-data";

/** Canonical's public parameter that holds the newest image of Ubuntu 24.04 in a region. */
const ubuntu = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";

/** What an instance is made from. */
export interface Blueprint {
  readonly ami: pulumi.Output<string>;
  /** Compressed and in base64. */
  readonly userData: pulumi.Output<string>;
}

export interface BlueprintArgs {
  readonly region: string;
  /** Image id; the newest Ubuntu 24.04 unless given. */
  readonly image?: string;
  /** The script itself: what a preview shows. */
  readonly userData: pulumi.Input<string>;
  /** Another number takes the newest image and user data. */
  readonly rollout: number;
}

/**
 * Image and user data, frozen at what they were when `rollout` last changed.
 *
 * A new image in a region or a new line in a script must not rebuild every node of every member at the next `up`.
 * Ignoring the change on the instance instead would build the *old* node when one has to be rebuilt.
 */
export function frozenBlueprint(
  name: string,
  args: BlueprintArgs,
  opts: pulumi.CustomResourceOptions,
): Blueprint {
  const ami = args.image ?? newestUbuntu(args.region, opts.parent);
  const stash = new pulumi.Stash(
    name,
    { input: { ami, userData: args.userData, packed: pulumi.output(args.userData).apply(packed) } },
    { ...opts, replacementTrigger: args.rollout },
  );
  const frozen = stash.output as pulumi.Output<{ ami: string; packed: string }>;
  return { ami: frozen.ami, userData: frozen.packed };
}

function newestUbuntu(region: string, parent: pulumi.Resource | undefined): pulumi.Output<string> {
  return aws.ssm.getParameterOutput({ name: ubuntu, region }, { parent }).insecureValue;
}
