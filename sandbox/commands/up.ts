import { runEngine } from "./in-box";
import { recordAccount } from "./account";

/** Previews, then updates the stack in the open box. */
export async function up(args: readonly string[]): Promise<void> {
  await recordAccount();
  await preview(args);
  const result = await runEngine("up", args);
  console.log(`up: ${counts(result.changes)} in ${result.seconds.toFixed(1)} s`);
}

/** Shows what an `up` would change. */
export async function preview(args: readonly string[]): Promise<void> {
  const result = await runEngine("preview", args);
  console.log(`preview: ${counts(result.changes)} in ${result.seconds.toFixed(1)} s`);
}

/** `12 create, 3 same` of the engine's counts. */
export function counts(changes: Record<string, number>): string {
  const parts = Object.entries(changes).map(([kind, count]) => `${count} ${kind}`);
  return parts.length ? parts.join(", ") : "no changes";
}
