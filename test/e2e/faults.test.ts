import { setTimeout as sleep } from "node:timers/promises";
import { command, leavesNothing, ownBox, sandbox } from "./sandbox";

/** Seconds that Karmada's API is away. */
const AWAY = 60;
const shape = (replicas: number): string[] => [
  "--set",
  'members={"us-west":{"region":"us-west-2","workers":{"count":1}}}',
  "--set",
  `apps.nginx={"image":"nginx:1.29","replicas":${replicas},"placement":{"*":{}}}`,
];

/** `npm run e2e -- faults`: an AWS under strain, a federation's API that is away for a while, a full disk. */
describe("what goes wrong meanwhile", () => {
  ownBox("open");

  it("an up succeeds though AWS throttles 5 % of all calls and fails at 2 %", async () => {
    expect((await sandbox("faults", "--throttled", "5", "--failed", "2")).code).toBe(0);
    expect((await sandbox("up", ...shape(2))).code).toBe(0);
    const { output } = await sandbox("faults");
    const [, asked, throttled, failed] = /until now: (\d+) calls, (\d+) throttled, (\d+) failed/
      .exec(output)!
      .map(Number);
    expect(throttled).toBeGreaterThan(asked * 0.02);
    expect(failed).toBeGreaterThan(0);
    expect((await sandbox("preview", ...shape(2))).output).toMatch(/preview: \d+ same in/);
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
    const run = await command("npm", ["run", "--silent", "sandbox", "--", "up", ...shape(5)], { moment });
    await back;
    expect(run.code).toBe(0);
    expect((await sandbox("preview", ...shape(5))).output).toMatch(/preview: \d+ same in/);
  });

  it("A14: destroy leaves nothing", () => leavesNothing("destroy"));
});
