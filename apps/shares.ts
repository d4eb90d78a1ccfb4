import { MemberPlacement, Plan, plan } from "./placement";

/** Whether a total is divided among the members, or every member runs the full count. */
export type Spread = "divided" | "duplicated";

/** How the replicas of an app's workload come to its members. */
export interface Sharing {
  readonly spread: Spread;
  /** Replicas of all members together where they are divided, of each where they are duplicated. */
  readonly replicas: number;
  readonly placement: Readonly<Record<string, MemberPlacement>>;
  /** Members that run a number of their own. */
  readonly own: Readonly<Record<string, number>>;
}

/**
 * Replicas by member. A member's own number is its min and max at once: in a divided app the others share out what it
 * leaves of the total, in a duplicated one it replaces the full count.
 * @throws PlanError when the total is outside of what the members may run.
 */
export function shares({ spread, replicas, placement, own }: Sharing): Plan {
  if (spread === "duplicated") {
    return Object.fromEntries(Object.keys(placement).map((member) => [member, own[member] ?? replicas]));
  }
  const rules = Object.entries(placement).map(([member, rule]): [string, MemberPlacement] => {
    const fixed = own[member];
    return [member, fixed === undefined ? rule : { ...rule, min: fixed, max: fixed }];
  });
  return plan(replicas, Object.fromEntries(rules));
}
