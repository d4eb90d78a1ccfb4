import { close, openBox } from "../box/box";
import { destroy } from "./destroy";

/** Destroys the stack, proves that the account is empty and closes the box; `--force` closes it whatever it holds. */
export async function down(args: readonly string[]): Promise<void> {
  if (openBox() && !args.includes("--force")) {
    try {
      await destroy();
    } catch (error) {
      throw new Error(`${(error as Error).message}\nThe box stays open to look into (npm run sandbox -- shell); close it as it is with: npm run sandbox -- down --force`);
    }
  }
  await close((line) => console.log(line));
  console.log("the box is closed; nothing of it is left on this machine but the cache");
}
