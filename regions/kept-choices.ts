import * as pulumi from "@pulumi/pulumi";
import { ConfigError, type Ec2MemberConfig } from "../config";
import type { Fault } from "../config/faults";
import { present } from "../config/member-kinds";
import { Choices, changesOf, choicesOf } from "./choices";

export interface KeptChoicesArgs {
  /** Lost ones among them. */
  readonly members: Readonly<Record<string, Ec2MemberConfig>>;
  /** Zones of each member that is not lost. */
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
  /**
   * Zones of each member: of a lost one, whose region cannot be asked, those that it was made with. Rejects with a
   * `ConfigError` that names all changes; await it before anything else is made.
   */
  readonly checked: Promise<Record<string, readonly string[]>>;

  constructor(name: string, args: KeptChoicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:KeptChoices", name, {}, opts);
    const compared = Object.entries(present(args.members)).flatMap(([member, config]) =>
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
    const lost = Object.entries(args.members)
      .filter(([, config]) => config.lost)
      .map(async ([member, config]) => [member, await this.zonesKept(name, member, config)] as const);
    this.checked = Promise.all(compared).then(async (faults) => {
      const zones = await Promise.all(lost);
      const unknown = zones.flatMap(([member, kept]) => (kept ? [] : [neverMade(member)]));
      refuse([...faults.flat(), ...unknown]);
      return { ...args.zones, ...(Object.fromEntries(zones) as Record<string, readonly string[]>) };
    });
    this.registerOutputs({});
  }

  /** The zones that a lost member was made with: the most that any of its slots knows, since zones may have been added. */
  private async zonesKept(name: string, member: string, config: Ec2MemberConfig) {
    const slots = [...Array(config.controlPlane.nodes).keys()].map((index) =>
      keptIn(
        new pulumi.Stash(
          `${name}-${member}-${index}`,
          { input: { lost: true } },
          { parent: this, replacementTrigger: config.generation, ignoreChanges: ["*"] },
        ),
      ),
    );
    const known = (await Promise.all(slots)).flatMap((kept) => (kept?.zones ? [kept.zones] : []));
    return [...known, config.zones ?? []]
      .sort((a, b) => b.length - a.length)
      .find((zones) => zones.length > 0);
  }
}

function neverMade(member: string): Fault {
  const remedy =
    "nothing tells in which zones it was made: if it never was, take it out of the config; else name members." +
    `${member}.zones as they were`;
  return { path: `members.${member}.lost`, value: true, remedy };
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
