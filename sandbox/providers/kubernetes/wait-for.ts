/** Conditions that the program writes down: `pulumi.com/waitFor`. */

import { Props } from "../runtime";
import { evaluate, parseJsonPath } from "./jsonpath";

/** Undefined = satisfied, else what is still missing. */
export type Condition = (live: Props) => string | undefined;

/** One expression, or a JSON array of them which must all hold. */
export function parseWaitFor(text: string): Condition {
  let expressions: string[] = [text];
  if (text.trim().startsWith("[")) expressions = JSON.parse(text);
  if (expressions.length === 0) throw new Error("pulumi.com/waitFor: at least one condition must be given");
  const conditions = expressions.map(parseOne);
  return (live) => conditions.map((condition) => condition(live)).find((missing) => missing !== undefined);
}

function parseOne(text: string): Condition {
  const [, kind, rest] = /^(jsonpath|condition)=(.*)$/s.exec(text) ?? [];
  if (kind === "condition") {
    const [type, status = "True"] = rest.split("=");
    return (live) => {
      const found = live.status?.conditions?.find(
        (item: Props) => item.type?.toLowerCase() === type.toLowerCase(),
      );
      if (found?.status?.toLowerCase() === status.toLowerCase()) return undefined;
      return `condition ${type} is ${found?.status ?? "not there"}, not ${status}${found?.message ? `: ${found.message}` : ""}`;
    };
  }
  if (kind !== "jsonpath")
    throw new Error(
      `pulumi.com/waitFor: expected "jsonpath=…" or "condition=…", got ${JSON.stringify(text)}`,
    );
  const [, path, value] = /^(\{.*\}|[^=]*)(?:==?(.*))?$/s.exec(rest)!;
  const steps = parseJsonPath(path);
  const wanted = value?.replace(/^(["'])(.*)\1$/, "$2");
  return (live) => {
    const found = evaluate(steps, live);
    if (wanted === undefined) return found.length > 0 ? undefined : `${path} is not there`;
    if (found.length > 0 && found.every((item) => String(item) === wanted)) return undefined;
    return `${path} is ${found.length ? JSON.stringify(found[0]) : "not there"}, not ${wanted}`;
  };
}
