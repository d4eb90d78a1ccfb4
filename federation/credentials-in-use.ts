import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Member } from "../regions/member";
import type { MemberAccess } from "./member-access";
import { shortHash } from "./short-hash";

/** What a member's credentials are in use by. */
export interface CredentialsInUseArgs {
  readonly member: Member;
  readonly access: MemberAccess;
  /** The host's, where Karmada's controllers run. Secret. @default nobody knows where: only a word is said of what to do there */
  readonly hostKubeconfig?: pulumi.Output<string>;
  /** The member's registration, with all that it needs. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Has Karmada take up credentials that changed. A member that joins is taken up anyway: its first ones are only noted, so that
 * no join disturbs the others.
 *
 * It depends on the control plane; a mark on the controllers' own Deployment would have the control plane depend on its members.
 */
export function credentialsInUse(
  name: string,
  { member, access, hostKubeconfig, after }: CredentialsInUseArgs,
  opts: pulumi.CustomResourceOptions,
): local.Command {
  return new local.Command(
    name,
    {
      create: 'echo "$CREDENTIALS_MARK"',
      update: "node --no-warnings --import tsx federation/take-credentials.ts",
      environment: pulumi.secret({
        CREDENTIALS_MARK: markOf([member.endpoint, member.caCertificate, access.token]),
        CREDENTIALS_MEMBER: member.name,
        ...(hostKubeconfig && { HOST_KUBECONFIG: hostKubeconfig }),
      }),
      logging: "stderr",
    },
    { ...opts, dependsOn: [...after] },
  );
}

/** Changes when any of the texts does. */
function markOf(texts: readonly pulumi.Output<string>[]): pulumi.Output<string> {
  return pulumi.all([...texts]).apply((all) => shortHash(all, 16));
}
