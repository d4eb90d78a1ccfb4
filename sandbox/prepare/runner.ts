import * as fs from "node:fs";
import * as path from "node:path";
import { makePart } from "./cache";
import { run } from "./command";
import { line, type Standing } from "./progress";
import type { Planned } from "./step";

/** Takes lines of progress; `sticky` ones are worth keeping, the others may be overwritten by the next. */
export type Report = (line: string, sticky: boolean) => void;

/** Seconds between two lines of progress of one step. */
const interval = 10;

/** Makes what is missing, in order. A failure says which step, why and where its log is; what is done stays done. */
export async function make(plan: readonly Planned[], root: string, report: Report): Promise<void> {
  const missing = plan.filter((step) => !fs.existsSync(step.path));
  const all = missing.reduce((sum, step) => sum + step.estimate, 0);
  let before = 0;
  for (const [position, step] of missing.entries()) {
    const started = Date.now();
    const standing = (): Standing => ({
      index: position + 1,
      total: missing.length,
      name: step.name,
      elapsed: (Date.now() - started) / 1000,
      estimate: step.estimate,
      before,
      all,
    });
    report(line(standing()), false);
    const timer = setInterval(() => report(line(standing()), false), interval * 1000);
    try {
      await makeStep(step, plan, root);
    } finally {
      clearInterval(timer);
    }
    report(line(standing(), true), true);
    before += step.estimate;
  }
}

async function makeStep(step: Planned, plan: readonly Planned[], root: string): Promise<void> {
  const log = path.join(root, "logs", `${step.name}.log`);
  fs.mkdirSync(path.dirname(log), { recursive: true });
  fs.writeFileSync(log, "");
  const needs = new Map(
    plan.filter((other) => step.needs?.includes(other.name)).map((other) => [other.name, other.path]),
  );
  const part = (name: string): string => {
    const found = needs.get(name);
    if (!found) throw new Error(`step ${step.name} uses ${name} without naming it in its needs`);
    return found;
  };
  try {
    await makePart(step.path, (partial) =>
      step.make({
        root,
        partial,
        final: step.path,
        part,
        run: (command, args, options) => run(command, args, { log, ...options }),
      }),
    );
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    fs.appendFileSync(log, `${cause.stack ?? cause.message}\n`);
    throw new Error(`preparing ${step.name} failed; its log is ${log}\n${cause.message}`, { cause });
  }
}
