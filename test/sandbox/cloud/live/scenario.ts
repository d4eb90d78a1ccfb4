/** Run as root in network, mount and process namespaces of its own; prints what it saw as one line of JSON. */
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { startCloud } from "../../../../sandbox/cloud/cloud";
import type { Prepared } from "../../../../sandbox/prepare";
import { eni, sample, tcp } from "../sample";
import { FakeEmulator } from "./fake-emulator";
import { askResolver, ECHO, inside, PlainMachine, probe, serve } from "./plain-machine";

const run = (line: string) => execFileSync("sh", ["-ec", line], { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
const CLIENT = "client";
const [I1, I2, I3] = ["machine-i-1", "machine-i-2", "machine-i-3"];
const seen: Record<string, unknown> = {};

function world(): void {
  run(`mkdir -p /run/netns; mount -t tmpfs netns /run/netns; mount --make-shared /run/netns; ip link set lo up
    ip link add internet type bridge; ip addr add 198.18.0.1/24 dev internet; ip link set internet up; echo 1 > /proc/sys/net/ipv4/ip_forward
    ip netns add ${CLIENT}; ip link add c1 type veth peer name eth0 netns ${CLIENT}; ip addr add 198.18.101.1/30 dev c1; ip link set c1 up
    ip -n ${CLIENT} addr add 198.18.101.2/30 dev eth0; ip -n ${CLIENT} link set eth0 up; ip -n ${CLIENT} route add default via 198.18.101.1`);
}

/** A pod on i-1, behind one more hop, and another address on it that is a pod's. */
function pod(machine: string, address: string): void {
  run(`ip netns add pod; ip link add pod0 netns ${machine} type veth peer name eth0 netns pod; ip -n ${machine} addr add 169.254.1.1/32 dev pod0; ip -n ${machine} link set pod0 up
    ip -n ${machine} route add ${address} dev pod0; ip -n pod link set lo up; ip -n pod addr add ${address}/32 dev eth0; ip -n pod link set eth0 up
    ip -n pod route add 169.254.1.1 dev eth0; ip -n pod route add default via 169.254.1.1; nsenter --net=/run/netns/${machine} sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'`);
}

async function together(probes: Record<string, Promise<unknown>>): Promise<void> {
  await Promise.all(Object.entries(probes).map(async ([name, probe]) => (seen[name] = await probe)));
}

const counters = () => {
  const text = run("nsenter --net=/run/netns/vpc-1 nft list counters");
  return Object.fromEntries([...text.matchAll(/counter (\S+) {\s*packets (\d+)/g)].map(([, name, packets]) => [name, Number(packets)]));
};

const answers = async (netns: string | undefined, port: number) => (await probe(netns, netns ? "127.0.0.1" : "198.18.0.1", port)).includes(" at ");

async function metadata(netns: string): Promise<{ token: string; read(path: string): Promise<string> }> {
  const http = (head: string) => probe(netns, "169.254.169.254", 80, "", `${head}\r\nHost: x\r\nConnection: close\r\n\r\n`);
  const answer = await http("PUT /latest/api/token HTTP/1.1\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\nContent-Length: 0");
  const token = answer.split("\r\n\r\n")[1] ?? answer;
  return { token, read: async (path) => (await http(`GET ${path} HTTP/1.1\r\nX-aws-ec2-metadata-token: ${token}`)).split("\r\n\r\n")[1] };
}

async function until(what: string, good: () => boolean | Promise<boolean>, seconds = 15): Promise<number> {
  const begun = Date.now();
  while (!(await good())) {
    if (Date.now() - begun > seconds * 1000) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((done) => setTimeout(done, 100));
  }
  return Date.now() - begun;
}

async function main(): Promise<void> {
  world();
  const runDir = fs.mkdtempSync(path.join(os.tmpdir(), "cloud-live-"));
  const start = sample();
  const [node, balancer] = start.regions["us-west-2"].securityGroups;
  node.ingress.push(tcp(ECHO, { groups: ["sg-elb"] }));
  balancer.ingress.push(tcp(81, { cidrs: ["0.0.0.0/0"] }));
  start.regions["us-west-2"].loadBalancers[0].listeners.push({ port: 81, protocol: "TCP", targetPort: ECHO, targetGroup: null });
  const emulator = new FakeEmulator(start);
  /** A network load balancer whose targets fail their checks and yet answer. */
  const failOpen = async () => {
    emulator.change((state) => {
      const region = state.regions["us-west-2"];
      const check = { protocol: "HTTP" as const, port: 9999, path: "/", interval: 1, timeout: 1, healthy: 2, unhealthy: 2 };
      const targets = ["i-1", "i-2"].map((id) => ({ id, port: 30080 }));
      region.targetGroups.push({ arn: "arn:tg", name: "tg", protocol: "TCP", port: 30080, vpc: "vpc-1", targetType: "instance", preserveClientIp: false, check, targets });
      region.interfaces.push(eni("77777777", "10.0.0.41", { requester: "net", publicIp: "192.0.2.2", groups: [] }));
      const listeners = [{ port: 80, protocol: "TCP", targetPort: null, targetGroup: "arn:tg" }];
      region.loadBalancers.push({ ...region.loadBalancers[0], kind: "network", name: "net", dnsName: "net.elb", listeners, instances: [], healthCheck: null });
    });
    await cloud.settled();
    return probe(CLIENT, "192.0.2.2", 80);
  };
  const url = await emulator.start();
  const machines = new Map<string, PlainMachine>();
  const begun = Date.now();
  const cloud = await startCloud({
    prepared: { tools: process.argv[2] } as Prepared,
    runDir,
    emulator: url,
    log: (line) => console.error(line),
    create: async (spec) => (machines.set(spec.id, new PlainMachine(spec)), machines.get(spec.id)!),
  });
  await cloud.settled();
  seen.settledMs = Date.now() - begun;
  const servers = [serve(I1, [8080, 9090, 30080, ECHO]), serve(I2, [8080, 9090, 30080, ECHO]), serve(I3, [9090]), serve(undefined, [7000, 53], "198.18.0.1")];
  await until("servers", async () => (await Promise.all([answers(I1, 30080), answers(I2, 30080), answers(undefined, 53)])).every(Boolean));
  pod(I1, "10.244.1.5");
  run(`ip -n ${I2} addr add 10.244.2.5/32 dev lo`);

  await together({
    allowedPort: probe(CLIENT, "54.0.0.11", 8080),
    otherPort: probe(CLIENT, "54.0.0.11", 9090),
    groupMember: probe(I1, "10.0.0.12", 9090),
    notMember: probe(I1, "10.0.0.12", 8080),
    otherSubnetWithoutRules: probe(I1, "10.0.1.13", 9090),
    shutEgress: probe(I3, "10.0.0.12", 9090),
    podToNode: probe("pod", "10.0.0.12", 8080),
    podByGroup: probe("pod", "10.0.0.12", 9090),
    wrongSource: probe(I2, "10.0.0.11", 8080, "10.244.2.5"),
    nodeToInternet: probe(I1, "198.18.0.1", 7000),
    podToInternet: probe("pod", "198.18.0.1", 7000),
    gatewayless: probe(I3, "198.18.0.1", 7000),
    absentNeighbour: probe(I1, "10.0.0.77", 9090),
    resolver: Promise.all([askResolver(I1, "10.0.0.2"), askResolver(I3, "169.254.169.253"), probe(I1, "10.0.0.2", 53), askResolver("pod", "10.0.0.2")]),
  });
  run("ip route add 10.0.0.0/16 via 198.19.1.2 dev vpc1");
  seen.privateFromOutside = await probe(CLIENT, "10.0.0.11", 8080);
  run("ip route del 10.0.0.0/16");
  seen.counters = counters();

  const service = await metadata(I1);
  seen.metadata = await Promise.all(["/latest/meta-data/instance-id", "/latest/meta-data/placement/availability-zone-id", "/latest/user-data"].map(service.read));
  seen.credentials = JSON.parse(await service.read("/latest/meta-data/iam/security-credentials/node")).Token;
  seen.metadataOfOther = await (await metadata(I2)).read("/latest/meta-data/instance-id");
  seen.podToken = (await metadata("pod")).token;
  emulator.change((state) => (state.regions["us-west-2"].instances[0].metadata.hopLimit = 2));
  await cloud.settled();
  seen.podWithTwoHops = await (await metadata("pod")).read("/latest/meta-data/instance-id");

  seen.healthyMs = await until("targets healthy", () => cloud.targetsHealthy("web-1.us-west-2.elb.amazonaws.com"));
  await until("both targets healthy", () => Object.values(emulator.health.at(-1)?.["us-west-2/web"] ?? {}).filter((one) => one === "healthy").length === 2);
  seen.balancer = await probe(CLIENT, "192.0.2.1", 80);
  seen.balancerOtherPort = await probe(CLIENT, "192.0.2.1", 8080);
  seen.hairpin = await probe(I1, "192.0.2.1", 80);
  // A connection that is open while a target goes must stay.
  const talk = longTalk();
  await until("a long talk", () => talk.got().length > 0);
  emulator.change((state) => (state.regions["us-west-2"].loadBalancers[0].instances = ["i-2"]));
  await cloud.settled();
  seen.oneTarget = [await probe(CLIENT, "192.0.2.1", 80), await probe(CLIENT, "192.0.2.1", 80)].map((text) => text.split(" at ")[1]);
  seen.longTalk = await talk.end();
  seen.failOpen = await failOpen();
  emulator.change((state) => (state.regions["us-west-2"].securityGroups[0].ingress = [tcp(8080, { cidrs: ["0.0.0.0/0"] })]));
  seen.balancerWithoutRule = await until("target unhealthy", () => emulator.health.at(-1)?.["us-west-2/web"]?.["i-2"] === "unhealthy").then(() => probe(CLIENT, "192.0.2.1", 80));
  const changed = Date.now();
  emulator.change((state) => state.regions["us-west-2"].securityGroups[0].ingress.push(tcp(9999, { cidrs: ["0.0.0.0/0"] })));
  await until("rule", () => run("nsenter --net=/run/netns/vpc-1 nft list chain ip vpc sg-node-in").includes("9999"));
  seen.ruleMs = Date.now() - changed;

  seen.regionOf = [cloud.regionOf("198.19.1.2"), cloud.regionOf("54.0.0.11"), cloud.regionOf("1.2.3.4")];
  seen.names = [cloud.instanceName("ip-10-0-0-11.us-west-2.compute.internal"), cloud.instanceName("ec2-54-0-0-11.us-west-2.compute.amazonaws.com", "198.19.1.2"), cloud.loadBalancer("web-1.us-west-2.elb.amazonaws.com")];
  emulator.change((state) => (state.regions["us-west-2"].instances[1].state = "stopped"));
  await cloud.settled();
  seen.stopped = [cloud.machines().find((one) => one.id === "i-2")?.on, await probe(I1, "10.0.0.12", 9090)];
  emulator.change((state) => Object.assign(state.regions["us-west-2"].instances[1], { state: "running", launched: "2026-01-02T00:00:00Z" }));
  await cloud.settled();
  servers.push(serve(I2, [8080]));
  await until("server", () => answers(I2, 8080));
  seen.startedAgain = [machines.get("i-2")!.starts, await probe(I1, "10.0.0.12", 8080)];
  await until("consoles", () => "i-1" in emulator.consoles);
  seen.console = emulator.consoles["i-1"];
  seen.rssMiB = Math.round(process.memoryUsage().rss / 2 ** 20);

  for (const server of servers) server.kill("SIGKILL");
  await cloud.stop();
  emulator.stop();
  seen.left = run("ip netns list; ip -o link show | grep -c vpc || true; ls " + runDir).trim().split("\n");
  fs.rmSync(runDir, { recursive: true });
  console.log(JSON.stringify(seen));
}

/** A connection through the load balancer to a server that repeats what it is told. */
function longTalk(): { got(): string; end(): Promise<string> } {
  const talk = `const c = require("net").connect(81, "192.0.2.1"); c.write("1"); c.pipe(process.stdout); process.stdin.pipe(c, { end: false }); c.on("error", (e) => console.log(e.code));`;
  const [command, ...args] = inside(CLIENT, talk);
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  let got = "";
  child.stdout.on("data", (data) => (got += data));
  return {
    got: () => got,
    end: async () => {
      child.stdin.write("2");
      await new Promise((done) => setTimeout(done, 500));
      child.kill();
      return got;
    },
  };
}

main().catch((error: Error) => {
  console.error(JSON.stringify(seen, null, 1), error.stack);
  process.exit(1);
});
