import fc from "fast-check";
import { Patch, patched, pointer, steps } from "../../apps/json-patch";

const object = { metadata: { annotations: { "a/b": "1" } }, list: ["x", "y"] };
const after = (patch: Patch) => patched(object, patch);

describe("a JSON patch", () => {
  test("adds, replaces and removes members, with escaped names", () => {
    expect(after({ op: "add", path: "/metadata/name", value: "n" }).metadata).toMatchObject({ name: "n" });
    const changed = after({ op: "replace", path: "/metadata/annotations/a~1b", value: "2" });
    expect(changed.metadata.annotations).toEqual({ "a/b": "2" });
    expect(after({ op: "remove", path: "/metadata/annotations/a~1b" }).metadata.annotations).toEqual({});
  });

  test("inserts into lists, at an index and at the end", () => {
    expect(after({ op: "add", path: "/list/1", value: "new" }).list).toEqual(["x", "new", "y"]);
    expect(after({ op: "add", path: "/list/-", value: "new" }).list).toEqual(["x", "y", "new"]);
    expect(after({ op: "replace", path: "/list/0", value: "new" }).list).toEqual(["new", "y"]);
    expect(after({ op: "remove", path: "/list/0" }).list).toEqual(["y"]);
  });

  test("leaves the object itself as it was", () => {
    const before = JSON.stringify(object);
    after({ op: "replace", path: "/list/0", value: "new" });
    expect(JSON.stringify(object)).toBe(before);
  });

  test.each<[Patch, string]>([
    [{ op: "replace", path: "/spec", value: 1 }, "leads nowhere: the object has metadata, list"],
    [{ op: "remove", path: "/metadata/labels/a" }, "leads nowhere: /metadata has annotations"],
    [{ op: "add", path: "/metadata/labels/a", value: 1 }, "leads nowhere: /metadata has annotations"],
    [{ op: "replace", path: "/list/2", value: 1 }, "leads nowhere: /list has 2 items"],
    [{ op: "add", path: "/list/3", value: 1 }, "leads nowhere: /list has 2 items"],
    [{ op: "replace", path: "/list/-", value: 1 }, "leads nowhere: /list has 2 items"],
    [{ op: "replace", path: "/list/01", value: 1 }, "leads nowhere: /list has 2 items"],
    [{ op: "add", path: "/list/0/name", value: 1 }, "leads nowhere: /list/0 is no object"],
    [{ op: "add", path: "", value: 1 }, "is no path below the object"],
  ])("%j is refused", (patch, message) => {
    expect(() => after(patch)).toThrow(new Error(message));
  });

  test("pointers come back as the steps they are made of", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (way) => {
        expect(steps(pointer(...way))).toEqual(way);
      }),
    );
  });
});
