import { daysUntil } from "../days";
import { Change, Operation, Preview, UNKNOWN } from "./changes";
import { Costly, Costs, costsOf, PARTS } from "./costs";
import { fit, Section } from "./fit";
import { EVERYWHERE, memberNews, Places, placesOf } from "./places";
import { HOURS, PRICES_AS_OF } from "./prices";
import { replicaPlan } from "./replicas";

/** What GitHub takes of a comment. */
export const COMMENT_LIMIT = 65_536;

/** Days before its end from which a certificate is told of. */
const SOON = 60;

const VERBS: readonly (readonly [Operation, string])[] = [
  ["create", "to create"],
  ["update", "to update"],
  ["replace", "to replace"],
  ["delete", "to delete"],
  ["same", "unchanged"],
];

export interface PlanOptions {
  readonly stack: string;
  readonly now: Date;
  /** Bytes that the text may have. @default GitHub's limit for a comment */
  readonly limit?: number;
}

/** The one line by which a stack's comment is found again. */
export function marker(stack: string): string {
  return `<!-- federation plan of ${stack} -->`;
}

/** A preview as Markdown for people to decide by. Of properties it tells names, not values. */
export function planMarkdown(preview: Preview, { stack, now, limit = COMMENT_LIMIT }: PlanOptions): string {
  const places = placesOf(preview);
  const of = (operation: Operation) => preview.changes.filter((change) => change.operation === operation);
  const bullets = (changes: readonly Change[], text: (change: Change) => string) =>
    changes.map((change) => `- ${text(change)}`);
  return fit(
    [
      { lines: [marker(stack), `## Plan of \`${stack}\``, "", summary(preview)], worth: Infinity },
      { title: "The preview failed", lines: fenced(preview.errors), worth: 90 },
      { title: "Replicas", lines: bulleted(preview.changes.flatMap(replicas)), worth: 80 },
      { title: "Members", lines: bulleted(memberNews(preview, places)), worth: 79 },
      { title: "Replaced", lines: bullets(of("replace"), replaced), worth: 100 },
      { title: "Deleted", lines: bullets(of("delete"), named), worth: 99 },
      { title: "Resources by region", lines: byRegion(preview.changes, places), worth: 70 },
      { title: "Costs", lines: costs(preview.changes, places), worth: 60 },
      { title: "Certificates that end soon", lines: bulleted(ending(preview, now)), worth: 50 },
      { title: "Warnings", lines: fenced(preview.warnings), worth: 40 },
      { title: "Updated", lines: bullets(of("update"), updated), worth: 30, folded: true },
      { title: "Created", lines: bullets(of("create"), named), worth: 20, folded: true },
    ] satisfies Section[],
    limit,
  );
}

const bulleted = (lines: readonly string[]): string[] => lines.map((line) => `- ${line}`);

function summary({ changes, errors }: Preview): string {
  const counts = VERBS.map(([operation, words]) => {
    const count = changes.filter((change) => change.operation === operation).length;
    return count > 0 ? `${count} ${words}` : undefined;
  }).filter(Boolean);
  const news = changes.some(({ operation }) => operation !== "same");
  if (errors.length > 0) return `**The preview failed**; until then: ${counts.join(", ") || "nothing"}.`;
  return news ? `${counts.join(", ")}.` : "Nothing changes.";
}

function replicas(change: Change): string[] {
  const moved = replicaPlan(change, change.before, change.after);
  return moved === undefined ? [] : [moved];
}

const code = (text: string): string => `\`${text.replaceAll("`", "'")}\``;

const named = ({ type, name }: Change): string => `${code(name)} ${type}`;

function replaced(change: Change): string {
  const { forcedBy } = change;
  const why = forcedBy.length > 0 ? forcedBy.map(code).join(", ") : "what it depends on";
  return `**${named(change)}**, forced by ${why}`;
}

function updated(change: Change): string {
  return change.changed.length > 0
    ? `${named(change)}: ${change.changed.map(code).join(", ")}`
    : named(change);
}

/** Messages as they are: in a block, nothing in them is taken for Markdown. */
function fenced(messages: readonly string[]): string[] {
  if (messages.length === 0) return [];
  return ["````", ...messages.flatMap((message) => message.replaceAll("````", "'''").split("\n")), "````"];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? "---" : "---:"))), ...rows.map(line)];
}

function byRegion(changes: readonly Change[], places: Places): string[] {
  const counts = new Map<string, Partial<Record<Operation, number>>>();
  for (const change of changes.filter(({ before, after }) => (after ?? before)?.custom)) {
    const region = places.regionOf(change);
    const row = counts.get(region) ?? {};
    counts.set(region, { ...row, [change.operation]: (row[change.operation] ?? 0) + 1 });
  }
  const rows = [...counts].sort(([a], [b]) => sortKey(a).localeCompare(sortKey(b)));
  return table(
    ["region", ...VERBS.map(([, words]) => words)],
    rows.map(([region, row]) => [region, ...VERBS.map(([operation]) => String(row[operation] ?? ""))]),
  );
}

/** Regions by name, what is everywhere last. */
const sortKey = (region: string): string => (region === EVERYWHERE ? "~" : region);

function costs(changes: readonly Change[], places: Places): string[] {
  const side = (which: "before" | "after") =>
    costsOf(
      changes.flatMap((change): Costly[] => {
        const { type, name } = change;
        const state = change[which];
        if (!state) return [];
        const place = { region: places.regionOf(change), member: places.memberOf(change) };
        return [{ type, name, ...place, parent: state.parent, inputs: state.inputs }];
      }),
    );
  const [before, after] = [side("before"), side("after")];
  const regions = [...new Set([...Object.keys(before.hourly), ...Object.keys(after.hourly)])].sort((a, b) =>
    sortKey(a).localeCompare(sortKey(b)),
  );
  if (regions.length === 0) return bulleted(after.unknown);
  const rows = regions.map((region) => costRow(region, [before, after], [region]));
  const { date, source } = PRICES_AS_OF;
  return [
    ...table(
      ["$ an hour", ...PARTS, "together", "a month"],
      [...rows, costRow("**all**", [before, after], regions)],
    ),
    "",
    `List prices of ${date} (${source}), ${HOURS} hours a month; without traffic, requests, snapshots and taxes.`,
    ...after.unknown.map((line) => `**Not in these sums**: ${line}.`),
  ];
}

function costRow(
  title: string,
  [before, after]: readonly [Costs, Costs],
  regions: readonly string[],
): string[] {
  const sum = (costs: Costs, part: (typeof PARTS)[number]) =>
    regions.reduce((total, region) => total + (costs.hourly[region]?.[part] ?? 0), 0);
  const total = (costs: Costs) => PARTS.reduce((all, part) => all + sum(costs, part), 0);
  return [
    title,
    ...PARTS.map((part) => moved(sum(before, part), sum(after, part), 4)),
    moved(total(before), total(after), 3),
    moved(total(before) * HOURS, total(after) * HOURS, 2),
  ];
}

/** `0.21`, or `0.21 → 0.25`; empty for nothing at all. */
function moved(before: number, after: number, digits: number): string {
  const [from, to] = [before.toFixed(digits), after.toFixed(digits)];
  if (from === to) return after === 0 ? "" : to;
  return before === 0 ? to : `${from} → ${to}`;
}

/** The ends that the outputs tell of, those within {@link SOON} days. */
function ending({ outputs }: Preview, now: Date): string[] {
  const expiry: Record<string, Record<string, unknown>> = outputs.after.expiry ?? outputs.before.expiry ?? {};
  return Object.entries(expiry).flatMap(([whose, ends]) =>
    Object.entries(ends).flatMap(([what, end]) => {
      if (typeof end !== "string" || end === UNKNOWN) return [];
      const days = daysUntil(end, now);
      return days < SOON ? [`${code(whose)} ${what}: ${end}, in ${days} days`] : [];
    }),
  );
}
