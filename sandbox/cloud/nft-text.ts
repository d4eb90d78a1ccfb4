/**
 * Pieces of an nftables script. Each rule, set and closing brace stands on a line of its own, as nft wants
 * it.
 */

export const quote = (name: string): string => `"${name}"`;

export const set = (name: string, type: string, elements: string[]): string =>
  `set ${name} { type ${type};${list(elements)}\n}`;

export const map = (name: string, type: string, elements: string[]): string =>
  `map ${name} { type ${type};${list(elements)}\n}`;

export const chain = (name: string, lines: string[]): string[] => [
  `chain ${name} {`,
  ...lines.map((line) => `  ${line}`),
  "}",
];

function list(elements: string[]): string {
  return elements.length ? ` elements = { ${[...new Set(elements)].join(", ")} }` : "";
}
