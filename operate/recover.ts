/**
 * After an engine that was killed, and not stopped: takes what it was making into the stack's state.
 * `npm run recover -- --stack dev`, with the Pulumi CLI logged in to the stack's backend. Where nothing was cut off, nothing
 * is done.
 */
import { parseArgs } from "util";
import { takeUp } from "./recover/take-up";
import { stackNamed } from "./stack";

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stack: { type: "string" } } });
  if (!values.stack) throw new Error("which stack? npm run recover -- --stack dev");
  await takeUp(await stackNamed(values.stack), (line) => console.log(line));
  console.log("nothing is pending in the stack's state");
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
