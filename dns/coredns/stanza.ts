/** What a cluster's own CoreDNS is told of the stack's domain. */
export interface Stanza {
  readonly domain: string;
  /** `address:port` of the CoreDNS that keeps the domain. */
  readonly server: string;
  /** Whose it is: `<project>/<stack>`. */
  readonly owner: string;
}

/** Seconds that answers, and that there is none, are kept at most. */
const KEPT = { answers: 30, nothing: 5 } as const;

/** The block of a Corefile that sends questions for the domain where it is kept. */
export function stanzaText({ domain, server, owner }: Stanza): string {
  return [
    `${markOf(owner)}`,
    `${domain}:53 {`,
    "    errors",
    `    cache {`,
    `        success 9984 ${KEPT.answers}`,
    `        denial 9984 ${KEPT.nothing}`,
    `    }`,
    `    forward . ${server}`,
    "}",
    "",
  ].join("\n");
}

/**
 * A Corefile with the stanza behind what its owner wrote; one that is there already is replaced.
 * @throws Error when there is a block for the domain that this stack has not written.
 */
export function withStanza(corefile: string, stanza: Stanza): string {
  const rest = withoutStanza(corefile, stanza);
  if (!hasBlock(rest, stanza.domain)) return `${rest}\n${stanzaText(stanza)}`;
  throw new Error(
    `has a block for ${stanza.domain} in its Corefile that this stack has not written: take it out, or leave the member ` +
      "out of zone.coredns.forward",
  );
}

/** The Corefile as it was before {@link withStanza}, to the last byte; unchanged where there is no stanza of the stack. */
export function withoutStanza(corefile: string, { domain, owner }: Pick<Stanza, "domain" | "owner">): string {
  // From the mark to the end of the block: inner blocks are indented.
  const block = new RegExp(
    `\\n${escaped(markOf(owner))}\\n${escaped(domain)}(:53)? \\{\\n(?:[ \\t].*\\n)*\\}\\n`,
  );
  return corefile.replace(block, "");
}

function hasBlock(corefile: string, domain: string): boolean {
  return corefile
    .split("\n")
    .filter((line) => /^[^\s#].*\{\s*$/.test(line))
    .some((line) =>
      line
        .replace("{", "")
        .split(/[\s,]+/)
        .some((zone) => zoneOf(zone) === domain),
    );
}

/** `dns://k8s.example.com.:53` is the zone `k8s.example.com`. */
function zoneOf(text: string): string {
  return text
    .replace(/^dns:\/\//, "")
    .replace(/:\d+$/, "")
    .replace(/\.$/, "")
    .toLowerCase();
}

function markOf(owner: string): string {
  return `# Written and taken away by the federation's stack ${owner}.`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
