import * as fc from "fast-check";
import { nameServerOf, typeOf, zoneText } from "../../../dns/coredns/zone-text";

const domain = "onprem.example";

describe("a zone's text", () => {
  test("E4: leads to addresses by A and AAAA, to host names by CNAME", () => {
    const targets = ["192.0.2.11", "2001:db8::11", "lb.example.net", "lb.example.net."];
    const records = targets.map((target, index) => ({ name: `n${index}.${domain}`, ttl: 300, target }));
    expect(zoneText(domain, records)).toBe(
      [
        "onprem.example. 30 IN SOA ns.onprem.example. hostmaster.onprem.example. 1 7200 1800 86400 30",
        "onprem.example. 30 IN NS ns.onprem.example.",
        "n0.onprem.example. 300 IN A 192.0.2.11",
        "n1.onprem.example. 300 IN AAAA 2001:db8::11",
        "n2.onprem.example. 300 IN CNAME lb.example.net.",
        "n3.onprem.example. 300 IN CNAME lb.example.net.",
        "",
      ].join("\n"),
    );
  });

  test("has a line of five fields for each record, each with its own type", () => {
    const record = fc.record({
      name: fc.constantFrom("a", "b.c").map((name) => `${name}.${domain}`),
      ttl: fc.integer({ min: 1, max: 604800 }),
      target: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant("host.example")),
    });
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const lines = zoneText(domain, records).trimEnd().split("\n").slice(2);
        expect(lines.map((line) => line.split(" ").slice(1, 4))).toEqual(
          records.map(({ ttl, target }) => [String(ttl), "IN", typeOf(target)]),
        );
        expect(nameServerOf(domain)).toBe("ns.onprem.example");
      }),
    );
  });
});
