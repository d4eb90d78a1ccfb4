import { get, inBox, Run } from "./sandbox";

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
