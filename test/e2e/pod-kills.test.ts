import { setTimeout as sleep } from "node:timers/promises";
import { isTrue } from "../../regions/slot-health";
import { command, get, leavesNothing, oneMember, ownBox, sandbox } from "./sandbox";

const KILLS = 20;
/** Seconds from the beginning of an `up` to the kill, 0 to 19: drawn anew in each run of the suite, and told. */
const delay = (): number => Math.floor(Math.random() * 20);

interface Pods {
  readonly items: {
    readonly metadata: { readonly name: string };
  }[];
}

/** Karmada's pods on its host, each name with whether it is ready. */
async function pods(): Promise<Map<string, boolean>> {
  const { items } = await get<Pods>("us-west", "pods", "-n", "karmada-system");
  return new Map(items.map((pod) => [pod.metadata.name, isTrue(pod, "Ready")]));
}

/** Kills a pod as a crash does: its containers get no time to end. Which one, and when, is told. */
async function killOne(name: string, seconds: number): Promise<void> {
  await sleep(seconds * 1000);
  process.stderr.write(`\n# kill: ${name} after ${seconds} s\n`);
  const how = ["--force", "--grace-period=0", "--wait=false"];
  expect(
    (await sandbox("kubectl", "us-west", "-n", "karmada-system", "delete", "pod", name, ...how)).code,
  ).toBe(0);
}

/** `npm run e2e -- pod-kills`: each of the federation's own pods dies at some moment of some `up`. */
describe("a federation whose pods die", () => {
  ownBox("open");

  it("is there", async () => {
    expect((await sandbox("up", ...oneMember(2))).code).toBe(0);
  });

  // Every pod in turn, in an order of chance, so that none is spared.
  let turns: string[] = [];
  const kinds = (name: string): string => name.replace(/-[0-9a-f]{8,10}-[a-z0-9]{5}$|-\d+$/, "");

  it.each(Array.from({ length: KILLS }, (_, i) => i + 1))(
    "kill %i: the up in whose course it dies converges",
    async (kill) => {
      const there = [...(await pods()).keys()];
      if (turns.length === 0) turns = [...new Set(there.map(kinds))].sort(() => Math.random() - 0.5);
      const kind = turns.pop()!;
      const victim = there.find((name) => kinds(name) === kind)!;
      const replicas = kill % 2 ? 5 : 2;
      let killed: Promise<void> | undefined;
      const moment = { when: /^preview: /m, act: () => void (killed = killOne(victim, delay())) };
      const up = await command("npm", ["run", "--silent", "sandbox", "--", "up", ...oneMember(replicas)], {
        moment,
      });
      await killed;
      expect(up.code).toBe(0);
      expect((await sandbox("preview", ...oneMember(replicas))).output).toMatch(/preview: \d+ same in/);
      const { status } = await get<{ status: { readyReplicas?: number } }>("us-west", "deployment", "nginx");
      expect(status.readyReplicas).toBe(replicas);
    },
  );

  it("all its pods are ready again", async () => {
    for (let looks = 30; looks > 0 && [...(await pods()).values()].includes(false); looks--)
      await sleep(2000);
    expect([...(await pods()).values()]).not.toContain(false);
  });

  it("A14: destroy leaves nothing", () => leavesNothing("destroy"));
});
