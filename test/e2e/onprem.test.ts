import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { control } from "../../sandbox/box/control";
import type { Client } from "../../sandbox/box/clients";
import { place } from "../../sandbox/box/place";
import { prepared } from "../../sandbox/prepare";
import { Given, makeGiven, removeGiven } from "./given";
import { NETWORKS } from "./given-cluster";
import { get, leavesNothing, ownBox, Run, sandbox } from "./sandbox";

const CLUSTERS = ["f", "f-a", "f-b"] as const;
const MEMBERS = ["f-a", "f-b"] as const;
const NAME = "nginx.onprem.example.com";
const URL = `http://${NAME}:30080/`;
/** Where the user is whom f-a is nearest to, and where another. */
const [NEAR_A, ELSEWHERE] = ["us-west-2", "eu-west-1"];

/** A user's network namespace and address. */
const clientIn = (region: string): Promise<Client> =>
  control<Client>(place().socket, "POST", "/client", { region });

/** Runs a program where a user is. */
async function asUser(region: string, ...command: string[]): Promise<Run> {
  const { netns } = await clientIn(region);
  return sandbox("shell", path.join(prepared().tools, "ip"), "netns", "exec", netns, ...command);
}

/** `npm run e2e -- onprem`: the stack of Pulumi.onprem.yaml on three clusters of somebody else's, without AWS. */
describe("a stack without AWS", () => {
  const given: Record<string, Given> = {};
  const before: Record<string, string[]> = {};
  const corefiles: Record<string, string> = {};

  const corefile = (name: string): Promise<string> =>
    given[name].kubectl("-n kube-system get configmap coredns -o jsonpath={.data.Corefile}");

  /** Pulumi.onprem.yaml with the networks and addresses of the box's three clusters, key by key. */
  const stack = async (change: object = {}): Promise<string[]> => {
    const { config } = parse(fs.readFileSync(path.join(__dirname, "../../Pulumi.onprem.yaml"), "utf8"));
    const { address } = given.f;
    for (const name of CLUSTERS) {
      const member = config["federation:members"][name];
      member.kubeconfig = { file: path.join(place().dir, `${name}.kubeconfig`) };
      member.network = NETWORKS[name];
      if (member.address) member.address = given[name].address;
    }
    const near = await clientIn(NEAR_A);
    // What leaves a cluster has its node's public address.
    const clients = {
      "f-a": [`${near.address}/32`, `${given["f-a"].address}/32`],
      "f-b": [`${given["f-b"].address}/32`],
    };
    const coredns = { ...config["federation:zone"].coredns, clients };
    const settings: Record<string, unknown> = {
      ...config,
      // Nothing of f's disks is told of here.
      "federation:controlPlane": { storage: "none", service: { nodePort: 32443, address } },
      "federation:zone": { coredns: { ...coredns, service: { nodePort: 30053, address } } },
      "federation:apiAccess": ["198.18.0.0/15"],
      ...change,
    };
    return Object.entries(settings).flatMap(([key, value]) => [
      "--set",
      `${key.replace("federation:", "")}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    ]);
  };

  const nginx = (change: object) => {
    const { config } = parse(fs.readFileSync(path.join(__dirname, "../../Pulumi.onprem.yaml"), "utf8"));
    return { "federation:apps": { nginx: { ...config["federation:apps"].nginx, ...change } } };
  };

  /** Addresses that a user gets for the name: of each of some questions by UDP, and of one by TCP. */
  const resolved = async (region: string, times = 1): Promise<{ udp: string[][]; tcp: string[] }> => {
    const script = ["--no-warnings", "--import", "tsx", "test/e2e/resolve.ts"];
    const asked = [`${given.f.address}:30053`, NAME, String(times)];
    const run = await asUser(region, process.execPath, ...script, ...asked);
    if (run.code !== 0) throw new Error(run.output);
    return JSON.parse(run.output.slice(run.output.indexOf("{")));
  };

  /** Which members a user is led to, of a number of questions. */
  const ledTo = async (region: string, times: number): Promise<string[]> => {
    const { udp } = await resolved(region, times);
    const names = new Map(MEMBERS.map((name) => [given[name].address, name]));
    return [...new Set(udp.flat().map((address) => names.get(address) ?? address))].sort();
  };

  /** Tries until a look finds what it wants. */
  const until = async (seconds: number, look: () => Promise<boolean>): Promise<number> => {
    const began = Date.now();
    while (!(await look().catch(() => false))) {
      if (Date.now() - began > seconds * 1000) throw new Error(`not so after ${seconds} s`);
      await sleep(2000);
    }
    return (Date.now() - began) / 1000;
  };

  ownBox("open");
  beforeAll(async () => {
    for (const [name, cluster] of await Promise.all(
      CLUSTERS.map(async (each) => [each, await makeGiven(each)] as const),
    )) {
      given[name] = cluster;
      await cluster.kubectl("-n kube-system rollout status deployment/coredns --timeout=180s");
      before[name] = await cluster.everything();
      corefiles[name] = await corefile(name);
      const file = path.join(place().dir, `${name}.kubeconfig`);
      fs.writeFileSync(file, await cluster.kubeconfig(), { mode: 0o600 });
    }
  });

  it("C1 C2 C4: comes up with f as host that is no member, and with nothing of AWS", async () => {
    const run = await sandbox("up", ...(await stack()));
    expect(run.code).toBe(0);
    expect(run.output).not.toMatch(/ aws:/);
    const { items } = await get<{ items: { metadata: { name: string } }[] }>(
      "aws-fed",
      "clusters.cluster.karmada.io",
    );
    expect(items.map(({ metadata }) => metadata.name).sort()).toEqual([...MEMBERS]);
    for (const name of MEMBERS) {
      const pods = await given[name].kubectl("get pods -l app.kubernetes.io/name=nginx --no-headers");
      expect(pods.match(/ 1\/1 +Running /g)).toHaveLength(2);
    }
    expect(await given.f.kubectl("get pods -n default --no-headers 2>&1")).toMatch(/No resources/);
  });

  it("C3: a user asks CoreDNS on f, by UDP and TCP, and gets the app", async () => {
    expect(await ledTo(NEAR_A, 10)).toEqual(["f-a"]);
    expect(await ledTo(ELSEWHERE, 40)).toEqual([...MEMBERS]);
    const { tcp } = await resolved(NEAR_A);
    expect(tcp).toEqual([given["f-a"].address]);
    const curl = path.join(prepared().tools, "curl");
    const run = await asUser(NEAR_A, curl, "-sS", "--resolve", `${NAME}:30080:${tcp[0]}`, URL);
    expect(run.output).toContain("Served by pod nginx-");
  });

  it("C3: a pod in a member knows the name, by its cluster's own CoreDNS", async () => {
    for (const name of MEMBERS) {
      const curl = `exec deploy/nginx -- curl -sS --max-time 5 ${URL}`;
      const seconds = await until(180, async () => /Served by pod/.test(await given[name].kubectl(curl)));
      process.stderr.write(`a pod of ${name} is answered after ${seconds} s\n`);
      const known = await given[name].kubectl(`exec deploy/nginx -- getent ahostsv4 ${NAME}`);
      expect(known.split(" ")[0]).toBe(given[name].address);
    }
  });

  it("a second preview changes nothing", async () => {
    const run = await sandbox("preview", ...(await stack()));
    expect(run.output).toMatch(/preview: \d+ same in/);
  });

  it("E5: a member that does not answer is led to no more, and is again when it does", async () => {
    // Nobody stands behind the member's way in: as for a user whose app is down there.
    const select = (app: string) => {
      const selector = { "app.kubernetes.io/name": app };
      return given["f-a"].kubectl(`patch service nginx -p '${JSON.stringify({ spec: { selector } })}'`);
    };
    await select("nobody");
    const gone = await until(120, async () => (await ledTo(NEAR_A, 5)).join() === "f-b");
    await select("nginx");
    const back = await until(120, async () => (await ledTo(NEAR_A, 5)).join() === "f-a");
    process.stderr.write(`led elsewhere after ${gone} s, back after ${back} s\n`);
  });

  it("B4: a member that loses its replicas is withdrawn before it does", async () => {
    const only = nginx({ placement: { "f-a": { weight: 0 }, "f-b": { weight: 1 } } });
    const run = await sandbox("up", ...(await stack(only)));
    expect(run.code).toBe(0);
    expect(await ledTo(NEAR_A, 5)).toEqual(["f-b"]);
    const again = await sandbox("up", ...(await stack()));
    expect(again.code).toBe(0);
    await until(60, async () => (await ledTo(NEAR_A, 5)).join() === "f-a");
  });

  it("E7: the destroy leaves the account as it was", () => leavesNothing("destroy"));

  it.each(CLUSTERS)(
    "E7: %s outlives the stack with nothing of it left, and goes on answering",
    async (name) => {
      expect(await given[name].everything()).toEqual(before[name]);
      expect(await corefile(name)).toBe(corefiles[name]);
      expect(await given[name].kubectl("get --raw /readyz")).toBe("ok");
    },
  );

  it("they go when their owner takes them away", async () => {
    for (const name of CLUSTERS) await removeGiven(name);
  });
});
