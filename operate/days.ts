const DAY = 86_400_000;

/** Whole days until a time (RFC 3339); below 0 when it is over. */
export function daysUntil(end: string, now: Date): number {
  return Math.floor((Date.parse(end) - now.getTime()) / DAY);
}
