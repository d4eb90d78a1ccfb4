/** A part of a Markdown text. */
export interface Section {
  /** Its heading; what stands before the first one has none. */
  readonly title?: string;
  readonly lines: readonly string[];
  /** Whether a reader has to open it. @default false */
  readonly folded?: boolean;
  /** Who goes first where there is no room: the smallest. */
  readonly worth: number;
}

const size = (text: string): number => Buffer.byteLength(text);

/**
 * The sections as one text of at most `limit` bytes. What does not fit is cut from the ends of the least worthy ones, and a
 * last paragraph says what was cut. Bytes, since they are never fewer than characters, however those are counted.
 */
export function fit(sections: readonly Section[], limit: number): string {
  const kept = sections.filter(({ lines }) => lines.length > 0).map((one) => ({ ...one, cut: 0 }));
  let text = written(kept);
  for (const section of [...kept].sort((a, b) => a.worth - b.worth)) {
    while (size(text) > limit && section.lines.length > 0) {
      // As many lines as are too much, then as many as the note of them costs.
      let over = size(text) - limit;
      let count = 0;
      for (const line of [...section.lines].reverse()) {
        if (over <= 0) break;
        over -= size(line) + 1;
        count += 1;
      }
      section.lines = section.lines.slice(0, section.lines.length - count);
      section.cut += count;
      text = written(kept);
    }
  }
  return text;
}

interface Cut extends Section {
  readonly cut: number;
}

function written(sections: readonly Cut[]): string {
  const parts = sections.flatMap(({ title, lines, folded }) => {
    if (lines.length === 0) return [];
    const body = lines.join("\n");
    if (!title) return [body];
    return folded
      ? [`<details><summary>${title}</summary>\n\n${body}\n\n</details>`]
      : [`### ${title}\n\n${body}`];
  });
  const cuts = sections
    .filter(({ cut }) => cut > 0)
    .map(({ title, cut }) => `${cut} lines of ${title ?? "the beginning"}`);
  if (cuts.length > 0)
    parts.push(`Too long for a comment; cut: ${cuts.join(", ")}. The run's log has all of it.`);
  return `${parts.join("\n\n")}\n`;
}
