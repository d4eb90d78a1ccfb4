import { checkSpec, machineNetns, machinePaths } from "../../../sandbox/machines/spec";
import { trialSpec } from "./rig/trial";

describe("the description of a machine", () => {
  const good = trialSpec(1, "vpc-0a");

  test("is accepted as the cloud gives it", () => {
    expect(() => checkSpec(good, "/cache/boxes/0badcafe")).not.toThrow();
  });

  test("is refused with every fault at once", () => {
    const bad = { ...good, mac: "none", veth: "a-name-that-is-too-long", memoryMiB: 64 };
    const volumes = [{ id: "vol-1", image: "/x", device: "xvdf" }];
    expect(() => checkSpec({ ...bad, volumes }, "/cache/a:b")).toThrow(
      /veth.*mac.*memoryMiB.*volume vol-1: device.*run directory/s,
    );
  });

  test("leads to files below one directory and to one name of a namespace", () => {
    const paths = machinePaths("/cache/boxes/0badcafe", "i-01");
    for (const file of Object.values(paths))
      expect(file.startsWith("/cache/boxes/0badcafe/machines/i-01")).toBe(true);
    expect(machineNetns("i-01")).toBe("machine-i-01");
  });
});
