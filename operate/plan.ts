/**
 * Prints what an `up` of a stack would do as Markdown: `npm run plan -- --stack dev`. `--comment NUMBER` writes it into the
 * stack's comment at that pull request, too (GITHUB_TOKEN and GITHUB_REPOSITORY as in a workflow). `--events FILE` takes a
 * preview's events from a file (`pulumi preview --event-log FILE`) instead of running one; `--refresh` has it look at what is
 * there before, so that what somebody changed past the program shows, too. Exit code 1 when the preview failed.
 */
import { readFileSync } from "fs";
import { parseArgs } from "util";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { comment } from "./plan/comment";
import { Preview, readPreview } from "./plan/changes";
import { planMarkdown } from "./plan/markdown";
import { stackNamed } from "./stack";

const USAGE = "npm run plan -- --stack dev [--comment NUMBER] [--refresh | --events FILE]";

/** Runs a preview of the stack with the Pulumi CLI of the PATH and keeps its events; changes nothing. */
async function previewOf(stackName: string, refresh: boolean): Promise<Preview> {
  const events: EngineEvent[] = [];
  const stack = await stackNamed(stackName);
  let failure: Error | undefined;
  await stack
    .preview({ onEvent: (event) => void events.push(event), refresh, color: "never", suppressOutputs: true })
    .catch((error: Error) => void (failure = error));
  const preview = readPreview(events);
  // Before the engine had a word (no such stack, no login) only the CLI says what is wrong.
  if (failure && preview.errors.length === 0) return { ...preview, errors: [failure.message] };
  return preview;
}

/** A recorded preview: a file with an event a line. */
export function recordedPreview(file: string): Preview {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return readPreview(lines.map((line) => JSON.parse(line) as EngineEvent));
}

function needed(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`--comment needs ${variable}, as GitHub gives it to a workflow`);
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stack: { type: "string" },
      comment: { type: "string" },
      events: { type: "string" },
      refresh: { type: "boolean", default: false },
    },
  });
  const { stack } = values;
  if (!stack) throw new Error(`of which stack? ${USAGE}`);
  const preview = values.events ? recordedPreview(values.events) : await previewOf(stack, values.refresh);
  const text = planMarkdown(preview, { stack, now: new Date() });
  process.stdout.write(text);
  if (preview.errors.length > 0) process.exitCode = 1;
  if (values.comment) {
    const pull = {
      api: process.env.GITHUB_API_URL ?? "https://api.github.com",
      repository: needed("GITHUB_REPOSITORY"),
      number: Number(values.comment),
      token: needed("GITHUB_TOKEN"),
    };
    await comment(pull, stack, text);
  }
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(`no plan: ${error.message}`);
    process.exit(2);
  });
}
