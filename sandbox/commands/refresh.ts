import { runEngine } from "./in-box";
import { counts } from "./up";

/** Takes into the stack's state what AWS and the clusters have; with targets, of those resources only. */
export async function refresh(args: readonly string[]): Promise<void> {
  const result = await runEngine("refresh", args);
  console.log(`refresh: ${counts(result.changes)} in ${result.seconds.toFixed(1)} s`);
}
