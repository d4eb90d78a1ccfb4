/**
 * Runs in the box: looks at a Deployment in every member three times a second, as long as a file is there and half an hour at
 * most, and prints the most replicas that each was told to run and the most pods that it had. `watcher.ts NAME MEMBER,… FILE`
 */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { contextOf } from "../../operate/contexts";
import { ApiCall, apiClient } from "../../regions/api-client";

async function look(call: ApiCall, name: string): Promise<{ told: number; pods: number }> {
  const { status, body } = await call(`/apis/apps/v1/namespaces/default/deployments/${name}`);
  if (status === 404) return { told: 0, pods: 0 };
  if (status !== 200) throw new Error(`answers ${status}`);
  const { spec, status: now } = body as { spec: { replicas: number }; status: { replicas?: number } };
  return { told: spec.replicas, pods: now.replicas ?? 0 };
}

async function main([name, names, file]: string[]): Promise<void> {
  const kubeconfig = readFileSync(process.env.KUBECONFIG as string, "utf8");
  const calls = names.split(",").map((member) => [member, apiClient(contextOf(kubeconfig, member))] as const);
  const most: Record<string, { told: number; pods: number }> = {};
  let looks = 0;
  for (const end = Date.now() + 1800_000; existsSync(file) && Date.now() < end; looks++) {
    for (const [member, call] of calls) {
      const { told, pods } = await look(call, name);
      const before = (most[member] ??= { told, pods });
      most[member] = { told: Math.max(before.told, told), pods: Math.max(before.pods, pods) };
    }
    await sleep(300);
  }
  console.log(JSON.stringify({ looks, most }));
}

void main(process.argv.slice(2)).then(() => process.exit());
