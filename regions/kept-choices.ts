import * as pulumi from "@pulumi/pulumi";
import { ConfigError, type Ec2MemberConfig } from "../config";
import type { Fault } from "../config/faults";
import { Choices, changesOf, choicesOf } from "./choices";

export interface KeptChoicesArgs {
  readonly members: Readonly<Record<string, Ec2MemberConfig>>;
  /** Zones of each member. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
}

/**
 * Keeps, for each slot of each member, the choices that it was made with, and refuses a config that makes others: the
 * engine would replace network and nodes one by one, under a cluster that knows their addresses by heart, and take the
 * objects of the old cluster for the new one's.
 *
 * In the state, not in the account: a member that was moved to another region cannot be looked for in the new one.
 */
export class KeptChoices extends pulumi.ComponentResource {
  /** Rejects with a `ConfigError` that names all changes; await it before anything else is made. */
  readonly checked: Promise<void>;

  constructor(name: string, args: KeptChoicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:KeptChoices", name, {}, opts);
    const compared = Object.entries(args.members).flatMap(([member, config]) =>
      choicesOf(config, args.zones[member]).map(async (now, index) => {
        const stash = new pulumi.Stash(
          `${name}-${member}-${index}`,
          { input: now },
          // A cluster that is made anew makes its choices anew.
          { parent: this, replacementTrigger: config.generation },
        );
        const was = await keptIn(stash);
        return was ? changesOf(member, was, now) : [];
      }),
    );
    this.checked = Promise.all(compared).then((faults) => refuse(faults.flat()));
    this.registerOutputs({});
  }
}

/** What a Stash keeps; undefined where this run does not tell, as one that is limited to other resources. */
function keptIn(stash: pulumi.Stash): Promise<Choices | undefined> {
  return new Promise((resolve) => {
    stash.output.apply((kept) => resolve(kept as Choices));
    // Both come by the same answer.
    stash.urn.apply(() => setTimeout(() => resolve(undefined), 100));
  });
}

function refuse(faults: readonly Fault[]): void {
  // Slots of one member tell the same of what is not theirs alone.
  const distinct = new Map(faults.map((fault) => [fault.path, fault]));
  if (distinct.size > 0) throw new ConfigError([...distinct.values()]);
}
