/** Lines of one chain, set or map of a firewall's text. */
export function block(text: string, name: string): string[] {
  const [, body] = text.match(new RegExp(`^(?:chain|set|map) ${name} \\{(.*?)^\\}`, "ms")) ?? [];
  if (body === undefined) throw new Error(`no ${name} in\n${text}`);
  return body
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
