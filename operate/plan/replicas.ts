import { describePlan, Plan } from "../../apps/placement";
import { nameOf } from "./changes";

/** A step of the engine, or a change: what is the same in both. */
interface Planned {
  readonly urn: string;
  readonly type: string;
}

interface Inputs {
  readonly inputs?: Readonly<Record<string, any>>;
}

const counts = (state: Inputs | null | undefined): Plan => state?.inputs?.input ?? {};

/**
 * How a resource says that an app's replicas move: `nginx: us-west 2→5, us-east 0→2`. apps/app.ts keeps each app's plan in a
 * Stash for this.
 *
 * @returns undefined for a resource that is no plan.
 */
export function replicaPlan(
  { urn, type }: Planned,
  before: Inputs | null | undefined,
  after: Inputs | null | undefined,
): string | undefined {
  if (type !== "pulumi:index:Stash" || !urn.endsWith("-plan")) return undefined;
  return describePlan(nameOf(urn).replace(/-plan$/, ""), counts(before), counts(after));
}
