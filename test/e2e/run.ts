/** `npm run e2e -- <suite>…`: end-to-end suites by their names, from a fresh clone on; more arguments go to jest. */
import { spawnSync } from "child_process";
import * as fs from "fs";
import * as path from "path";

const root = path.resolve(__dirname, "../..");
const args = process.argv.slice(2);
const suites = fs
  .readdirSync(__dirname)
  .flatMap((file) => /^(.+)\.test\.ts$/.exec(file)?.[1] ?? [])
  .sort();
const unknown = args.filter((arg) => !arg.startsWith("-") && !suites.includes(arg));

if (args.length === 0 || unknown.length > 0) {
  const what = unknown.length > 0 ? `There is no suite ${unknown.join(", ")}.` : "Name the suites to run.";
  console.error(`${what} npm run e2e -- SUITE…: ${suites.join(", ")}`);
  process.exit(2);
}
// The whole name, or `credentials` would run another suite whose name ends with it.
const chosen = args.map((arg) => (arg.startsWith("-") ? arg : `/e2e/${arg}\\.test\\.ts$`));
const jest = [
  path.join(root, "node_modules/jest/bin/jest.js"),
  "--config",
  "test/e2e/jest.config.js",
  "--runInBand",
  ...chosen,
];
process.exit(spawnSync(process.execPath, jest, { cwd: root, stdio: "inherit" }).status ?? 1);
