import * as fs from "node:fs";
import * as path from "node:path";
import { findBoxGroups, groupDir, hierarchies, processes } from "../../../sandbox/machines/cgroups";
import { scratch } from "../../scratch";

const mount = (option: string): string =>
  `30 20 0:25 / /sys/fs/cgroup/${option.replace("name=", "")} rw,relatime - cgroup cgroup rw,${option}`;
const v1 = ["name=systemd", "cpu,cpuacct", "cpuset", "memory", "devices", "freezer", "pids", "blkio"];
const membership = (own: string): string =>
  [...v1.map((option, i) => `${i + 1}:${option}:${option === "memory" ? own : "/"}`), "0::/", ""].join("\n");
const mounts = [...v1.map(mount), "31 20 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw"].join("\n");

describe("control groups", () => {
  test("are taken from the caller's own place in each hierarchy", () => {
    const all = hierarchies(membership("/supervisor/42"), mounts);
    const memory = all.find(({ option }) => option === "memory")!;
    expect(groupDir(memory, "/cache/boxes/0badcafe", "i-01")).toBe(
      "/sys/fs/cgroup/memory/supervisor/42/fedbox-0badcafe/i-01",
    );
    expect(all.map(({ option }) => option)).toContain("none,name=systemd");
  });

  test("of controllers that are mounted together share one directory", () => {
    const together = hierarchies(membership("/"), mounts).filter(({ option }) => option.includes("cpu,"));
    expect(together).toEqual([{ option: "cpu,cpuacct", mount: "/sys/fs/cgroup/cpu,cpuacct", own: "/" }]);
  });

  test("of version 2 alone are refused, with what to do", () => {
    expect(() =>
      hierarchies("0::/user.slice\n", "31 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw"),
    ).toThrow(/memory.*unified_cgroup_hierarchy=0/s);
  });

  test("of a box are found wherever it was opened from", () => {
    const root = scratch();
    for (const dir of ["a/b/fedbox-0badcafe/i-01", "fedbox-0badcafe", "fedbox-12345678/i-01"])
      fs.mkdirSync(path.join(root, dir), { recursive: true });
    expect(findBoxGroups("/cache/boxes/0badcafe", [root]).sort()).toEqual([
      path.join(root, "a/b/fedbox-0badcafe"),
      path.join(root, "fedbox-0badcafe"),
    ]);
  });

  test("that are gone hold no processes", () => {
    expect(processes("/sys/fs/cgroup/none/fedbox-0badcafe")).toEqual([]);
  });
});
