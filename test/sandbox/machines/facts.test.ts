import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { bootFacts, meminfo, writeFacts } from "../../../sandbox/machines/facts";

const host = "MemTotal:       24684096 kB\nMemFree:        17488000 kB\nMemAvailable:   23191000 kB\nBuffers:            8000 kB\nHugePages_Total:       0\n";

describe("what the kernel says to a machine", () => {
  test("is the instance type's memory, in the host's format", () => {
    expect(meminfo(host, 4096)).toBe(
      "MemTotal:        4194304 kB\nMemFree:         3355443 kB\nMemAvailable:    3774873 kB\nBuffers:            8000 kB\nHugePages_Total:       0\n",
    );
  });

  test("is a boot id of its own at each boot", () => {
    const id = (): string => bootFacts(4096, () => host)["sys/kernel/random/boot_id"];
    expect(id()).not.toBe(id());
  });

  test("covers the settings that the kubelet and systemd write, so that the host's stay as they are", () => {
    const facts = Object.keys(bootFacts(4096, () => host));
    for (const name of ["vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops", "fs/file-max", "fs/nr_open"]) expect(facts).toContain(`sys/${name}`);
  });

  test("is written anew at each boot", () => {
    const dir = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "facts-")), "facts");
    writeFacts(dir, { "sys/old": "1" });
    writeFacts(dir, { "sys/kernel/new": "2" });
    expect(fs.readdirSync(path.join(dir, "sys"))).toEqual(["kernel"]);
    expect(fs.readFileSync(path.join(dir, "sys/kernel/new"), "utf8")).toBe("2");
    fs.rmSync(path.dirname(dir), { recursive: true });
  });
});
