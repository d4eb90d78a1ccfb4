import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Member } from "../../regions/member";
import { ownerOfStack } from "../withdrawal";

/** Arguments of {@link Forwarding}. */
export interface ForwardingArgs {
  readonly domain: string;
  /** `address:port` of the CoreDNS that keeps the domain. */
  readonly server: pulumi.Input<string>;
  readonly member: Pick<Member, "name" | "kubeconfig" | "ready">;
  /** Whether the member is gone for good: nobody there is asked or told anything. */
  readonly lost: boolean;
}

/**
 * Has a member's own CoreDNS send questions for the domain to the one that keeps it, so that its pods know the names: a block
 * behind those of its Corefile. When it goes the Corefile is as it was.
 *
 * A command, because the ConfigMap is the cluster's: as a resource of ours all of it would be, and go with the stack.
 */
export class Forwarding extends pulumi.ComponentResource {
  constructor(name: string, args: ForwardingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:dns:Forwarding", name, {}, opts);
    const { member, domain, server, lost } = args;
    const script = "node --no-warnings --import tsx dns/coredns/forward.ts";
    new command.local.Command(
      `${name}-corefile`,
      {
        create: `${script} tell`,
        delete: `${script} take`,
        environment: pulumi.secret({
          FORWARD_KUBECONFIG: member.kubeconfig,
          FORWARD_MEMBER: member.name,
          FORWARD_DOMAIN: domain,
          FORWARD_SERVER: server,
          FORWARD_OWNER: ownerOfStack(),
          FORWARD_LOST: String(lost),
        }),
      },
      { parent: this, dependsOn: member.ready },
    );
    this.registerOutputs({});
  }
}
