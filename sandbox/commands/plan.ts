import * as fs from "fs";
import * as path from "path";
import { recordedPreview } from "../../operate/plan";
import { planMarkdown } from "../../operate/plan/markdown";
import { place } from "../box/place";
import { STACK } from "../engine/workspace";
import { runEngine } from "./in-box";

/** What an `up` would change, as the Markdown that a pull request shows; the preview's events stay in the box's folder. */
export async function plan(args: readonly string[]): Promise<void> {
  const file = path.join(place().dir, "events.jsonl");
  fs.rmSync(file, { force: true });
  try {
    await runEngine("preview", ["--events", file, ...args]);
  } finally {
    const told = fs.existsSync(file);
    if (told) console.log(`\n${planMarkdown(recordedPreview(file), { stack: STACK, now: new Date() })}`);
  }
}
