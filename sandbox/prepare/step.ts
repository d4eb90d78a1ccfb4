import * as path from "node:path";
import { keyOf } from "./cache";
import type { RunOptions } from "./command";

/** What a step's `make` is given. */
export interface Build {
  /** Cache root. */
  root: string;
  /** Directory to fill. */
  partial: string;
  /** Where that directory will be once whole: what absolute paths written into files must say. */
  final: string;
  /** Path of a part this step needs. */
  part(name: string): string;
  /** Runs a command, its output going to the step's log. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<string>;
}

/** One part of the cache. */
export interface Step {
  /** Name of the part, and of its line of progress. */
  name: string;
  /** Seconds it takes on two cores with nothing in any cache. */
  estimate: number;
  /** Parts whose content it uses. */
  needs?: readonly string[];
  /** Made only when asked for: a box works without. */
  optional?: boolean;
  /** Everything else its content depends on: versions, lists, the text of the code that makes it. */
  pins(): readonly string[];
  make(build: Build): Promise<void>;
}

/** A step with its key and place. */
export interface Planned extends Step {
  key: string;
  path: string;
}

/** Gives every step its key, which covers the keys of what it needs, in the order given: needed ones come first. */
export function plan(steps: readonly Step[], root: string): Planned[] {
  const keys = new Map<string, string>();
  return steps.map((step) => {
    if (keys.has(step.name)) throw new Error(`two steps are named ${step.name}`);
    const needed = (step.needs ?? []).map((name) => {
      const key = keys.get(name);
      if (!key) throw new Error(`step ${step.name} needs ${name}, which must come before it`);
      return `${name}-${key}`;
    });
    const key = keyOf([step.name, ...needed, ...step.pins()]);
    keys.set(step.name, key);
    return { ...step, key, path: path.join(root, `${step.name}-${key}`) };
  });
}
