import { open } from "../box/box";
import { prepare } from "../prepare";
import { status } from "./status";
import { up } from "./up";

/** Prepares what is missing, opens the box, brings the stack up and shows what runs. Can be interrupted and run again. */
export async function start(args: readonly string[]): Promise<void> {
  const began = Date.now();
  const log = (line: string) => console.log(line);
  await prepare(log);
  const prepared = Date.now();
  await open(log);
  console.log(`the box is open (${((Date.now() - prepared) / 1000).toFixed(1)} s)`);
  await up(args);
  await status();
  console.log(`\nready after ${((Date.now() - began) / 1000).toFixed(0)} s. Look around: npm run sandbox -- help. End it: npm run sandbox -- down`);
}
