/**
 * What runs in the box: DNS, the TLS edge, the AWS emulator with the cloud that it brings to life, the image
 * registry. PID 1's child in the box's namespaces; when it ends, everything in the box ends with it.
 */
import { execFile } from "child_process";
import * as fs from "fs";
import * as path from "path";
import { promisify } from "util";
import { startCloud } from "../cloud/cloud";
import { prepared as preparedParts } from "../prepare";
import { certificateMint } from "./certificates";
import { clientInside, clientLinks, clientOf, regionOfClient } from "./clients";
import { serveControl } from "./control";
import { serveDns } from "./dns-server";
import { serveEdge, upstreamOf } from "./edge";
import { OPERATOR } from "./environment";
import { serveFiles } from "./files";
import { HealthProbes } from "./health-probes";
import { failureRoutes, inRegions } from "./failures";
import { resolveIn } from "./names";
import { DNS_ADDRESS, EDGE_ADDRESS, PORTS, furnish } from "./network";
import { place } from "./place";
import { answering, Service } from "./services";

/** The region that the box's own shell asks from. */
const OPERATOR_REGION = "us-west-2";
const EMULATOR_START_SECONDS = 60;
const emulatorUrl = `http://127.0.0.1:${PORTS.cloud}`;

async function main(): Promise<void> {
  const here = place();
  const prepared = preparedParts();
  const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
  furnish(prepared, here);

  const problems: string[] = [];
  const died = (message: string) => (problems.push(message), log(message));
  const emulator = new Service("emulator", [prepared.python, path.join(__dirname, "../cloud/emulator"), String(PORTS.cloud)], here.logs, { FEDERATION_OPERATOR_ACCESS_KEY_ID: OPERATOR.id, FEDERATION_OPERATOR_SECRET_ACCESS_KEY: OPERATOR.secret }, died);
  const registry = new Service("registry", [path.join(prepared.bin, "registry"), "serve", registryConfig(here.dir, prepared.registry)], here.logs, {}, died);
  emulator.start();
  registry.start();

  // A region that has failed takes AWS's own API there along.
  let failed: () => ReadonlySet<string> = () => new Set();
  const upstream = (name: string) => (inRegions(name, failed()) ? undefined : upstreamOf(PORTS)(name));
  await serveEdge(EDGE_ADDRESS, await certificateMint(prepared.ca), upstream, log);
  await serveFiles(PORTS.files, {
    "raw.githubusercontent.com/karmada-io/karmada/v1.16.0": prepared.crds,
    ...Object.fromEntries(["github.com", "dl.k8s.io"].map((host) => [host, path.join(prepared.releases, host)])),
  });
  await answering("the AWS emulator", PORTS.cloud, EMULATOR_START_SECONDS);
  await answering("the image registry", PORTS.images, EMULATOR_START_SECONDS);

  const cloud = await startCloud({ prepared, runDir: here.dir, emulator: emulatorUrl, log });
  failed = cloud.failed;
  const probes = new HealthProbes({
    checks: () => cloud.state().healthChecks,
    resolve: (name) => cloud.loadBalancer(name) ?? cloud.instanceName(name) ?? [],
    report: async (statuses) => void (await put("/sandbox/health-check-status", statuses)),
    log,
  });
  const resolve = resolveIn(
    {
      zones: () => cloud.state().zones,
      loadBalancer: (name) => cloud.loadBalancer(name),
      instance: (name, source) => cloud.instanceName(name, source),
      service: (name) => upstream(name) !== undefined,
      regionOf: (source) => cloud.regionOf(source) ?? regionOfClient(source) ?? OPERATOR_REGION,
      healthCheck: (id) => probes.healthy(id),
      targetsHealthy: (name) => cloud.targetsHealthy(name),
    },
    EDGE_ADDRESS,
  );
  await serveDns(DNS_ADDRESS, resolve, log);

  const run = promisify(execFile);
  const made = new Set<string>();
  await serveControl(here.socket, {
    "GET /account": async () => (await fetch(`${emulatorUrl}/sandbox/account`)).json(),
    "GET /status": async () => ({ problems, machines: cloud.machines(), state: cloud.state().version }),
    // Which region an address belongs to: how one sees who answered.
    "POST /where": async ({ address }) => ({
      region: Object.entries(cloud.state().regions).find(([, region]) => region.interfaces.some((one) => one.publicIp === address))?.[0] ?? null,
    }),
    "POST /client": async ({ region }) => {
      const client = clientOf(String(region));
      if (made.has(client.netns)) return client;
      const ip = path.join(prepared.tools, "ip");
      const batch = (netns: string[], lines: string[]) => run(ip, [...netns, "-batch", write(here.dir, `${client.netns}.ip`, lines)]);
      await run(ip, ["netns", "add", client.netns]);
      await batch([], clientLinks(client));
      await batch(["-n", client.netns], clientInside(client));
      made.add(client.netns);
      return client;
    },
    ...failureRoutes(cloud),
    "POST /faults": (rates) => put("/sandbox/faults", rates),
    "POST /exec": async ({ machine, command }) => cloud.machine(String(machine)).exec(command as string[]),
  });
  log("the box is open");
}

function write(dir: string, name: string, lines: readonly string[]): string {
  const file = path.join(dir, name);
  fs.writeFileSync(file, lines.join("\n") + "\n");
  return file;
}

async function put(route: string, body: unknown): Promise<unknown> {
  const response = await fetch(emulatorUrl + route, { method: "PUT", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`PUT ${route}: ${response.status} ${await response.text()}`);
  return response.json();
}

function registryConfig(dir: string, storage: string): string {
  return write(dir, "registry.yaml", [
    "version: 0.1",
    "log: { level: warn, accesslog: { disabled: true } }",
    // Images are only read; a pull must not be able to change what the next box starts with.
    `storage: { filesystem: { rootdirectory: ${JSON.stringify(storage)} }, maintenance: { readonly: { enabled: true } }, cache: { blobdescriptor: inmemory } }`,
    `http: { addr: "127.0.0.1:${PORTS.images}" }`,
  ]);
}

main().catch((error: Error) => {
  console.error(`the box could not open: ${error.stack}`);
  process.exit(1);
});
