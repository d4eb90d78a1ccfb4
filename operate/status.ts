/**
 * Shows what runs, live: `npm run status -- --stack dev`; with `--pods [APP]` the pods of every member instead. The stack's
 * outputs say what there should be; the federation, the members and the load balancers are asked at once, none of them for
 * longer than some seconds. What does not answer is a row, not a failure. `--outputs FILE` takes the outputs from
 * `pulumi stack output --json --show-secrets` instead of asking the CLI.
 */
import { readFileSync } from "fs";
import { parseArgs } from "util";
import { silentEndpoints } from "../apps/answering";
import { apiClient } from "../regions/api-client";
import { contextOf } from "./contexts";
import { plainOutputs, stackNamed } from "./stack";
import { federationView } from "./status/federation";
import { Look, lookAt } from "./status/member";
import { clustersOf, StackOutputs } from "./status/outputs";
import { Findings, podsText, statusText } from "./status/show";
import { lastSnapshot } from "./status/snapshot";

async function outputsOf(stackName: string): Promise<StackOutputs> {
  return plainOutputs(await (await stackNamed(stackName)).outputs());
}

/** Runs `ask` for each, all at once. */
async function each<T, R>(all: Readonly<Record<string, T>>, ask: (name: string, one: T) => Promise<R>) {
  const found = await Promise.all(
    Object.entries(all).map(async ([name, one]) => [name, await ask(name, one)] as const),
  );
  return Object.fromEntries(found) as Record<string, R>;
}

/** Asks every cluster's API. */
export async function looksAt(outputs: StackOutputs): Promise<Record<string, Look>> {
  const { kubeconfig = "", findings } = outputs;
  return each(clustersOf(outputs), async (name) => {
    try {
      return await lookAt(apiClient(contextOf(kubeconfig, name)), findings);
    } catch (error) {
      return { trouble: (error as Error).message };
    }
  });
}

/** Asks everybody. */
export async function findOut(outputs: StackOutputs): Promise<Findings> {
  const { kubeconfig = "", context = "", members = {} } = outputs;
  const withBucket = Object.fromEntries(Object.entries(members).filter(([, { backups }]) => backups));
  const [federation, looks, snapshots] = await Promise.all([
    federationView(async (at) => apiClient(contextOf(kubeconfig, context))(at)),
    looksAt(outputs),
    each(withBucket, (name, { region, backups }) => lastSnapshot(region, backups!, name)),
  ]);
  const answers = await answersOf(outputs, Object.values(looks));
  return { outputs, federation, looks, snapshots, answers, now: new Date() };
}

/** Whether each load balancer answers, by host: those that members have, and those that records name. */
async function answersOf(
  { records = {} }: StackOutputs,
  looks: readonly Look[],
): Promise<Record<string, boolean>> {
  const balancers = looks
    .flatMap((look) => ("trouble" in look ? [] : look.balancers))
    .filter(({ host }) => host);
  const ports = Object.fromEntries(balancers.map(({ host, port }) => [host, port]));
  for (const [app, all] of Object.entries(records)) {
    // A silent member's own port is not known; an app has the same one everywhere.
    const port = balancers.find((one) => one.app === app)?.port;
    if (port !== undefined) for (const { value } of all) ports[value] ??= port;
  }
  return each(ports, async (host, port) => (await silentEndpoints({ [host]: host }, port)) === undefined);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { stack: { type: "string" }, outputs: { type: "string" }, pods: { type: "boolean" } },
  });
  const { stack, outputs: file } = values;
  if (!stack && !file) throw new Error("of which stack? npm run status -- --stack dev [--pods [APP]]");
  const outputs = file ? (JSON.parse(readFileSync(file, "utf8")) as StackOutputs) : await outputsOf(stack!);
  if (Object.keys(outputs.members ?? {}).length === 0) return console.log("the stack is empty");
  if (values.pods) console.log(podsText({ outputs, looks: await looksAt(outputs) }, positionals[0]));
  else console.log(statusText(await findOut(outputs)));
}

if (require.main === module) {
  main().then(
    () => process.exit(),
    (error: Error) => {
      console.error(`no status: ${error.message}`);
      process.exit(1);
    },
  );
}
