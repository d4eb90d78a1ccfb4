import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { RecordTable } from "./table";
import type { Zone } from "./zone";

/** Arguments of {@link Withdrawal}. */
export interface WithdrawalArgs {
  readonly zone: Zone;
  /** The records that stay or come. */
  readonly table: RecordTable;
  /** Seconds until nobody is told of a record that is gone. @default the longest TTL of the table */
  readonly wait?: number;
  /** How the script finds its way to AWS, such as AWS_PROFILE; secret. @default the engine's own environment */
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Whose the records are: `<project>/<stack>`. */
export function ownerOfStack(): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}`;
}

/**
 * Takes away the records of members that are about to lose their replicas, and waits until nobody is told of them any
 * more. Pulumi deletes last, so by itself it would let the records answer for pods that are gone. It also refuses,
 * before anything is touched, a name that is somebody else's.
 */
export class Withdrawal extends pulumi.ComponentResource {
  /** What moves replicas depends on this. */
  readonly done: pulumi.Resource;

  constructor(name: string, args: WithdrawalArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:dns:Withdrawal", name, {}, opts);
    const { table } = args;
    const [, ...further] = table.names;
    this.done = new command.local.Command(
      `${name}-records`,
      {
        // Relative, so that a checkout elsewhere is no change. No `triggers`: they would replace instead of run.
        create: "node --no-warnings --import tsx dns/withdraw.ts",
        environment: pulumi.secret({
          ...args.environment,
          WITHDRAW_ZONE: args.zone.zoneId,
          WITHDRAW_NAME: table.fullName,
          WITHDRAW_TYPE: table.type,
          WITHDRAW_KEEP: table.keep.join(","),
          WITHDRAW_OWNER: ownerOfStack(),
          WITHDRAW_TTL: String(args.wait ?? table.ttl),
          ...(table.prefix
            ? { WITHDRAW_FURTHER: further.join(","), WITHDRAW_PREFIX: table.prefix }
            : undefined),
        }),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
