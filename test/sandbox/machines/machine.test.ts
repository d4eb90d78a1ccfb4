import * as fs from "node:fs";
import * as path from "node:path";
import { Machine } from "../../../sandbox/machines/machine";
import { cleanupRemains } from "../../../sandbox/machines/remains";
import { hasLink } from "../../../sandbox/machines/network";
import { Router } from "./rig/router";
import { describeReal, leftovers, trialRunDir, trialSpec, until } from "./rig/trial";

jest.setTimeout(120_000);

const userData = `#!/bin/bash
set -eu
echo "user data begins"
echo run >> /root/runs
hostname > /root/name
echo "10.9.9.9 added.example" >> /etc/hosts
mkdir -p /var/lib/data
device=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0a
if [ -e "$device" ]; then mkfs.ext4 -q "$device"; echo "$device /var/lib/data ext4 defaults 0 2" >> /etc/fstab; mount /var/lib/data; echo kept > /var/lib/data/kept; fi
sysctl -n net.ipv4.ip_forward
echo "user data ends"
`;

describeReal("a machine of real systemd and cloud-init", (parts) => {
  const runDir = trialRunDir(parts);
  const specs = [1, 2, 3].map((n) => trialSpec(n, `trial-${process.pid}`));
  const instances = specs.map((spec) => [
    spec.address.split("/")[0],
    { id: spec.id, hostname: spec.hostname, userData },
  ]);
  const router = new Router(`trial-${process.pid}`, Object.fromEntries(instances));
  const image = (name: string): string => path.join(runDir, "volumes", `${name}.img`);
  const volume = { id: "vol-0a", image: image("vol-0a"), device: "/dev/xvdf" };

  beforeAll(async () => {
    fs.mkdirSync(path.join(runDir, "volumes"), { recursive: true });
    for (const name of ["vol-0a", "vol-0b"]) {
      fs.writeFileSync(image(name), "");
      fs.truncateSync(image(name), 64 * 1024 * 1024);
    }
    await router.open();
  });

  afterEach(() => cleanupRemains(runDir)); // what a failed trial leaves must not fail the next one

  afterAll(async () => {
    await cleanupRemains(runDir);
    router.close();
    fs.rmSync(runDir, { recursive: true, force: true });
  });

  const start = (machine: Machine): Promise<void> => machine.start(() => router.link(machine.spec));
  const said = async (machine: Machine, ...command: string[]): Promise<string> => {
    const { code, stdout, stderr } = await machine.exec(command);
    if (code !== 0) throw new Error(`${command.join(" ")}: code ${code}\n${stdout}${stderr}`);
    return stdout.trim();
  };
  const initialised = (machine: Machine): Promise<boolean> =>
    until("cloud-init is done", 60, async () =>
      (await machine.exec(["cloud-init", "status"])).stdout.includes("done"),
    );

  test("runs its user data once, prints it on the console, and keeps its disk and volume when the plug is pulled", async () => {
    const machine = await Machine.create({ ...specs[0], volumes: [volume] }, parts, runDir);
    await start(machine);
    await initialised(machine);
    expect(await said(machine, "cat", "/root/name")).toBe(specs[0].hostname);
    expect(await machine.console()).toMatch(/user data begins[^]*user data ends/);
    expect(await said(machine, "systemctl", "--failed", "--quiet")).toBe("");
    const identity = await said(machine, "cat", "/etc/machine-id", "/proc/sys/kernel/random/boot_id");

    await machine.powerOff();
    expect(machine.running).toBe(false);
    await start(machine);
    await initialised(machine);
    expect(await said(machine, "cat", "/root/runs")).toBe("run");
    expect(await said(machine, "cat", "/var/lib/data/kept")).toBe("kept");
    const [id, boot] = (
      await said(machine, "cat", "/etc/machine-id", "/proc/sys/kernel/random/boot_id")
    ).split("\n");
    expect(identity.split("\n")[0]).toBe(id);
    expect(identity.split("\n")[1]).not.toBe(boot);

    await machine.destroy();
    expect(leftovers(runDir)).toEqual([]);
    expect(hasLink(router.links(), specs[0].veth)).toBe(false);
    expect(fs.existsSync(volume.image)).toBe(true);
  });

  test("cannot change what other machines are made of, nor the host", async () => {
    const before = fs.readFileSync(path.join(parts.disk, "etc/passwd"), "utf8");
    const settings = ["vm/overcommit_memory", "kernel/panic", "fs/nr_open", "fs/file-max"].map(
      (name) => `/proc/sys/${name}`,
    );
    const host = settings.map((file) => fs.readFileSync(file, "utf8"));
    const machine = await Machine.create(specs[1], parts, runDir);
    await start(machine);
    const script = `echo x >> /etc/passwd; echo x >> /opt/cni/bin/bridge; echo x >> /usr/bin/env; ${settings.map((file) => `echo 7 > ${file}`).join("; ")}`;
    await said(machine, "sh", "-c", script);
    expect(await said(machine, "cat", "/proc/sys/kernel/panic")).toBe("7");
    expect(await said(machine, "grep", "MemTotal", "/proc/meminfo")).toMatch(/ 4194304 kB/);
    await machine.destroy();
    expect(settings.map((file) => fs.readFileSync(file, "utf8"))).toEqual(host);
    expect(fs.readFileSync(path.join(parts.disk, "etc/passwd"), "utf8")).toBe(before);
    for (const file of [path.join(parts.disk, "opt/cni/bin/bridge"), path.join(parts.base, "usr/bin/env")]) {
      expect(fs.readFileSync(file).subarray(-2).toString()).not.toBe("x\n");
    }
  });

  test("takes and gives up volumes while it runs, and a volume moves to another machine with its data", async () => {
    const moving = { id: "vol-0b", image: image("vol-0b"), device: "/dev/xvdg" };
    const machines = await Promise.all(
      [specs[1], specs[2]].map((spec) => Machine.create(spec, parts, runDir)),
    );
    await Promise.all(machines.map(start));
    await machines[0].setVolumes([moving]);
    await said(
      machines[0],
      "sh",
      "-ec",
      "mkfs.ext4 -q /dev/xvdg; mount /dev/xvdg /mnt; echo moved > /mnt/file; umount /mnt",
    );
    await machines[0].setVolumes([]);
    expect((await machines[0].exec(["test", "-e", "/dev/xvdg"])).code).toBe(1);
    await machines[1].setVolumes([{ ...moving, device: "/dev/xvdh" }]);
    await said(machines[1], "mount", "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0b", "/mnt");
    expect(await said(machines[1], "cat", "/mnt/file")).toBe("moved");
    await Promise.all(machines.map((machine) => machine.destroy()));
    expect(leftovers(runDir)).toEqual([]);
  });

  test("of a killed box is removed with all it had, any number of times", async () => {
    const machines = await Promise.all(specs.map((spec) => Machine.create(spec, parts, runDir)));
    await machines[0].setVolumes([volume]);
    await Promise.all(machines.map(start)); // three boot at a time
    expect(leftovers(runDir).length).toBeGreaterThan(10);
    const lines: string[] = [];
    await cleanupRemains(runDir, (line) => lines.push(line));
    expect(leftovers(runDir)).toEqual([]);
    expect(lines.join("\n")).toMatch(/control groups.*vol-0a.img.*disks/s);
    await cleanupRemains(runDir);
  });

  test("that cannot boot says so with its console, and leaves nothing but its disk", async () => {
    const machine = await Machine.create(specs[0], { ...parts, base: "/nonexistent" }, runDir);
    await expect(machine.start()).rejects.toThrow(/did not boot.*its console.*disk\/usr: .*No such file/s);
    await machine.destroy();
    expect(leftovers(runDir)).toEqual([]);
  });

  test("that shuts itself down is off", async () => {
    const machine = await Machine.create(specs[0], parts, runDir);
    await start(machine);
    await machine.exec(["systemctl", "poweroff", "--force", "--force"]);
    await until("the machine is off", 20, async () => !machine.running);
    await expect(machine.exec(["true"])).rejects.toThrow(/is off/);
    await machine.destroy();
    expect(leftovers(runDir)).toEqual([]);
  });
});
