import { execFileSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { place } from "../../sandbox/box/place";
import { openBox } from "../../sandbox/box/box";
import { command, ownBox, sandbox } from "./sandbox";

const SETTINGS = ["/proc/sys/net/netfilter/nf_conntrack_max", "/proc/sys/fs/inotify/max_user_instances"];
const read = (file: string) => fs.readFileSync(file, "utf8").trim();

/** What a box could leave on the host: control groups, loop devices, mounts, network namespaces, its run folder. */
function remains(id: string, dir: string): string[] {
  const groups = execFileSync(
    "find",
    ["/sys/fs/cgroup", "-maxdepth", "6", "-type", "d", "-name", `fedbox-${id}`],
    { encoding: "utf8" },
  );
  const loops = execFileSync("losetup", ["--list", "--noheadings", "--output", "NAME,BACK-FILE"], {
    encoding: "utf8",
  });
  const mounts = read("/proc/self/mountinfo");
  return [
    ...groups.split("\n").filter(Boolean),
    ...loops.split("\n").filter((line) => line.includes(dir)),
    ...mounts.split("\n").filter((line) => line.includes(dir)),
    ...(fs.existsSync(dir) ? [dir] : []),
  ];
}

describe("a box on this host", () => {
  let before: string[];
  ownBox("closed");
  beforeAll(() => {
    before = SETTINGS.map(read);
  });

  it("opens, and closes without leaving anything on the host", async () => {
    const { id, dir } = place();
    expect((await sandbox("open")).code).toBe(0);
    expect(openBox()).toBeDefined();
    expect((await sandbox("down")).code).toBe(0);
    expect(remains(id, dir)).toEqual([]);
    expect(SETTINGS.map(read)).toEqual(before);
  });

  it("is found and removed by the next start when it was killed", async () => {
    expect((await sandbox("open")).code).toBe(0);
    const killed = openBox() as number;
    process.kill(killed, "SIGKILL");
    expect((await sandbox("open")).code).toBe(0);
    expect(openBox()).not.toBe(killed);
  });

  it("runs beside the box of another checkout", async () => {
    const other = fs.mkdtempSync(path.join(os.tmpdir(), "checkout-"));
    try {
      execFileSync("git", ["clone", "--quiet", process.cwd(), other]);
      fs.symlinkSync(path.resolve("node_modules"), path.join(other, "node_modules"));
      const there = (...args: string[]) =>
        command("npm", ["--prefix", other, "run", "--silent", "sandbox", "--", ...args]);
      expect((await there("open")).code).toBe(0);
      expect(openBox()).toBeDefined();
      expect((await sandbox("status")).code).toBe(0);
      expect((await there("down")).code).toBe(0);
      expect(openBox()).toBeDefined();
    } finally {
      fs.rmSync(other, { recursive: true, force: true });
    }
    expect((await sandbox("down")).code).toBe(0);
    expect(SETTINGS.map(read)).toEqual(before);
  });
});
