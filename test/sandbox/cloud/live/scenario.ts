/** Run as root in network, mount and process namespaces of its own; prints what it saw as one line of JSON. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { startCloud } from "../../../../sandbox/cloud/cloud";
import type { Prepared } from "../../../../sandbox/prepare";
import { addNat, addUnhealthyBalancer, sample, tcp } from "../sample";
import { FakeEmulator } from "./fake-emulator";
import { askResolver, ECHO, PlainMachine, probe, serve } from "./plain-machine";
import { answers, CLIENT, counters, longTalk, metadata, pod, run, until, world } from "./world";

const [I1, I2, I3] = ["machine-i-1", "machine-i-2", "machine-i-3"];
const seen: Record<string, unknown> = {};

async function together(probes: Record<string, Promise<unknown>>): Promise<void> {
  await Promise.all(Object.entries(probes).map(async ([name, probe]) => (seen[name] = await probe)));
}

async function main(): Promise<void> {
  world();
  const runDir = fs.mkdtempSync(path.join(os.tmpdir(), "cloud-live-"));
  process.on("exit", () => fs.rmSync(runDir, { recursive: true, force: true }));
  const start = sample();
  const [node, balancer] = start.regions["us-west-2"].securityGroups;
  node.ingress.push(tcp(ECHO, { groups: ["sg-elb"] }));
  balancer.ingress.push(tcp(81, { cidrs: ["0.0.0.0/0"] }));
  start.regions["us-west-2"].loadBalancers[0].listeners.push({
    port: 81,
    protocol: "TCP",
    targetPort: ECHO,
    targetGroup: null,
  });
  const emulator = new FakeEmulator(start);
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
  const servers = [
    serve(I1, [8080, 9090, 30080, ECHO]),
    serve(I2, [8080, 9090, 30080, ECHO]),
    serve(I3, [8080, 9090]),
    serve(undefined, [7000, 53], "198.18.0.1"),
  ];
  await until("servers", async () =>
    (await Promise.all([answers(I1, 30080), answers(I2, 30080), answers(undefined, 53)])).every(Boolean),
  );
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
    resolver: Promise.all([
      askResolver(I1, "10.0.0.2"),
      askResolver(I3, "169.254.169.253"),
      probe(I1, "10.0.0.2", 53),
      askResolver("pod", "10.0.0.2"),
    ]),
  });
  run("ip route add 10.0.0.0/16 via 198.19.1.2 dev vpc1");
  seen.privateFromOutside = await probe(CLIENT, "10.0.0.11", 8080);
  run("ip route del 10.0.0.0/16");
  seen.counters = counters();

  // The third instance's subnet gets a way out; its groups let it speak and be spoken to.
  emulator.change((state) => {
    const region = state.regions["us-west-2"];
    addNat(region);
    const eni = region.interfaces.find(({ instance }) => instance === "i-3")!;
    Object.assign(eni, { groups: ["sg-node"], sourceDestCheck: false });
  });
  await cloud.settled();
  run(`ip -n ${I3} addr add 10.244.3.5/32 dev lo`);
  await together({
    natToInternet: probe(I3, "198.18.0.1", 7000),
    natToNode: probe(I3, "54.0.0.11", 8080),
    natFromPod: probe(I3, "198.18.0.1", 7000, "10.244.3.5"),
    natInside: probe(I3, "10.0.0.12", 9090),
    nodeBesideNat: probe(I1, "198.18.0.1", 7000),
    natFromOutside: probe(CLIENT, "203.0.113.9", 8080),
  });
  run("ip route add 10.0.0.0/16 via 198.19.1.2 dev vpc1");
  seen.privateBehindNat = await probe(CLIENT, "10.0.1.13", 8080);
  run("ip route del 10.0.0.0/16");
  seen.natCounters = counters();

  const service = await metadata(I1);
  seen.metadata = await Promise.all(
    [
      "/latest/meta-data/instance-id",
      "/latest/meta-data/placement/availability-zone-id",
      "/latest/user-data",
    ].map(service.read),
  );
  seen.credentials = JSON.parse(await service.read("/latest/meta-data/iam/security-credentials/node")).Token;
  seen.metadataOfOther = await (await metadata(I2)).read("/latest/meta-data/instance-id");
  seen.podToken = (await metadata("pod")).token;
  emulator.change((state) => (state.regions["us-west-2"].instances[0].metadata.hopLimit = 2));
  await cloud.settled();
  seen.podWithTwoHops = await (await metadata("pod")).read("/latest/meta-data/instance-id");

  seen.healthyMs = await until("targets healthy", () =>
    cloud.targetsHealthy("web-1.us-west-2.elb.amazonaws.com"),
  );
  await until(
    "both targets healthy",
    () =>
      Object.values(emulator.health.at(-1)?.["us-west-2/web"] ?? {}).filter((one) => one === "healthy")
        .length === 2,
  );
  seen.balancer = await probe(CLIENT, "192.0.2.1", 80);
  seen.balancerOtherPort = await probe(CLIENT, "192.0.2.1", 8080);
  seen.hairpin = await probe(I1, "192.0.2.1", 80);
  seen.natHairpin = await probe(I3, "192.0.2.1", 80);
  emulator.change((state) => (state.regions["us-west-2"].natGateways[0].state = "deleting"));
  await cloud.settled();
  seen.natGone = await probe(I3, "198.18.0.1", 7000);
  // A connection that is open while a target goes must stay.
  const talk = longTalk();
  await until("a long talk", () => talk.got().length > 0);
  emulator.change((state) => (state.regions["us-west-2"].loadBalancers[0].instances = ["i-2"]));
  await cloud.settled();
  seen.oneTarget = [await probe(CLIENT, "192.0.2.1", 80), await probe(CLIENT, "192.0.2.1", 80)].map(
    (text) => text.split(" at ")[1],
  );
  seen.longTalk = await talk.end();
  emulator.change(addUnhealthyBalancer);
  await cloud.settled();
  seen.failOpen = await probe(CLIENT, "192.0.2.2", 80);
  emulator.change(
    (state) => (state.regions["us-west-2"].securityGroups[0].ingress = [tcp(8080, { cidrs: ["0.0.0.0/0"] })]),
  );
  seen.balancerWithoutRule = await until(
    "target unhealthy",
    () => emulator.health.at(-1)?.["us-west-2/web"]?.["i-2"] === "unhealthy",
  ).then(() => probe(CLIENT, "192.0.2.1", 80));
  const changed = Date.now();
  emulator.change((state) =>
    state.regions["us-west-2"].securityGroups[0].ingress.push(tcp(9999, { cidrs: ["0.0.0.0/0"] })),
  );
  await until("rule", () =>
    run("nsenter --net=/run/netns/vpc-1 nft list chain ip vpc sg-node-in").includes("9999"),
  );
  seen.ruleMs = Date.now() - changed;

  seen.regionOf = [cloud.regionOf("198.19.1.2"), cloud.regionOf("54.0.0.11"), cloud.regionOf("1.2.3.4")];
  seen.names = [
    cloud.instanceName("ip-10-0-0-11.us-west-2.compute.internal"),
    cloud.instanceName("ec2-54-0-0-11.us-west-2.compute.amazonaws.com", "198.19.1.2"),
    cloud.loadBalancer("web-1.us-west-2.elb.amazonaws.com"),
  ];
  emulator.change((state) => (state.regions["us-west-2"].instances[1].state = "stopped"));
  await cloud.settled();
  seen.stopped = [cloud.machines().find((one) => one.id === "i-2")?.on, await probe(I1, "10.0.0.12", 9090)];
  emulator.change((state) =>
    Object.assign(state.regions["us-west-2"].instances[1], {
      state: "running",
      launched: "2026-01-02T00:00:00Z",
    }),
  );
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
  seen.left = run("ip netns list; ip -o link show | grep -c vpc || true; ls " + runDir)
    .trim()
    .split("\n");
  console.log(JSON.stringify(seen));
}

main().catch((error: Error) => {
  console.error(JSON.stringify(seen, null, 1), error.stack);
  process.exit(1);
});
