/** The part of kubectl's JSONPath that `pulumi.com/waitFor` uses. */

type Step = { key: string } | { index: number } | { all: true } | { filter: string[]; equals: string };

/** `{.status.conditions[?(@.type=="Ready")].status}` → steps. */
export function parseJsonPath(text: string): Step[] {
  const inner = /^\{(.*)\}$/.exec(text.trim())?.[1] ?? text.trim();
  const steps: Step[] = [];
  const token =
    /\.?\[\?\(\s*@\.([\w.-]+)\s*==\s*(?:"([^"]*)"|'([^']*)')\s*\)\]|\[(-?\d+)\]|\[\*\]|\.\*|\[(?:"([^"]*)"|'([^']*)')\]|\.((?:\\.|[^.[\]{}\\])+)/gy;
  let end = inner.startsWith("$") ? 1 : 0;
  token.lastIndex = end;
  for (let match = token.exec(inner); match; match = token.exec(inner)) {
    end = token.lastIndex;
    const [whole, filter, double, single, index, doubleKey, singleKey, key] = match;
    if (filter) steps.push({ filter: filter.split("."), equals: double ?? single ?? "" });
    else if (index !== undefined) steps.push({ index: Number(index) });
    else if (whole === "[*]" || whole === ".*") steps.push({ all: true });
    else steps.push({ key: doubleKey ?? singleKey ?? key.replace(/\\(.)/g, "$1") });
  }
  if (end !== inner.length || steps.length === 0)
    throw new Error(`cannot read the JSONPath ${text} from "${inner.slice(end)}" on`);
  return steps;
}

/** Everything the path finds. */
export function evaluate(steps: Step[], root: unknown): unknown[] {
  let found: unknown[] = [root];
  for (const step of steps) {
    found = found.flatMap((value: any) => {
      if (value === null || typeof value !== "object") return [];
      if ("key" in step) return step.key in value ? [value[step.key]] : [];
      if ("all" in step) return Object.values(value);
      if (!Array.isArray(value)) return [];
      if ("index" in step) return value.slice(step.index, step.index + 1 || undefined);
      return value.filter(
        (item) =>
          String(
            evaluate(
              step.filter.map((key) => ({ key })),
              item,
            )[0],
          ) === step.equals,
      );
    });
  }
  return found;
}
