import fc from "fast-check";
import { random } from "../../../../sandbox/providers/random/resources";
import { randomText } from "../../../../sandbox/providers/random/strings";
import { Harness } from "../runtime/harness";

const token = (name: string) => `random:index/random${name}:Random${name}`;
jest.setTimeout(60_000);
let provider: Harness;
beforeAll(async () => void (provider = await Harness.of(random)));
afterAll(() => provider.stop());

test("a string has its length and at least what was demanded of each sort", () => {
  const minima = fc.record({
    minLower: fc.nat(4),
    minUpper: fc.nat(4),
    minNumeric: fc.nat(4),
    minSpecial: fc.nat(4),
  });
  fc.assert(
    fc.property(minima, fc.nat(20), (min, extra) => {
      const length = min.minLower + min.minUpper + min.minNumeric + min.minSpecial + extra;
      const text = randomText({ ...min, length });
      const count = (sort: RegExp) => (text.match(sort) ?? []).length;
      expect(text).toHaveLength(length);
      expect(count(/[a-z]/g)).toBeGreaterThanOrEqual(min.minLower);
      expect(count(/[A-Z]/g)).toBeGreaterThanOrEqual(min.minUpper);
      expect(count(/[0-9]/g)).toBeGreaterThanOrEqual(min.minNumeric);
      expect(count(/[^a-zA-Z0-9]/g)).toBeGreaterThanOrEqual(min.minSpecial);
    }),
  );
});

test("sorts can be left out, and the impossible is refused", () => {
  expect(randomText({ length: 200, special: false, upper: false, number: false })).toMatch(/^[a-z]{200}$/);
  expect(() => randomText({ length: 2, minLower: 3 })).toThrow(/less than the sum of the minima, 3/);
  expect(() => randomText({ length: 2, special: false, upper: false, numeric: false, lower: false })).toThrow(
    /no kind of character/,
  );
});

test("a password's outputs are secret, a string's are not", async () => {
  expect((await provider.create(token("Password"), { length: 9 })).secrets).toEqual(["result"]);
  const made = await provider.create(token("String"), { length: 9 });
  expect(made.secrets).toEqual([]);
  expect(made.id).toBe(made.outputs.result);
});

test("an id is one number in four spellings, after its prefix", async () => {
  const { outputs, id } = await provider.create(token("Id"), { byteLength: 5, prefix: "p-" });
  const hex = outputs.hex.slice(2);
  expect(hex).toMatch(/^[0-9a-f]{10}$/);
  expect(outputs.dec).toBe(`p-${BigInt(`0x${hex}`)}`);
  expect(Buffer.from(outputs.b64Std.slice(2), "base64").toString("hex")).toBe(hex);
  expect(Buffer.from(id, "base64url").toString("hex")).toBe(hex);
});

test("bytes and UUIDs", async () => {
  const bytes = (await provider.create(token("Bytes"), { length: 3 })).outputs;
  expect(Buffer.from(bytes.base64, "base64").toString("hex")).toBe(bytes.hex);
  expect((await provider.create(token("Uuid"), {})).outputs.result).toMatch(
    /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/,
  );
});

test("changed keepers draw anew", async () => {
  const diff = await provider.diff(
    token("String"),
    { length: 3, keepers: { a: "1" } },
    { length: 3, keepers: { a: "2" } },
  );
  expect(diff.details).toEqual({ "keepers.a": "UPDATE_REPLACE" });
});
