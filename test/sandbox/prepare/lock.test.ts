import * as fs from "node:fs";
import * as path from "node:path";
import { lock } from "../../../sandbox/prepare/lock";
import { scratch } from "../../scratch";

const file = (): string => path.join(scratch(), "below", "prepare.lock");

describe("lock", () => {
  it("refuses a second holder, naming the first, and can be taken again once given back", () => {
    const name = file();
    const release = lock(name, "Preparing");
    expect(() => lock(name, "Preparing")).toThrow(
      new RegExp(`Preparing is already under way in process ${process.pid} .*wait`),
    );
    release();
    lock(name, "Preparing")();
    expect(fs.readdirSync(path.dirname(name))).toEqual([]);
  });

  it("takes over from a holder that died, also when its number was given to another process", () => {
    const name = file();
    fs.mkdirSync(path.dirname(name), { recursive: true });
    for (const dead of [
      { pid: 0x7ffffff, started: "1" },
      { pid: process.pid, started: "1" },
    ]) {
      fs.writeFileSync(name, JSON.stringify({ ...dead, since: "" }));
      lock(name, "Preparing")();
    }
    fs.writeFileSync(name, "torn");
    lock(name, "Preparing")();
    expect(fs.existsSync(name)).toBe(false);
  });
});
