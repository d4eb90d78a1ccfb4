/** Write cloud-state.json anew: `npx tsx test/sandbox/recorded/record.ts` (see emulator.ts for the Python it needs). */
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { startEmulator } from "../emulator/emulator";
import { realistic } from "../emulator/realistic";

async function main(): Promise<void> {
  const emulator = await startEmulator();
  try {
    await realistic(emulator.clients("us-west-2"));
    const state = await emulator.get("/sandbox/state");
    writeFileSync(path.join(__dirname, "cloud-state.json"), JSON.stringify(state, null, 2) + "\n");
  } finally {
    await emulator.stop();
  }
}

void main();
