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
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed and why, once more for the end of the run: the start of a long log is seldom at hand. */
  readonly failures: readonly string[];
}

/** What fits into every run; the others are `npm run e2e -- <suite>`. */
const E2E_SUITES = ["e2e/box.test", "e2e/federation.test"];

const root = path.resolve(__dirname, "..");

/** Each failed test with its suite and its error; a suite that could not run with what it said. */
function failuresOf(result: JestResult): string[] {
  return result.testResults.flatMap((suite) => {
    const name = path.relative(root, suite.name);
    const tests = suite.assertionResults.filter((test) => test.status === "failed");
    if (tests.length === 0) return suite.status === "failed" ? [`${name}\n${suite.message}`] : [];
    return tests.map(
      (test) => `${name}: ${test.fullName}\n${test.failureMessages.join("\n").slice(0, 2000)}`,
    );
  });
}

/** Runs jest on one of the two configurations; a suite that could not even run counts as one failed test. */
function jest(config: string, extra: readonly string[]): Outcome {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "jest-"));
  const output = path.join(dir, "result.json");
  const args = [
    path.join(root, "node_modules/jest/bin/jest.js"),
    "--config",
    config,
    "--json",
    "--outputFile",
    output,
    ...extra,
  ];
  const run = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  try {
    if (!fs.existsSync(output))
      return { passed: 0, failed: 1, skipped: 0, failures: [`jest ended without results for ${config}`] };
    const result = JSON.parse(fs.readFileSync(output, "utf8")) as JestResult;
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    // Jest can fail without a failed test (an unhandled error after the last one): that is a failure too.
    const aloud =
      failed > 0 || run.status === 0
        ? []
        : [`jest ended with status ${run.status ?? run.signal} for ${config}`];
    return {
      passed: result.numPassedTests,
      failed: failed + aloud.length,
      skipped: result.numPendingTests,
      failures: [...failuresOf(result), ...aloud],
    };
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const only = process.argv.find((one) => one === "--unit" || one === "--e2e");
  await prepare((line) => console.log(line), { optional: ["go-actionlint"] });
  const results: Outcome[] = [];
  const types = spawnSync(
    process.execPath,
    [path.join(root, "node_modules/typescript/bin/tsc"), "--noEmit"],
    { cwd: root, stdio: "inherit" },
  );
  const typed = types.status === 0;
  results.push({
    passed: typed ? 1 : 0,
    failed: typed ? 0 : 1,
    skipped: 0,
    failures: typed ? [] : ["the types do not fit"],
  });
  if (only !== "--e2e") results.push(jest("jest.config.js", ["--maxWorkers=2"]));
  if (only !== "--unit") results.push(jest("test/e2e/jest.config.js", ["--runInBand", ...E2E_SUITES]));
  const sum = (key: "passed" | "failed" | "skipped") => results.reduce((total, one) => total + one[key], 0);
  for (const failure of results.flatMap((one) => one.failures)) console.log(`FAILED ${failure}\n`);
  console.log(
    `${sum("passed")} passed, ${sum("failed")} failed${sum("skipped") ? `, ${sum("skipped")} skipped` : ""}`,
  );
  process.exitCode = sum("failed") ? 1 : 0;
}

main().catch((error: Error) => {
  console.error(error.message);
  console.log("0 passed, 1 failed");
  process.exit(1);
});
