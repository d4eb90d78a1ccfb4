import { close, openBox } from "../box/box";
import { audit } from "./audit";
import { runEngine } from "./in-box";
import { counts } from "./up";

/** Destroys the stack, proves that the account is empty and closes the box; `--force` closes it whatever it holds. */
export async function down(args: readonly string[]): Promise<void> {
  const log = (line: string) => console.log(line);
  if (openBox() && !args.includes("--force")) {
    try {
      const result = await runEngine("destroy");
      console.log(`destroy: ${counts(result.changes)} in ${result.seconds.toFixed(1)} s`);
      await audit();
    } catch (error) {
      throw new Error(`${(error as Error).message}\nThe box stays open to look into (npm run sandbox -- shell); close it as it is with: npm run sandbox -- down --force`);
    }
  }
  await close(log);
  console.log("the box is closed; nothing of it is left on this machine but the cache");
}
