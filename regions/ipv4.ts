/** A range of IPv4 addresses: its first address as an unsigned number, and its prefix length. */
export interface Range {
  readonly first: number;
  readonly prefix: number;
}

const octet = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const pattern = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}/(3[0-2]|[12]?\\d)$`);

/** How many addresses the range holds. */
export function size(range: Range): number {
  return 2 ** (32 - range.prefix);
}

/**
 * Reads `a.b.c.d/len`.
 *
 * @throws when the text is no range, or when bits are set behind the prefix (`10.0.0.1/16`): AWS would silently
 *   take another range than the one that was written.
 */
export function parseRange(text: string): Range {
  const match = pattern.exec(text);
  if (!match) throw new Error(`"${text}" is no IPv4 range: write it as a.b.c.d/length, such as 10.1.0.0/16`);
  const [a, b, c, d, prefix] = match.slice(1).map(Number);
  const first = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  const range = { first: first - (first % 2 ** (32 - prefix)), prefix };
  if (range.first !== first) {
    throw new Error(`"${text}" has bits set behind its prefix: write ${formatRange(range)}`);
  }
  return range;
}

/** `a.b.c.d` of an address given as an unsigned number. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** `a.b.c.d/len`. */
export function formatRange(range: Range): string {
  return `${formatAddress(range.first)}/${range.prefix}`;
}

/** Whether the two ranges share an address. */
export function overlap(a: Range, b: Range): boolean {
  return a.first < b.first + size(b) && b.first < a.first + size(a);
}

/** Whether every address of `inner` is one of `outer`. */
export function contains(outer: Range, inner: Range): boolean {
  return inner.first >= outer.first && inner.first + size(inner) <= outer.first + size(outer);
}

/**
 * The `index`-th part of `range` when it is cut into parts of prefix length `prefix`.
 *
 * @throws when the range has no such part.
 */
export function part(range: Range, prefix: number, index: number): Range {
  const result = { first: range.first + index * 2 ** (32 - prefix), prefix };
  if (index < 0 || prefix < range.prefix || !contains(range, result)) {
    throw new Error(`${formatRange(range)} has no part number ${index} of length /${prefix}`);
  }
  return result;
}

/** The `offset`-th address of the range, as `a.b.c.d`. */
export function address(range: Range, offset: number): string {
  if (offset < 0 || offset >= size(range)) {
    throw new Error(`${formatRange(range)} has no address number ${offset}`);
  }
  return formatAddress(range.first + offset);
}
