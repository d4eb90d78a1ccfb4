import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Client } from "../../sandbox/box/clients";
import { control } from "../../sandbox/box/control";
import { place } from "../../sandbox/box/place";
import { prepared } from "../../sandbox/prepare";
import { get, inBox, Run, sandbox } from "./sandbox";

/** How many answers users in a region had of a URL, and missed, while `act` took its course. */
export async function asking(url: string, region: string, act: () => Promise<unknown>) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "asker-"));
  try {
    const { netns } = await control<Client>(place().socket, "POST", "/client", { region });
    const inClient = [path.join(prepared().tools, "ip"), "netns", "exec", netns];
    const script = [process.execPath, "--no-warnings", "--import", "tsx", "test/e2e/asker.ts"];
    const asker = sandbox("shell", ...inClient, ...script, url, folder);
    await act();
    fs.rmdirSync(folder);
    const { output } = await asker;
    const found = /asked (\d+), failed (\d+)/.exec(output);
    if (!found) throw new Error(`the asker in ${region} found out nothing:\n${output}`);
    return { asked: Number(found[1]), failed: Number(found[2]), output };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** What an `up` changed of Kubernetes and AWS, by the engine's own lines: `+ type name`. */
export const touched = ({ output }: Run, member: string): string[] =>
  [...output.matchAll(/^ *[\d.]+s ([+~-]+) (aws|kubernetes|tls):\S+ (\S+)/gm)]
    .map((row) => `${row[1]} ${row[3]}`)
    .filter((row) => row.split(" ")[1].startsWith(`${member}-`));

/** Names of the members that the federation has, when it has nothing of any other. */
export async function joined(context = "aws-fed"): Promise<string[]> {
  const residue = await inBox("operate/residue.ts", context);
  expect([residue.code, residue.output]).toEqual([0, expect.stringMatching(/^0 left$/m)]);
  const { items } = await get<{ items: { metadata: { name: string } }[] }>(
    context,
    "clusters.cluster.karmada.io",
  );
  return items.map(({ metadata }) => metadata.name).sort();
}

/** Ready replicas of an app in some members. */
export async function readyReplicasOf(
  app: string,
  members: readonly string[],
): Promise<Record<string, number>> {
  type Deployment = { status: { readyReplicas?: number } };
  const counts = members.map(async (member) => {
    const { status } = await get<Deployment>(member, `deployment/${app}`, "-n", "default");
    return [member, status.readyReplicas ?? 0] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}
