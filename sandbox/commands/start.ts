import { openAndTell } from "./open";
import { status } from "./status";
import { up } from "./up";

/** Prepares what is missing, opens the box, brings the stack up and shows what runs. Can be interrupted and run again. */
export async function start(args: readonly string[]): Promise<void> {
  const began = Date.now();
  await openAndTell([]);
  await up(args);
  await status();
  console.log(`\nready after ${((Date.now() - began) / 1000).toFixed(0)} s. More: npm run sandbox. End it: npm run sandbox -- down`);
}
