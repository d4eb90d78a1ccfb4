/** Rows under a head and a line, each column as wide as its longest cell; an empty line before. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]))
      .join("  ")
      .trimEnd();
  return ["", line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
