import * as fs from "fs";
import * as path from "path";
import { control } from "../box/control";
import { place } from "../box/place";

/** Everything in the emulated account: `<region>/<service>/<kind>/<id>` → a summary. */
export type Account = Record<string, unknown>;

const beforeFile = (): string => path.join(place().dir, "account-before.json");

/** The whole account as it is now. */
export async function accountNow(): Promise<Account> {
  return control<Account>(place().socket, "GET", "/account");
}

/** Keeps the account's state from before the first `up` of this box, once. */
export async function recordAccount(): Promise<void> {
  if (!fs.existsSync(beforeFile())) fs.writeFileSync(beforeFile(), JSON.stringify(await accountNow()));
}

/** What the account holds now and did not hold before the first `up`, and the reverse. */
export async function accountDiff(): Promise<{ left: string[]; gone: string[] }> {
  const before = fs.existsSync(beforeFile()) ? (JSON.parse(fs.readFileSync(beforeFile(), "utf8")) as Account) : {};
  return difference(before, await accountNow());
}

/** Keys of `now` that `before` lacks or holds with another summary, and keys that only `before` has. */
export function difference(before: Account, now: Account): { left: string[]; gone: string[] } {
  const same = (key: string) => key in before && JSON.stringify(before[key]) === JSON.stringify(now[key]);
  return {
    left: Object.keys(now).filter((key) => !same(key)).sort(),
    gone: Object.keys(before).filter((key) => !(key in now)).sort(),
  };
}
