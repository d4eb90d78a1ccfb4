import { useMocks } from "../../mocks";
import { parseConfig } from "../../../config";

/** The policies that the program gives the nodes of a member. */
export interface NodePolicies {
  readonly controlPlane: object[];
  readonly worker: object[];
}

/**
 * Of each member, taken from a run of the program; its caller mocks what waits for real nodes. All in one region, so
 * that nothing but names keeps the members apart.
 */
export async function programPolicies(members: readonly string[]): Promise<Record<string, NodePolicies>> {
  const config = parseConfig({
    domain: "k8s.example.com",
    host: members[0],
    apiAccess: ["203.0.113.0/24"],
    members: Object.fromEntries(
      members.map((name, i) => [name, { region: "us-west-2", network: { slot: 20 + i } }]),
    ),
  });
  const found: Record<string, NodePolicies> = {};
  for (const member of members) {
    const rig = await useMocks();
    const { createMember } = await import("../../../regions/member");
    const [aws, tls, command] = [
      await import("@pulumi/aws"),
      await import("@pulumi/tls"),
      await import("@pulumi/command"),
    ];
    const providers = [new aws.Provider("aws"), new tls.Provider("tls"), new command.Provider("command")];
    createMember(member, config, { zones: ["us-west-2a"] }, { providers });
    await rig.settle();
    const statements = (name: string): object[] => {
      const text: string = rig.named(name).inputs.policy;
      // The mocks' ARNs have no region and no account.
      const real = text
        .replaceAll('"arn:parameter/', '"arn:aws:ssm:us-west-2:123456789012:parameter/')
        .replaceAll('"arn:Bucket/', '"arn:aws:s3:::');
      return JSON.parse(real).Statement;
    };
    found[member] = {
      controlPlane: statements(`${member}-control-plane-policy`),
      worker: statements(`${member}-workers-policy`),
    };
  }
  return found;
}
