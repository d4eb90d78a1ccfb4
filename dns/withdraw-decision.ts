import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import { markerName, markerValue } from "./names";

/** What is to stand, and whose it is. */
export interface Wanted {
  readonly owner: string;
  /** Of the records: CNAME or A. */
  readonly type: string;
  /** Every name that is marked as the app's. */
  readonly names: readonly string[];
  /** What the app's hierarchical names begin with: marked ones that are wanted no more are found by it. @default none */
  readonly prefix?: string;
  /** Set identifiers of the records that stay or come. */
  readonly keep: readonly string[];
}

/** What {@link decide} found. */
export interface Decision {
  /** Records to take away. */
  readonly withdraw: readonly ResourceRecordSet[];
  /** Why nothing must be touched at all, for each name that is in the way. */
  readonly refusals: readonly string[];
}

/** From what stands in a zone: which of this stack's records go, or why none may be touched. */
export function decide(records: readonly ResourceRecordSet[], wanted: Wanted): Decision {
  const { prefix, owner } = wanted;
  const former = records
    .filter((record) => prefix && plain(record.Name).startsWith(markerName(prefix)))
    .filter((record) => markOf(record) === markerValue(owner))
    .map(({ Name }) => plain(Name).slice(markerName("").length));
  const names = [...new Set([...wanted.names, ...former])];
  const refusals = names.flatMap((name) => refusal(name, records, wanted) ?? []);
  if (refusals.length > 0) return { withdraw: [], refusals };
  const ours = records.filter((record) => names.some((name) => isOf(record, name)));
  return {
    withdraw: ours.filter(({ SetIdentifier: id }) => id !== undefined && !wanted.keep.includes(id)),
    refusals: [],
  };
}

/** A record at a name, or at that of one of the regions which its members share. */
function isOf({ Name }: ResourceRecordSet, name: string): boolean {
  const [first, ...rest] = plain(Name).split(".");
  return plain(Name) === plain(name) || (first.startsWith("_") && rest.join(".") === plain(name));
}

function refusal(
  name: string,
  records: readonly ResourceRecordSet[],
  { owner, type }: Wanted,
): string | undefined {
  const named = (wanted: string) => records.filter((record) => plain(record.Name) === plain(wanted));
  const mark = markOf(named(markerName(name))[0]);
  const held = named(name);
  if (mark !== undefined && mark !== markerValue(owner))
    return `${name} belongs to another stack (${mark}); take another dns.name`;
  // Nothing may stand beside a CNAME; beside addresses only what would answer in their place is in the way.
  const types = [...new Set(held.map((record) => record.Type as string))];
  const foreign = type === "CNAME" ? types : types.filter((each) => ["A", "AAAA", "CNAME"].includes(each));
  if (mark === undefined && foreign.length > 0)
    return `${name} has ${foreign.join(", ")} records that this stack did not make; remove them or take another dns.name`;
  // Records of a name are changed one by one, and no type may stand beside the other while they are.
  const old = held.find((record) => record.SetIdentifier && record.Type !== type);
  if (old)
    return (
      `${name} has records of type ${old.Type}, which can't become ${type} one by one: take another dns.name, or ` +
      "leave dns out for one up"
    );
  return undefined;
}

function markOf(record: ResourceRecordSet | undefined): string | undefined {
  return record?.ResourceRecords?.[0]?.Value?.replace(/^"|"$/g, "");
}

/**
 * What an app's hierarchical names began with, where it wants none any more: the widest of them leads to its own name.
 *
 * @param records below `svc.<domain>`, where the widest names are.
 */
export function formerPrefix(
  records: readonly ResourceRecordSet[],
  name: string,
  owner: string,
): string | undefined {
  const marks = records.filter((record) => markOf(record) === markerValue(owner));
  const ours = (each: string) => marks.some(({ Name }) => plain(Name) === plain(markerName(each)));
  const widest = records.find(({ Name, AliasTarget, ResourceRecords }) => {
    const target = AliasTarget?.DNSName ?? ResourceRecords?.[0]?.Value;
    return plain(target) === plain(name) && ours(plain(Name));
  });
  return /^.+?\.svc\./.exec(plain(widest?.Name))?.[0];
}

/** Whether one name is the other or lies below it. */
export function isAtOrBelow(name: string, other: string): boolean {
  return plain(name) === plain(other) || plain(name).endsWith(`.${plain(other)}`);
}

/** Route 53 ends names with a dot and writes some characters as octal numbers. */
function plain(name = ""): string {
  const text = name.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  return text.replace(/\.$/, "").toLowerCase();
}
