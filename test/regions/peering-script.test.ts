import { execFileSync } from "child_process";
import { existsSync } from "fs";
import { join } from "path";
import { cacheRoot } from "../../sandbox/prepare/cache";
import { plan } from "../../sandbox/prepare/step";
import { steps } from "../../sandbox/prepare/steps";

/** The part of a node's program that takes up its peers, in a network namespace; what it reads is a file's. */
const tools = join(plan(steps, cacheRoot()).find((one) => one.name === "tools")!.path, "bin");
const missing = process.getuid?.() !== 0 || !existsSync(join(tools, "nft"));
const PEER = "10.65.0.0/16 10.1.0.0/16 10.1.0.10";

/** How a run ended, what it said, and what is there after it: the way to the peer's pods, and where pods keep their address. */
interface Ran {
  readonly code: number;
  readonly said: string;
  readonly way: string;
  readonly left: number;
  readonly inside: string;
}

/** Runs it once for each value of the parameter. */
function runs(...values: string[]): Ran[] {
  const script = (name: string) => join(__dirname, "../../regions/scripts", `${name}.sh`);
  const world = `
    mount -t tmpfs run /run
    ip link set lo up
    ip link add eth0 type veth peer name other
    ip addr add 10.3.0.10/24 dev eth0
    ip link set other up
    ip link set eth0 up
    ip route add default via 10.3.0.1
    {
      echo "ROLE=worker PODS=10.67.0.0/16 INSIDE='10.3.0.0/16, 10.67.0.0/16' RESOLVER=10.3.0.2 OVERLAY_PORT=4789 PEERS_PARAMETER=peers"
      cat ${script("common")} ${script("pod-network")} ${script("peering")}
      echo 'parameter() { cat /run/value; }; peers'
    } >/run/node
    for value in "$@"; do
      echo "$value" >/run/value
      said=$(bash /run/node 2>&1) && code=0 || code=$?
      echo "$code|\${said//$'\\n'/ }|$(ip route show dev peers 2>/dev/null)|$(pgrep -c sed)|$(nft list set ip federation inside 2>/dev/null | tr -d '\\n\\t ')"
    done`;
  const args = [
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--mount-proc",
    "bash",
    "-c",
    world,
    "world",
    ...values,
  ];
  const env = { ...process.env, PATH: `${tools}:${process.env.PATH}` };
  const text = execFileSync("unshare", args, { encoding: "utf8", env, timeout: 60_000 });
  return text
    .trim()
    .split("\n")
    .map((line) => line.split("|"))
    .map(([code, said, way, left, set]) => ({
      code: Number(code),
      said,
      way: way.trim(),
      left: Number(left),
      inside: /elements=\{(.*?)\}/.exec(set)?.[1] ?? "",
    }));
}

(missing ? describe.skip : describe)("what a node does about its peers", () => {
  it("D6: takes them up, does nothing while they stay, forgets them; no run leaves a process behind", () => {
    const way = "10.65.0.0/16 via 10.1.0.10 onlink";
    const [own, both] = ["10.3.0.0/16,10.67.0.0/16", "10.3.0.0/16,10.65.0.0/16,10.67.0.0/16"];
    expect(runs("none", PEER, PEER, "none")).toEqual([
      { code: 0, said: "", way: "", left: 0, inside: "" },
      { code: 0, said: `federation[worker]: peers: ${PEER}`, way, left: 0, inside: both },
      { code: 0, said: "", way, left: 0, inside: both },
      { code: 0, said: "federation[worker]: peers: none", way: "", left: 0, inside: own },
    ]);
  }, 60_000);

  it("fails on what it cannot read, and takes it for nothing that it knows", () => {
    const [broken, after] = runs("no ranges", PEER);
    expect(broken.code).not.toBe(0);
    expect([after.code, after.way]).toEqual([0, "10.65.0.0/16 via 10.1.0.10 onlink"]);
  }, 60_000);
});
