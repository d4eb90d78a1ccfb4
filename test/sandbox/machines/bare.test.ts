import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { BAKED, makeBare } from "../../../sandbox/machines/bare";
import { describeReal } from "./rig/trial";

describeReal("the bare image", (parts) => {
  test("lacks what the box's image has: each name is really there to be taken away", () => {
    const roots = [parts.base, parts.disk];
    const missing = BAKED.filter(
      (name) => !roots.some((root) => fs.lstatSync(path.join(root, name), { throwIfNoEntry: false })),
    );
    expect(missing).toEqual([]);
  });
});

describe("a bare machine's disk", () => {
  test("has its own parts removed, and the layers' named for the first boot", () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "bare-"));
    try {
      const disk = path.join(dir, "disk");
      for (const name of ["etc/containerd/conf.d", "var/lib/containerd", "usr/bin"])
        fs.mkdirSync(path.join(disk, name), { recursive: true });
      fs.writeFileSync(path.join(disk, "etc/containerd/config.toml"), "version = 3\n");
      makeBare(disk, { absent: path.join(dir, "absent") });
      expect(fs.existsSync(path.join(disk, "etc/containerd/config.toml"))).toBe(false);
      expect(fs.existsSync(path.join(disk, "var/lib/containerd"))).toBe(false);
      const absent = fs.readFileSync(path.join(dir, "absent"), "utf8").trim().split("\n");
      expect(absent).toEqual(expect.arrayContaining(["usr/bin/containerd", "opt/cni/bin/bridge"]));
      expect(absent.filter((name) => !/^(usr|opt)\//.test(name))).toEqual([]);
    } finally {
      fs.rmSync(dir, { recursive: true });
    }
  });
});
