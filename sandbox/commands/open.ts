import { open } from "../box/box";
import { prepare } from "../prepare";

/** Prepares what is missing and opens this checkout's box; nothing to do when it is open. */
export async function openAndTell(): Promise<void> {
  const log = (line: string) => console.log(line);
  await prepare(log);
  const began = Date.now();
  await open(log);
  console.log(`the box is open (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}
