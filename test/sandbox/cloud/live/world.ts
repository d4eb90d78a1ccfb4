import { execFileSync, spawn } from "node:child_process";
import { inside, probe } from "./plain-machine";

export const CLIENT = "client";

export const run = (line: string): string =>
  execFileSync("sh", ["-ec", line], { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });

/** The box: its internet with the DNS address, and a client in a namespace of its own. */
export function world(): void {
  run(`
    mkdir -p /run/netns
    mount -t tmpfs netns /run/netns
    mount --make-shared /run/netns
    ip link set lo up
    ip link add internet type bridge
    ip addr add 198.18.0.1/24 dev internet
    ip link set internet up
    echo 1 > /proc/sys/net/ipv4/ip_forward
    ip netns add ${CLIENT}
    ip link add c1 type veth peer name eth0 netns ${CLIENT}
    ip addr add 198.18.101.1/30 dev c1
    ip link set c1 up
    ip -n ${CLIENT} addr add 198.18.101.2/30 dev eth0
    ip -n ${CLIENT} link set eth0 up
    ip -n ${CLIENT} route add default via 198.18.101.1
  `);
}

/** A pod on a machine, behind one more hop. */
export function pod(machine: string, address: string): void {
  run(`
    ip netns add pod
    ip link add pod0 netns ${machine} type veth peer name eth0 netns pod
    ip -n ${machine} addr add 169.254.1.1/32 dev pod0
    ip -n ${machine} link set pod0 up
    ip -n ${machine} route add ${address} dev pod0
    ip -n pod link set lo up
    ip -n pod addr add ${address}/32 dev eth0
    ip -n pod link set eth0 up
    ip -n pod route add 169.254.1.1 dev eth0
    ip -n pod route add default via 169.254.1.1
    nsenter --net=/run/netns/${machine} sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
  `);
}

/** Packets dropped so far in the router of vpc-1, by reason. */
export const counters = () => {
  const text = run("nsenter --net=/run/netns/vpc-1 nft list counters");
  return Object.fromEntries(
    [...text.matchAll(/counter (\S+) {\s*packets (\d+)/g)].map(([, name, packets]) => [
      name,
      Number(packets),
    ]),
  );
};

/** Whether a server is up. */
export const answers = async (netns: string | undefined, port: number) =>
  (await probe(netns, netns ? "127.0.0.1" : "198.18.0.1", port)).includes(" at ");

/** A metadata session: its token, and reads with it. */
export async function metadata(
  netns: string,
): Promise<{ token: string; read(path: string): Promise<string> }> {
  const http = (head: string) =>
    probe(netns, "169.254.169.254", 80, "", `${head}\r\nHost: x\r\nConnection: close\r\n\r\n`);
  const answer = await http(
    "PUT /latest/api/token HTTP/1.1\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\nContent-Length: 0",
  );
  const token = answer.split("\r\n\r\n")[1] ?? answer;
  return {
    token,
    read: async (path) =>
      (await http(`GET ${path} HTTP/1.1\r\nX-aws-ec2-metadata-token: ${token}`)).split("\r\n\r\n")[1],
  };
}

/** Waits for something, at most the given time; how long it took, in milliseconds. */
export async function until(
  what: string,
  good: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<number> {
  const begun = Date.now();
  while (!(await good())) {
    if (Date.now() - begun > seconds * 1000) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((done) => setTimeout(done, 100));
  }
  return Date.now() - begun;
}

/** A connection through the load balancer to a server that repeats what it is told. */
export function longTalk(): { got(): string; end(): Promise<string> } {
  const talk = `
    const c = require("net").connect(81, "192.0.2.1");
    c.on("error", (e) => console.log(e.code));
    c.write("1");
    c.pipe(process.stdout);
    process.stdin.pipe(c, { end: false });
  `;
  const [command, ...args] = inside(CLIENT, talk);
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  let got = "";
  child.stdout.on("data", (data) => (got += data));
  return {
    got: () => got,
    end: async () => {
      child.stdin.write("2");
      await until("the last word", () => got.endsWith("2")).catch(() => undefined);
      child.kill();
      return got;
    },
  };
}
