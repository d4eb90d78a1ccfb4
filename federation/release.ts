import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** What a member is released from. */
export interface ReleaseArgs {
  /** Its name. */
  readonly member: string;
  /** The federation's; secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Its registration, which is deleted after this has run. */
  readonly cluster: pulumi.Resource;
}

/**
 * Lets a member go whose apps are kept. Karmada takes its marks off every object that it leaves, and while it cannot reach the
 * member it tries for ever: the deletion of a lost member's registration would never end.
 *
 * A command, because that is what a plain `pulumi destroy` runs without the program.
 */
export function releaseOf(
  name: string,
  { member, kubeconfig, cluster }: ReleaseArgs,
  opts: pulumi.CustomResourceOptions,
): local.Command {
  return new local.Command(
    name,
    {
      delete: "node --no-warnings --import tsx federation/release-member.ts",
      environment: pulumi.secret({ RELEASE_MEMBER: member, RELEASE_FEDERATION: kubeconfig }),
    },
    { ...opts, dependsOn: cluster },
  );
}
