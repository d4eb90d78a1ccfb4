import { open } from "../box/box";
import { prepare } from "../prepare";

/**
 * Prepares what is missing and opens this checkout's box; nothing to do when it is open.
 * @throws on any argument but `--previous-kubernetes`.
 */
export async function openAndTell(args: readonly string[]): Promise<void> {
  const log = (line: string) => console.log(line);
  const unknown = args.filter((arg) => arg !== "--previous-kubernetes");
  if (unknown.length > 0)
    throw new Error(`open does not know ${unknown.join(" ")}: it takes --previous-kubernetes`);
  await prepare(log, { optional: args.length > 0 });
  const began = Date.now();
  await open(log);
  console.log(`the box is open (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}
