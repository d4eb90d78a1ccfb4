import * as fs from "node:fs";
import * as path from "node:path";
import { bootFacts, controllers, meminfo, writeFacts } from "../../../sandbox/machines/facts";
import { scratch } from "../../scratch";

const host =
  "MemTotal:       24684096 kB\nMemFree:        17488000 kB\nMemAvailable:   23191000 kB\nBuffers:            8000 kB\nHugePages_Total:       0\n";

const spec = { id: "i-0123", memoryMiB: 4096 };
const given = ["cpu", "memory"];
const read = (file: string): string | undefined => (file.startsWith("/proc") ? host : undefined);

describe("what the kernel says to a machine", () => {
  test("is the instance type's memory, in the host's format", () => {
    expect(meminfo(host, 4096)).toBe(
      "MemTotal:        4194304 kB\nMemFree:         3355443 kB\nMemAvailable:    3774873 kB\nBuffers:            8000 kB\nHugePages_Total:       0\n",
    );
  });

  test("is no controller but those it has groups in", () => {
    const table = "#subsys_name\thierarchy\ncpu\t1\t8\t1\ncpuset\t3\t3\t1\nnet_cls\t0\t10\t1\n";
    expect(controllers(table, ["none", "cpu", "cpuset"])).toBe(
      "#subsys_name\thierarchy\ncpu\t1\t8\t1\ncpuset\t3\t3\t1\n",
    );
  });

  test("is a boot id of its own at each boot", () => {
    const id = (): string => bootFacts(spec, given, read)["proc/sys/kernel/random/boot_id"];
    expect(id()).not.toBe(id());
  });

  test("covers the settings that the kubelet and systemd write, so that the host's stay as they are", () => {
    const facts = Object.keys(bootFacts(spec, given, read));
    for (const name of [
      "vm/overcommit_memory",
      "kernel/panic",
      "kernel/panic_on_oops",
      "fs/file-max",
      "fs/nr_open",
    ])
      expect(facts).toContain(`proc/sys/${name}`);
  });

  test("is that it runs on EC2, by an id that stays with the instance", () => {
    const uuid = bootFacts(spec, given, read)["sys/hypervisor/uuid"];
    expect(uuid).toMatch(/^ec2[0-9a-f]{5}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/);
    expect(bootFacts(spec, given, read)["sys/hypervisor/uuid"]).toBe(uuid);
  });

  test("hides the host's hardware where the host tells it", () => {
    const names = (facts: Record<string, string>): string[] =>
      Object.keys(facts).filter((name) => name.includes("dmi"));
    expect(names(bootFacts(spec, given, read))).toEqual([]);
    expect(names(bootFacts(spec, given, () => host))).toContain("sys/class/dmi/id/product_uuid");
  });

  test("is written anew at each boot", () => {
    const dir = path.join(scratch(), "facts");
    writeFacts(dir, { "sys/old": "1" });
    writeFacts(dir, { "sys/kernel/new": "2" });
    expect(fs.readdirSync(path.join(dir, "sys"))).toEqual(["kernel"]);
    expect(fs.readFileSync(path.join(dir, "sys/kernel/new"), "utf8")).toBe("2");
  });
});
