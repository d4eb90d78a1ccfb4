/** The Go programs that some tests need; undefined where nothing was prepared, and the test says that it is skipped. */

import * as fs from "node:fs";
import * as path from "node:path";
import { prepared } from "../../../sandbox/prepare";

export function binaries(...names: string[]): Record<string, string> | undefined {
  const dir = folder();
  if (!dir) return undefined;
  const found = Object.fromEntries(names.map((name) => [name, path.join(dir, name)]));
  return Object.values(found).every((file) => fs.existsSync(file)) ? found : undefined;
}

function folder(): string | undefined {
  if (process.env.FEDERATION_TEST_BIN) return process.env.FEDERATION_TEST_BIN;
  try {
    return prepared().bin;
  } catch {
    return undefined; // nothing prepared: `npm start` was never run here
  }
}

/** `describe`, or a skipped one with the reason in its title. */
export function describeWith(needed: unknown, title: string, body: () => void): void {
  if (needed) describe(title, body);
  else describe.skip(`${title} (skipped: run npm start once, which builds what this needs)`, body);
}
