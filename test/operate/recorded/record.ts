/**
 * Makes a recording of a preview small enough to keep, for the tests of the plan:
 *
 *     npm run sandbox -- preview --events /tmp/events.jsonl --set apps.nginx.replicas=10
 *     node --import tsx test/operate/recorded/record.ts /tmp/events.jsonl test/operate/recorded/ten-replicas.jsonl.gz
 *
 * It keeps the engine's steps and messages as they are, but for debug output, resources' outputs and long texts.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import type { EngineEvent } from "@pulumi/pulumi/automation";

/** Characters of a text that are kept. */
const LONGEST = 160;

/** The events of a recording. */
export function recording(file: string): EngineEvent[] {
  const lines = gunzipSync(readFileSync(file)).toString().split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as EngineEvent);
}

function compact(event: any): any[] {
  if (event.diagnosticEvent?.severity === "debug") return [];
  const done = event.resOutputsEvent?.metadata;
  if (done && done.type !== "pulumi:pulumi:Stack") return [];
  const step = event.resourcePreEvent?.metadata;
  for (const state of step ? [step.old, step.new] : []) if (state) state.outputs = {};
  return [event];
}

const clip = (_: string, value: unknown) =>
  typeof value === "string" && value.length > LONGEST && !value.startsWith("urn:")
    ? `${value.slice(0, LONGEST)}…`
    : value;

if (require.main === module) {
  const [from, to] = process.argv.slice(2);
  if (!to) throw new Error("record.ts EVENTS.jsonl RECORDING.jsonl.gz");
  const events = readFileSync(from, "utf8")
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => compact(JSON.parse(line)));
  writeFileSync(to, gzipSync(events.map((event) => JSON.stringify(event, clip)).join("\n"), { level: 9 }));
}
