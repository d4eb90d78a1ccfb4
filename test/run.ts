/**
 * The whole test run: prepares what the tests need, runs the unit tests and then the end-to-end run in the sandbox.
 * `npm test -- --unit` or `--e2e` runs one of the two. The last line is `N passed, N failed`.
 */
import { spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { prepare } from "../sandbox/prepare";

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** What fits into every run; the others are `npm run e2e -- <suite>`. */
const E2E_SUITES = ["e2e/box.test", "e2e/federation.test"];

const root = path.resolve(__dirname, "..");

/** Runs jest on one of the two configurations; a suite that could not even run counts as one failed test. */
function jest(config: string, extra: readonly string[]): { passed: number; failed: number; skipped: number } {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "jest-"));
  const output = path.join(dir, "result.json");
  const args = [path.join(root, "node_modules/jest/bin/jest.js"), "--config", config, "--json", "--outputFile", output, ...extra];
  const run = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  try {
    if (!fs.existsSync(output)) return { passed: 0, failed: 1, skipped: 0 };
    const result = JSON.parse(fs.readFileSync(output, "utf8")) as JestResult;
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    // Jest can fail without a failed test (an unhandled error after the last one): that is a failure too.
    return { passed: result.numPassedTests, failed: failed || (run.status ? 1 : 0), skipped: result.numPendingTests };
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const only = process.argv.find((one) => one === "--unit" || one === "--e2e");
  await prepare((line) => console.log(line));
  const results: { passed: number; failed: number; skipped: number }[] = [];
  const types = spawnSync(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "--noEmit"], { cwd: root, stdio: "inherit" });
  results.push({ passed: types.status === 0 ? 1 : 0, failed: types.status === 0 ? 0 : 1, skipped: 0 });
  if (only !== "--e2e") results.push(jest("jest.config.js", ["--maxWorkers=2"]));
  if (only !== "--unit") results.push(jest("test/e2e/jest.config.js", ["--runInBand", ...E2E_SUITES]));
  const sum = (key: "passed" | "failed" | "skipped") => results.reduce((total, one) => total + one[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed${sum("skipped") ? `, ${sum("skipped")} skipped` : ""}`);
  process.exitCode = sum("failed") ? 1 : 0;
}

main().catch((error: Error) => {
  console.error(error.message);
  console.log("0 passed, 1 failed");
  process.exit(1);
});
