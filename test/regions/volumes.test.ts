import { mkdtempSync, rmSync, writeFileSync } from "fs";
import { tmpdir } from "os";
import { join } from "path";
import { runNodeFunctions } from "./node-functions";

/** The device that the node takes for its first volume, vol-0a, where these are attached. */
function found(...attached: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "by-id-"));
  for (const name of attached) writeFileSync(join(folder, `nvme-Amazon_Elastic_Block_Store_${name}`), "");
  const settings = "VOLUMES='vol-0a /dev/sdnone /mnt/a\nvol-0b /dev/sdnone /mnt/b'";
  const { lines } = runNodeFunctions(settings, "", "device_of vol-0a /dev/sdnone || true", {
    "/dev/disk/by-id": folder,
    "-b $name": "-e $name",
  });
  rmSync(folder, { recursive: true });
  return lines[0].replace(/.*Elastic_Block_Store_/, "");
}

const root = ["vol0f", "vol0f-part1", "vol0f_1"];

describe("the device of a slot's volume, where the instance has NVMe", () => {
  it("is the one of its id", () => {
    expect(found(...root, "vol0a", "vol0a_1", "vol0b", "vol0b_1")).toBe("vol0a");
  });

  it("is the one that came in place of a lost volume: the script knows the lost one's id", () => {
    expect(found(...root, "vol0c", "vol0c_1", "vol0b", "vol0b_1")).toBe("vol0c");
  });

  it.each([
    ["nothing came yet", ["vol0b"]],
    ["two are missing, so that either may be meant", ["vol0c"]],
    ["two came", ["vol0b", "vol0c", "vol0d"]],
  ])("is none yet where %s", (_, attached) => {
    expect(found(...root, ...attached)).toBe("volume vol-0a is not attached yet");
  });
});

describe("what the node says of the room on its volumes", () => {
  const said = (full: string) => {
    const settings = "VOLUMES='vol-0a /dev/sdf /var/lib/etcd\nvol-0b /dev/sdg /var/lib/federation'";
    const df = `df() { echo "Use% Avail"; [[ $3 == /var/lib/etcd ]] && echo " ${full} 204M" || echo " 12% 9000M"; }`;
    return runNodeFunctions(settings, df, "room", {}).lines.filter((line) => line !== "");
  };

  it("is nothing as long as there is some", () => {
    expect(said("89%")).toEqual([]);
  });

  it("is which one has nearly none left, and what that leads to", () => {
    expect(said("98%")).toEqual([
      "the volume at /var/lib/etcd (vol-0a) is full to 98%, 204M left: what writes there stops when it is full",
    ]);
  });
});
