import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { place } from "../../sandbox/box/place";
import { leavesNothing, ownBox, Run, sandbox } from "./sandbox";

const SHAPE = [
  "--set",
  'members={"us-west":{"region":"us-west-2","workers":{"count":1}}}',
  "--set",
  'apps.nginx.placement={"*":{}}',
];
/** Kills in a row before the run that is left alone: an `up`'s, a destroy's. */
const IN_UP = 6;
const IN_DESTROY = 4;

/** Seconds between an engine's start and its end, 2 to 45: drawn anew in each run of the suite, and told. */
const delay = (): number => 2 + Math.floor(Math.random() * 44);

/** The process of this box's engine, while it does what the verb says. */
function engine(verb: string): number | undefined {
  const read = (file: string): string => {
    try {
      return fs.readFileSync(file, "utf8");
    } catch {
      return ""; // it ended meanwhile
    }
  };
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    const [program, first] = read(`/proc/${pid}/cmdline`).split("\0");
    const ours = (program ?? "").endsWith("pulumi") && first === verb;
    return ours && read(`/proc/${pid}/environ`).includes(place().dir);
  });
  return found === undefined ? undefined : Number(found);
}

/** A run whose engine is killed in the middle, so that it can put nothing right; true when it was still there. */
async function killedIn(verb: "up" | "destroy", args: readonly string[]): Promise<boolean> {
  let over = false;
  const run: Promise<Run> = sandbox(verb, ...args).finally(() => (over = true));
  while (!over && engine(verb) === undefined) await sleep(200);
  const seconds = delay();
  for (let waited = 0; waited < seconds && !over; waited++) await sleep(1000);
  const pid = over ? undefined : engine(verb);
  if (pid) process.kill(pid, "SIGKILL");
  const { code } = await run;
  process.stderr.write(`\n# ${verb}: ${pid ? `killed after ${seconds} s` : "over before"}, exit ${code}\n`);
  if (pid) expect(code).not.toBe(0);
  return pid !== undefined;
}

/** `npm run e2e -- kills`: an engine that is killed at any moment, without a word, of an up and of a destroy. */
describe("an engine that is killed", () => {
  ownBox("open");

  describe.each(["first", "second"])("%s time round", () => {
    it(`A14: ${IN_UP} times in an up, the next one goes on and ends as if nothing had been`, async () => {
      let kills = 0;
      while (kills < IN_UP && (await killedIn("up", SHAPE))) kills++;
      expect(kills).toBeGreaterThan(2);
      expect((await sandbox("up", ...SHAPE)).code).toBe(0);
      expect((await sandbox("preview", ...SHAPE)).output).toMatch(/preview: \d+ same in/);
    });

    it(`A14: ${IN_DESTROY} times in a destroy, the next one leaves nothing`, async () => {
      for (let kills = 0; kills < IN_DESTROY && (await killedIn("destroy", []));) kills++;
      await leavesNothing("destroy");
    });
  });
});
