import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "../../sandbox/box/clients";
import { control } from "../../sandbox/box/control";
import { place } from "../../sandbox/box/place";
import { prepared } from "../../sandbox/prepare";
import { inBox, Run, sandbox } from "./sandbox";

/** What a script found that looks on while `act` takes its course; it goes on as long as the file that it is given is there. */
async function meanwhile(
  look: (file: string) => Promise<Run>,
  finding: RegExp,
  act: () => Promise<unknown>,
): Promise<RegExpExecArray> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "meanwhile-"));
  try {
    const looking = look(folder);
    await act();
    fs.rmdirSync(folder);
    const { output } = await looking;
    const found = finding.exec(output);
    if (!found) throw new Error(`who looked on found out nothing:\n${output}`);
    return found;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The longest silence of a member's API, in seconds, while `act` takes its course, and for `seconds` at least. */
export async function silence(member: string, seconds: number, act: () => Promise<void>): Promise<number> {
  const both = () => Promise.all([act(), sleep(seconds * 1000)]);
  const found = await meanwhile(
    (file) => inBox("test/e2e/probe.ts", member, file),
    /longest without an answer: (\d+) ms/,
    both,
  );
  return Number(found[1]) / 1000;
}

/** How many answers users in a region had, and missed, while `act` took its course; the first misses in `output`. */
export async function asking(region: string, url: string, act: () => Promise<unknown>) {
  const { netns } = await control<Client>(place().socket, "POST", "/client", { region });
  const inClient = [path.join(prepared().tools, "ip"), "netns", "exec", netns];
  const script = [process.execPath, "--no-warnings", "--import", "tsx", "test/e2e/asker.ts", url];
  const found = await meanwhile(
    (file) => sandbox("shell", ...inClient, ...script, file),
    /asked (\d+), failed (\d+)[^]*/,
    act,
  );
  return { asked: Number(found[1]), failed: Number(found[2]), output: found[0] };
}

/** The most replicas of a Deployment in each member, told to run and running, while `act` took its course. */
export async function most(
  name: string,
  members: readonly string[],
  act: () => Promise<unknown>,
): Promise<Record<string, { told: number; pods: number }>> {
  const look = (file: string) => inBox("test/e2e/watcher.ts", name, members.join(), file);
  const found = await meanwhile(look, /^\{"looks":.*\}$/m, act);
  return (JSON.parse(found[0]) as { most: Record<string, { told: number; pods: number }> }).most;
}
