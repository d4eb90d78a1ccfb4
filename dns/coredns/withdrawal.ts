import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Member } from "../../regions/member";
import type { AppName } from "../app-names";

/** Arguments of {@link VoiceWithdrawal}. */
export interface VoiceWithdrawalArgs {
  readonly app: string;
  readonly name: AppName;
  /** Where the voices are. */
  readonly host: Member;
  /** Seconds until nobody is told of a member whose voice is silent. @default the longest TTL of the name */
  readonly wait?: number;
}

/**
 * Silences the voices of members that are about to lose their replicas, and waits until nobody is told of them any more.
 * Pulumi deletes last, so by itself it would let them speak for pods that are gone.
 */
export class VoiceWithdrawal extends pulumi.ComponentResource {
  /** What moves replicas depends on this. */
  readonly done: pulumi.Resource;

  constructor(name: string, args: VoiceWithdrawalArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:dns:VoiceWithdrawal", name, {}, opts);
    const { app, host, wait } = args;
    const { replicas, ttl, hierarchy } = args.name;
    const keep = Object.keys(replicas).filter((member) => replicas[member] > 0);
    this.done = new command.local.Command(
      `${name}-voices`,
      {
        create: "node --no-warnings --import tsx dns/coredns/withdraw.ts",
        environment: pulumi.secret({
          HOST_KUBECONFIG: host.kubeconfig,
          WITHDRAW_APP: app,
          WITHDRAW_KEEP: keep.sort().join(","),
          WITHDRAW_TTL: String(wait ?? Math.max(ttl, hierarchy?.ttl ?? 0)),
        }),
      },
      { parent: this, dependsOn: host.ready },
    );
    this.registerOutputs({});
  }
}
