import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { cacheRoot } from "../../sandbox/prepare/cache";
import { plan } from "../../sandbox/prepare/step";
import { steps } from "../../sandbox/prepare/steps";

const folder = path.resolve(__dirname, "../../.github/workflows");
const files = readdirSync(folder).map((name) => path.join(folder, name));
const workflows = files.map((file) => ({ name: path.basename(file), ...parse(readFileSync(file, "utf8")) }));

function actionlint(): string | undefined {
  const file = path.join(
    plan(steps, cacheRoot()).find(({ name }) => name === "go-actionlint")!.path,
    "actionlint",
  );
  return existsSync(file) ? file : undefined;
}

const linter = actionlint();

const describeLinter = linter ? describe : describe.skip;

describeLinter(linter ? "actionlint" : "actionlint (skipped: npm test builds it)", () => {
  const lint = (...args: string[]) =>
    spawnSync(linter!, ["-no-color", "-shellcheck=", "-pyflakes=", ...args], { encoding: "utf8" });

  it("finds nothing in the workflows", () => {
    expect(lint(...files)).toMatchObject({ stdout: "", status: 0 });
  });

  it.each([
    ["a step's output that no step has", "${{ github.token }}", "${{ steps.none.outputs.token }}"],
    ["a permission that there is not", "pull-requests: write", "pull-request: write"],
    ["a key that GitHub would ignore", "timeout-minutes: 30", "timeout: 30"],
  ])("finds %s", (_, right, wrong) => {
    const dir = mkdtempSync(path.join(os.tmpdir(), "workflow-"));
    try {
      const text = readFileSync(path.join(folder, "preview.yml"), "utf8");
      expect(text).toContain(right);
      const broken = path.join(dir, "preview.yml");
      writeFileSync(broken, text.replace(right, wrong));
      expect(lint(broken).status).toBe(1);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

type Job = {
  permissions: Record<string, string>;
  steps: { uses?: string; with?: Record<string, string> }[];
  if: string;
};
const jobs = workflows.flatMap((workflow) => Object.values(workflow.jobs as Record<string, Job>));

test("every action is pinned to a commit, with the version that it is", () => {
  const lines = files
    .flatMap((file) => readFileSync(file, "utf8").split("\n"))
    .filter((line) => /uses:/.test(line));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("no job may do more than it has to, and none has keys of AWS that last", () => {
  for (const workflow of workflows) expect(workflow.permissions).toEqual({});
  const [preview, up] = ["preview", "up"].map((name) => workflows.find((one) => one.name === name)!.jobs);
  expect(preview.plan.permissions).toEqual({
    contents: "read",
    "pull-requests": "write",
    "id-token": "write",
  });
  expect(up.up.permissions).toEqual({ contents: "read", "id-token": "write" });
  expect(JSON.stringify(workflows)).not.toMatch(/aws[-_]secret[-_]access[-_]key/i);
});

test("a fork's pull request runs nothing, and `pull_request_target` is used nowhere", () => {
  for (const { name, on } of workflows) {
    expect(Object.keys(on)).toEqual([name === "up" ? "push" : "pull_request"]);
  }
  const preview = workflows.find(({ name }) => name === "preview")!;
  expect(preview.jobs.plan.if).toContain("head.repo.full_name == github.repository");
});

test("an up is never cut off, and two never run at once", () => {
  const up = workflows.find(({ name }) => name === "up")!;
  expect(up.concurrency).toEqual({ group: "up", "cancel-in-progress": false });
  expect(up.jobs.up.strategy["max-parallel"]).toBe(1);
});

test("the CLI has the version of the SDK", () => {
  const { version } = require("@pulumi/pulumi/package.json") as { version: string };
  const installed = jobs
    .flatMap((job) => job.steps)
    .filter(({ uses }) => uses?.startsWith("pulumi/actions@"));
  expect(installed.map((step) => step.with!["pulumi-version"])).toEqual([version, version]);
});

test("scripts that a workflow runs are there", () => {
  const { scripts } = JSON.parse(readFileSync(path.resolve(__dirname, "../../package.json"), "utf8"));
  const named = files.flatMap((file) => [
    ...readFileSync(file, "utf8").matchAll(/npm run (?:--\S+ )*(\w+)/g),
  ]);
  expect(named.map(([, name]) => name).filter((name) => !(name in scripts))).toEqual([]);
});
