import * as fc from "fast-check";
import { asKernel, contains, nth, parseBlock, toNumber, toText } from "../../../sandbox/cloud/addresses";

describe("addresses", () => {
  it("reads and writes every address alike", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (number) =>
        expect(toNumber(toText(number))).toBe(number),
      ),
    );
  });

  it("finds each address of a block in it, and none beside it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.integer({ min: 1, max: 32 }),
        (address, bits) => {
          const cidr = `${toText(address)}/${bits}`;
          const { first } = parseBlock(cidr);
          const size = 2 ** (32 - bits);
          expect(contains(cidr, toText(address))).toBe(true);
          expect(contains(cidr, toText(first))).toBe(true);
          if (first > 0) expect(contains(cidr, toText(first - 1))).toBe(false);
          if (first + size <= 0xffffffff) expect(contains(cidr, toText(first + size))).toBe(false);
        },
      ),
    );
  });

  it("writes blocks as the kernel prints them", () => {
    expect(["0.0.0.0/0", "10.1.2.3/16", "10.0.0.5/32", "10.0.0.5"].map(asKernel)).toEqual([
      "default",
      "10.1.0.0/16",
      "10.0.0.5",
      "10.0.0.5",
    ]);
    expect(nth("10.0.1.0/24", 1)).toBe("10.0.1.1");
  });

  it("refuses what is no address", () => {
    for (const text of ["10.0.0", "10.0.0.256", "a.b.c.d", "::1"])
      expect(() => toNumber(text)).toThrow("not an IPv4 address");
    expect(() => parseBlock("10.0.0.0/33")).toThrow("not an IPv4 block");
  });
});
