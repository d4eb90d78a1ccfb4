import * as path from "path";
import { checkout } from "../box/place";
import { STACK } from "../engine/workspace";
import { accountDiff } from "./account";
import { runInBox } from "./in-box";

/** Runs the program's own audit in the box and holds it against the whole account's difference; throws unless both are empty. */
export async function audit(): Promise<void> {
  const script = path.join(checkout, "operate/audit.ts");
  const answer = await runInBox([process.execPath, "--import", "tsx", script, "--stack", STACK]);
  const { left, gone } = await accountDiff();
  for (const key of left) console.log(`the account holds: ${key}`);
  for (const key of gone) console.log(`the account lacks what it had before the first up: ${key}`);
  console.log(`account: ${left.length + gone.length} differences to its state before the first up`);
  if (answer.code !== 0 || left.length || gone.length) throw new Error("The account is not as it was before the first up.");
}
