/** Run as root in network, mount and process namespaces of its own; prints what it saw as one line of JSON. */
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { startCloud } from "../../../../sandbox/cloud/cloud";
import type { CloudState, Rule } from "../../../../sandbox/cloud/state";
import type { Prepared } from "../../../../sandbox/prepare";
import { addPeer, eni, instance, sample } from "../sample";
import { FakeEmulator } from "./fake-emulator";
import { askResolver, inside, PlainMachine, probe } from "./plain-machine";
import { run, until, world } from "./world";

const SLOTS = { west: "machine-i-1", east: "machine-i-5" };
const WORKERS = { west: "machine-i-2", east: "machine-i-6" };
const PODS = { west: "10.244.0.0/16", east: "10.65.0.0/16" };
/** Bytes of a long answer: dozens of full packets, and less than a pipe holds. */
const LONG = 60_000;
const PEERS = {
  // The second of the east's slots is not there.
  west: `${PODS.east} 10.1.0.0/16 10.1.0.15,10.1.0.99`,
  east: `${PODS.west} 10.0.0.0/16 10.0.0.11`,
};
type Side = keyof typeof PODS;
const seen: Record<string, unknown> = {};

/** Two peered regions, each a slot and a worker, with the rules that the program gives them and port 8080 among nodes. */
function account(): CloudState {
  const state = sample();
  addPeer(state);
  const { "us-west-2": west, "us-east-2": east } = state.regions;
  west.interfaces.find(({ instance }) => instance === "i-2")!.sourceDestCheck = false;
  east.interfaces.push(
    eni("66666666", "10.1.0.16", {
      vpc: "vpc-5",
      subnet: "subnet-e",
      groups: ["sg-east"],
      instance: "i-6",
      deviceIndex: 0,
      sourceDestCheck: false,
    }),
  );
  east.instances.push(instance("i-6", ["eni-66666666"], "10.1.0.16", { vpc: "vpc-5", subnet: "subnet-e" }));
  const podRoute = (destination: string, id: string) =>
    ({ destination, target: "instance", id, state: "active" }) as const;
  east.routeTables[0].routes.push(podRoute("10.65.5.0/24", "i-5"), podRoute("10.65.6.0/24", "i-6"));
  // Straight over the peering, as AWS would take the route, and drop what follows it.
  const astray = "10.65.9.0/24";
  const pcx = west.peerings[0].id;
  west.routeTables[0].routes.push({ destination: astray, target: "peering", id: pcx, state: "active" });
  const rules = (vpc: string, peersPods: string, own: string): Rule[] => [
    { protocol: "udp", from: 4789, to: 4789, cidrs: [vpc], groups: [] },
    { protocol: "icmp", from: 8, to: 0, cidrs: [vpc], groups: [] },
    { protocol: "-1", from: null, to: null, cidrs: [peersPods, own], groups: [] },
    { protocol: "tcp", from: 8080, to: 8080, cidrs: [vpc], groups: [] },
  ];
  west.securityGroups[0].ingress = rules("10.1.0.0/16", PODS.east, PODS.west);
  east.securityGroups[0].ingress = rules("10.0.0.0/16", PODS.west, PODS.east);
  return state;
}

/** A pod on a machine's bridge, as the program's nodes have them; what kube-proxy takes for invalid is dropped. */
function pod(machine: string, name: string, range: string): void {
  const address = (last: number) => range.replace("0/24", String(last));
  run(`
    ip -n ${machine} link add cni0 type bridge
    ip -n ${machine} addr add ${address(1)}/24 dev cni0
    ip -n ${machine} link set cni0 up
    ip netns add ${name}
    ip link add pod0 netns ${machine} type veth peer name eth0 netns ${name}
    ip -n ${machine} link set pod0 master cni0 up
    ip -n ${name} link set lo up
    ip -n ${name} addr add ${address(5)}/24 dev eth0
    ip -n ${name} link set eth0 up
    ip -n ${name} route add default via ${address(1)}
  `);
}

function node(machine: string): void {
  run(`nsenter --net=/run/netns/${machine} sh -ec '
    echo 1 > /proc/sys/net/ipv4/ip_forward
    for each in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 1 > $each; done
    nft "table ip kube { chain forward { type filter hook forward priority filter; ct state invalid drop; }; }"'`);
}

/** Runs the node's own script about its peers; `""` is none. */
function overlay(machine: string, side: Side, peers: string): void {
  const scripts = path.join(__dirname, "../../../../regions/scripts");
  const network = side === "west" ? "10.0" : "10.1";
  const text = `set -Eeuo pipefail; shopt -s inherit_errexit
    PODS=${PODS[side]} INSIDE='${network}.0.0/16, ${PODS[side]}' RESOLVER=${network}.0.2 OVERLAY_PORT=4789
    . ${scripts}/pod-network.sh
    . ${scripts}/peering.sh
    peers_link "$1"; [[ -z $1 ]] || peers_routes "$1"`;
  execFileSync("nsenter", [`--net=/run/netns/${machine}`, "--", "bash", "-c", text, "peers", peers], {
    stdio: ["ignore", "inherit", "inherit"],
  });
}

const everyNode = (tell: (machine: string, side: Side) => void): void =>
  (["west", "east"] as const).forEach((side) =>
    [SLOTS[side], WORKERS[side]].forEach((one) => tell(one, side)),
  );

/** Answers on 8080 with who asked; on 9000 with so much that full packets are needed. */
function serve(netns: string) {
  const script = `
    const net = require("net");
    const on = (port, answer) => net.createServer((c) => (c.on("error", () => {}), c.end(answer(c)))).listen(port, "0.0.0.0");
    on(8080, (c) => c.remoteAddress + " at " + c.localAddress);
    on(9000, () => "x".repeat(${LONG}));
  `;
  const [command, ...args] = inside(netns, script);
  return spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
}

const dropped = (reason: string): number => {
  const text = run(`nsenter --net=/run/netns/vpc-1 nft list counter ip vpc ${reason}`);
  return Number(/packets (\d+)/.exec(text)![1]);
};

async function main(): Promise<void> {
  world();
  const runDir = fs.mkdtempSync(path.join(os.tmpdir(), "peering-live-"));
  const emulator = new FakeEmulator(account());
  const cloud = await startCloud({
    prepared: { tools: process.argv[2] } as Prepared,
    runDir,
    emulator: await emulator.start(),
    log: (line) => console.error(line),
    create: async (spec) => new PlainMachine(spec),
  });
  await cloud.settled();
  everyNode(node);
  pod(WORKERS.west, "pod-west", "10.244.2.0/24");
  pod(WORKERS.east, "pod-east", "10.65.6.0/24");
  pod(SLOTS.east, "pod-slot", "10.65.5.0/24");
  const servers = [...Object.values(WORKERS), SLOTS.east, "pod-west", "pod-east", "pod-slot"].map(serve);
  for (const one of ["pod-west", "pod-east", "pod-slot"])
    await until(one, async () => (await probe(one, "127.0.0.1", 8080)).includes(" at "));

  seen.nodes = [await probe(SLOTS.west, "10.1.0.16", 8080), await probe(WORKERS.east, "10.0.0.12", 8080)];
  seen.otherPort = await probe(SLOTS.west, "10.1.0.16", 9000);
  seen.podsOwnSource = await probe("pod-west", "10.1.0.16", 8080);
  seen.podsRange = await probe(SLOTS.west, "10.65.9.5", 8080);
  seen.resolver = await askResolver(SLOTS.west, "10.1.0.2");
  seen.dropped = [dropped("peering-source"), dropped("peering-destination")].map((packets) => packets > 0);
  seen.withoutOverlay = await probe("pod-west", "10.65.6.5", 8080);

  everyNode((machine, side) => overlay(machine, side, PEERS[side]));
  everyNode((machine, side) => overlay(machine, side, PEERS[side])); // once more changes nothing
  seen.pods = [
    await probe("pod-west", "10.65.6.5", 8080),
    await probe("pod-east", "10.244.2.5", 8080),
    await probe("pod-west", "10.65.5.5", 8080),
    await probe("pod-slot", "10.244.2.5", 8080),
  ];
  seen.way = run(`ip -n ${WORKERS.west} route show ${PODS.east}`).trim();
  seen.nodeToPod = await probe(WORKERS.west, "10.65.6.5", 8080);
  seen.long = [await probe("pod-west", "10.65.6.5", 9000), await probe("pod-east", "10.244.2.5", 9000)].map(
    (text) => text.length,
  );

  everyNode((machine, side) => overlay(machine, side, ""));
  seen.without = await probe("pod-west", "10.65.6.5", 8080);
  seen.residue = run(
    `for one in ${Object.values({ ...SLOTS }).join(" ")}; do ip -n $one route show; ip -n $one -o link show; done`,
  ).match(/peers|10\.65\.0\.0|10\.244\.0\.0/g);
  emulator.change(({ regions }) => Object.values(regions).forEach((one) => (one.peerings = [])));
  await cloud.settled();
  seen.links = run("ip -n vpc-1 -o link show; ip -n vpc-5 -o link show").match(/pcx\w+/g);
  seen.gone = await probe(SLOTS.west, "10.1.0.16", 8080);

  for (const server of servers) server.kill("SIGKILL");
  await cloud.stop();
  emulator.stop();
  fs.rmSync(runDir, { recursive: true });
  console.log(JSON.stringify(seen));
}

main().catch((error: Error) => {
  console.error(JSON.stringify(seen, null, 1), error.stack);
  process.exit(1);
});
