import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { appearScript, attach, byIdName, loopsOf, vanishScript } from "../../../sandbox/machines/volumes";

const volume = {
  id: "vol-0123abcd",
  device: "/dev/xvdf",
  loop: { name: "loop3", number: "7:3", file: "/x.img" },
};

describe("a volume's device", () => {
  test("has the name that NVMe instances know it by", () => {
    expect(byIdName("vol-0123abcd")).toBe("nvme-Amazon_Elastic_Block_Store_vol0123abcd");
  });

  test("appears as node, as link and in udev's database, and vanishes from all three", () => {
    const made = appearScript(volume);
    expect(made).toContain("mknod -m 660 /dev/xvdf b 7 3");
    expect(made).toContain("ln -sfn ../../xvdf /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123abcd");
    expect(made).toContain("/run/udev/tags/systemd/b7:3");
    for (const file of [
      "/dev/xvdf",
      "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123abcd",
      "/run/udev/data/b7:3",
      "/run/udev/tags/systemd/b7:3",
    ]) {
      expect(vanishScript(volume)).toContain(file);
    }
  });
});

describe("loop devices", () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "loops-"));
  afterAll(() => fs.rmSync(root, { recursive: true }));
  const device = (name: string, file: string): void => {
    fs.mkdirSync(path.join(root, name, "loop"), { recursive: true });
    fs.writeFileSync(path.join(root, name, "dev"), `7:${name.slice(4)}\n`);
    fs.writeFileSync(path.join(root, name, "loop", "backing_file"), `${file}\n`);
  };
  device("loop0", "/boxes/aa/volumes/vol-1.img");
  device("loop1", "/boxes/aa/volumes/vol-2.img (deleted)");
  device("loop2", "/boxes/aab/volumes/vol-1.img");
  fs.mkdirSync(path.join(root, "loop7"));

  test("of a box are those whose file is below its directory, deleted ones too, another box's not", () => {
    expect(loopsOf("/boxes/aa", root).map(({ name }) => name)).toEqual(["loop0", "loop1"]);
  });

  test("of one file are found by the file", () => {
    expect(loopsOf("/boxes/aab/volumes/vol-1.img", root)).toEqual([
      { name: "loop2", number: "7:2", file: "/boxes/aab/volumes/vol-1.img" },
    ]);
  });

  test("are not put over a file that is missing", async () => {
    await expect(attach({ id: "vol-1", image: "/nowhere/vol-1.img", device: "/dev/xvdf" })).rejects.toThrow(
      "volume vol-1 has no image file /nowhere/vol-1.img",
    );
  });
});
