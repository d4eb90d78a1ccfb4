import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { command, inMachine, instances, leavesNothing, oneMember, ownBox, sandbox } from "./sandbox";

/** Seconds that Karmada's API is away. */
const AWAY = 60;

/** `npm run e2e -- faults`: an AWS under strain, a federation's API that is away for a while, a full disk. */
describe("what goes wrong meanwhile", () => {
  ownBox("open");

  it("an up succeeds though AWS throttles 5 % of all calls and fails at 2 %", async () => {
    expect((await sandbox("faults", "--throttled", "5", "--failed", "2")).code).toBe(0);
    expect((await sandbox("up", ...oneMember(2))).code).toBe(0);
    const { output } = await sandbox("faults");
    const [, asked, throttled, failed] = /until now: (\d+) calls, (\d+) throttled, (\d+) failed/
      .exec(output)!
      .map(Number);
    expect(throttled).toBeGreaterThan(asked * 0.02);
    expect(failed).toBeGreaterThan(0);
    expect((await sandbox("preview", ...oneMember(2))).output).toMatch(/preview: \d+ same in/);
  });

  it(`an up outlives ${AWAY} s without Karmada's API`, async () => {
    const scale = (replicas: number) =>
      sandbox(
        ...["kubectl", "us-west", "-n", "karmada-system", "scale", "deployment/karmada-apiserver"],
        `--replicas=${replicas}`,
      );
    let back: Promise<unknown> | undefined;
    const away = async () => {
      expect((await scale(0)).code).toBe(0);
      await sleep(AWAY * 1000);
      expect((await scale(1)).code).toBe(0);
    };
    const moment = { when: /^preview: /m, act: () => void (back = away()) };
    const run = await command("npm", ["run", "--silent", "sandbox", "--", "up", ...oneMember(5)], { moment });
    await back;
    expect(run.code).toBe(0);
    expect((await sandbox("preview", ...oneMember(5))).output).toMatch(/preview: \d+ same in/);
  });

  it("a full disk of etcd ends an up soon, with the volume that is full; room again, the next one succeeds", async () => {
    const [{ InstanceId: node }] = await instances("us-west-2", "us-west-control-plane-0");
    // The file system keeps some of what is free for itself.
    const fill =
      "fallocate -l $(($(df --output=avail -B1 /var/lib/etcd | tail -n 1) - 16777216)) /var/lib/etcd/filler";
    expect((await inMachine(node, fill)).code).toBe(0);
    expect(await writeUntilRefused()).toBe(true);

    const began = Date.now();
    const run = await sandbox("up", ...oneMember(2));
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(
      /us-west: control-plane node .*: not done after|The API of us-west: not done after/,
    );
    expect(run.output).toMatch(/the volume at \/var\/lib\/etcd \(vol-[0-9a-f]+\) is full to (9\d|100)%/);
    process.stderr.write(`\n# told after ${(Date.now() - began) / 1000} s\n`);

    expect((await inMachine(node, "rm /var/lib/etcd/filler")).code).toBe(0);
    for (
      let looks = 60;
      looks > 0 && (await sandbox("kubectl", "us-west", "get", "nodes")).code !== 0;
      looks--
    )
      await sleep(5000);
    expect((await sandbox("up", ...oneMember(2))).code).toBe(0);
  });

  it("A14: destroy leaves nothing", () => leavesNothing("destroy"));
});

/** Writes objects of 0.9 MB into a member's etcd; true when it takes no more. */
async function writeUntilRefused(): Promise<boolean> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "big-"));
  try {
    const file = path.join(folder, "big");
    fs.writeFileSync(file, "a".repeat(900_000));
    for (let count = 0; count < 150; count++) {
      const create = ["create", "configmap", `big-${count}`, `--from-file=${file}`];
      if ((await sandbox("kubectl", "us-west", ...create)).code !== 0) return true;
    }
    return false;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
