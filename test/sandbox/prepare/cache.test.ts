import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as fc from "fast-check";
import { cacheRoot, filePins, keyOf, makePart } from "../../../sandbox/prepare/cache";
import { scratch } from "../../scratch";

describe("cache", () => {
  it("lies where the environment says, else where caches lie", () => {
    expect(cacheRoot({ FEDERATION_SANDBOX_CACHE: "/srv/cache", XDG_CACHE_HOME: "/x" })).toBe("/srv/cache");
    expect(cacheRoot({ XDG_CACHE_HOME: "/x" })).toBe("/x/federation-sandbox");
    expect(cacheRoot({})).toBe(path.join(os.homedir(), ".cache/federation-sandbox"));
  });

  it("gives different pins different keys, wherever they are divided", () => {
    expect(keyOf(["a"])).toMatch(/^[0-9a-f]{12}$/);
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (one, other) => {
        expect(keyOf(one) === keyOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
    expect(keyOf(["ab", "c"])).not.toBe(keyOf(["a", "bc"]));
  });

  it("pins the names and contents of all files below a directory, in a stable order", () => {
    const base = scratch();
    fs.mkdirSync(path.join(base, "d/e"), { recursive: true });
    fs.writeFileSync(path.join(base, "d/z"), "1");
    fs.writeFileSync(path.join(base, "d/e/a"), "2");
    expect(filePins(base, ["d"])).toEqual(["d/e/a", "2", "d/z", "1"]);
  });

  it("shows a part under its name only when whole, and starts an interrupted one afresh", async () => {
    const final = path.join(scratch(), "part-123");
    const failing = makePart(final, async (partial) => {
      fs.writeFileSync(path.join(partial, "half"), "");
      throw new Error("power cut");
    });
    await expect(failing).rejects.toThrow("power cut");
    expect(fs.existsSync(final)).toBe(false);

    const made = await makePart(final, async (partial) => {
      expect(fs.readdirSync(partial)).toEqual([]);
      fs.writeFileSync(path.join(partial, "whole"), "");
    });
    expect(made).toBe(true);
    expect(fs.readdirSync(final)).toEqual(["whole"]);
    expect(await makePart(final, () => Promise.reject(new Error("not again")))).toBe(false);
  });
});
