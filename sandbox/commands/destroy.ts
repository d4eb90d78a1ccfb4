import { audit } from "./audit";
import { runEngine } from "./in-box";
import { counts } from "./up";

/** Destroys the stack and proves that the account is as it was before the first `up`; the box stays open. */
export async function destroy(): Promise<void> {
  const result = await runEngine("destroy");
  console.log(`destroy: ${counts(result.changes)} in ${result.seconds.toFixed(1)} s`);
  await audit();
}
