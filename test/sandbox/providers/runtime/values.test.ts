import fc from "fast-check";
import { changes } from "../../../../sandbox/providers/runtime/diff";
import { formatPath, parsePath } from "../../../../sandbox/providers/runtime/paths";
import { markSecrets } from "../../../../sandbox/providers/runtime/secrets";
import { decode, encode } from "../../../../sandbox/providers/runtime/values";

const key = fc.string({ minLength: 1 }).filter((text) => text !== "__proto__");
const leaf = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(null),
);
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(key, tie("any"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any;
const bag = fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true });

test("every value survives the wire", () => {
  fc.assert(fc.property(bag, (props) => expect(decode(encode(props)).props).toEqual(props)));
});

test("every path survives being written", () => {
  const step = fc.oneof(
    fc.nat(20),
    key.filter((text) => text !== "*"),
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (path) =>
      expect(parsePath(formatPath(path))).toEqual(path),
    ),
  );
});

test("a bag does not differ from itself, and marking no secrets changes nothing", () => {
  fc.assert(
    fc.property(bag, (props) => {
      expect(changes(props, structuredClone(props))).toEqual([]);
      expect(markSecrets(props, { from: props, secrets: [] })).toBe(props);
    }),
  );
});
