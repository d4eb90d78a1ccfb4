import * as fc from "fast-check";
import { Stanza, stanzaText, withoutStanza, withStanza } from "../../../dns/coredns/stanza";

const stanza: Stanza = { domain: "onprem.example", server: "192.0.2.10:30053", owner: "federation/onprem" };
const kubeadm = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

describe("what a cluster's Corefile is told", () => {
  test("C3: a block behind its owner's sends the domain to the CoreDNS that keeps it", () => {
    const told = withStanza(kubeadm, stanza);
    expect(told.startsWith(kubeadm)).toBe(true);
    expect(told.slice(kubeadm.length)).toBe(`\n${stanzaText(stanza)}`);
    expect(told).toMatch(/^onprem\.example:53 \{$[\s\S]*^ {4}forward \. 192\.0\.2\.10:30053$/m);
  });

  test("E7: taken away, the file is what it was, to the last byte, whatever it was", () => {
    const line = fc.constantFrom("", ".:53 {", "    errors", "}", "# a word", "other.example {", "  x");
    const file = fc.oneof(
      fc.constant(kubeadm),
      fc.array(line).map((lines) => lines.join("\n")),
      fc.string(),
    );
    fc.assert(
      fc.property(file, (text) => expect(withoutStanza(withStanza(text, stanza), stanza)).toBe(text)),
    );
  });

  test("another address takes the place of the old one, and a second stack's block stays", () => {
    const other = { domain: "other.example", server: "192.0.2.20:53", owner: "federation/other" };
    const both = withStanza(withStanza(kubeadm, stanza), other);
    const moved = withStanza(both, { ...stanza, server: "192.0.2.99:30053" });
    expect(moved).not.toContain("192.0.2.10");
    expect(moved.match(/^onprem\.example/gm)).toHaveLength(1);
    expect(withoutStanza(moved, stanza)).toBe(withStanza(kubeadm, other));
  });

  test.each(["onprem.example {", "a.example, onprem.example:53 {", "dns://onprem.example.:53 {"])(
    "a block of somebody else's for the domain is refused: %s",
    (head) => {
      const text = `${kubeadm}${head}\n    forward . 1.1.1.1\n}\n`;
      expect(() => withStanza(text, stanza)).toThrow(
        /has a block for onprem\.example.*zone\.coredns\.forward/,
      );
      expect(withoutStanza(text, stanza)).toBe(text);
    },
  );
});
