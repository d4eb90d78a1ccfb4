import { execFile, spawn, type ChildProcess } from "node:child_process";
import { promisify } from "node:util";
import { connect, disconnect } from "../../../../sandbox/machines/network";
import { machineNetns } from "../../../../sandbox/machines/spec";
import type { Machine } from "../../../../sandbox/cloud/apply-instances";
import type { MachineSpec } from "../../../../sandbox/machines/machine";

/** The port on which a server repeats what it is told; elsewhere it tells the address that it sees. */
export const ECHO = 30081;

const SERVER = `
const net = require("net"), dgram = require("dgram");
const [ports, dns] = process.argv.slice(1);
for (const port of ports.split(",").map(Number)) {
  const answer = (c) => (port === ${ECHO} ? c.pipe(c) : c.end(c.remoteAddress + " at " + c.localAddress));
  net.createServer((c) => (c.on("error", () => {}), answer(c))).listen(port, "0.0.0.0");
}
const s = dns && dgram.createSocket("udp4").bind(53, dns);
if (s) s.on("message", (m, from) => s.send(from.address, from.port, from.address));
`;

/** Connects once, from a given source if there is one: what it was told, or "refused", "timeout" … */
const PROBE = `
const [host, port, source, text] = process.argv.slice(1);
const c = require("net").connect({ host, port: +port, localAddress: source || undefined });
let got = "";
const say = (x) => (console.log(x), process.exit(0));
c.setTimeout(5000, () => say("timeout"));
c.on("error", (e) => say(e.code));
c.on("data", (d) => (got += d));
c.on("end", () => say(got));
c.on("connect", () => text && c.write(text));
`;

const ASK = `
const s = require("dgram").createSocket("udp4");
const say = (x) => (console.log(String(x)), process.exit(0));
s.on("message", say);
setTimeout(say, 5000, "timeout");
s.send("x", 53, process.argv[1]);
`;

export function inside(netns: string | undefined, script: string, ...args: string[]): string[] {
  return [
    ...(netns ? ["nsenter", `--net=/run/netns/${netns}`, "--"] : []),
    process.execPath,
    "-e",
    script,
    ...args,
  ];
}

// Not synchronously: the cloud runs in this very process.
const call = async ([command, ...args]: string[]) => (await promisify(execFile)(command, args)).stdout.trim();

export function probe(
  netns: string | undefined,
  host: string,
  port: number,
  source = "",
  text = "",
): Promise<string> {
  return call(inside(netns, PROBE, host, String(port), source, text));
}

export function askResolver(netns: string, address: string): Promise<string> {
  return call(inside(netns, ASK, address));
}

export function serve(netns: string | undefined, ports: number[], dns = ""): ChildProcess {
  const [command, ...args] = inside(netns, SERVER, ports.join(","), dns);
  return spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
}

/** A machine of nothing but a network namespace, linked as the real one is. */
export class PlainMachine implements Machine {
  running = false;
  starts = 0;

  constructor(readonly spec: MachineSpec) {}

  get netns(): string {
    return machineNetns(this.spec.id);
  }

  async start(linked?: () => Promise<void>): Promise<void> {
    await connect(this.spec);
    await linked?.();
    this.running = true;
    this.starts++;
  }

  async powerOff(): Promise<void> {
    this.running = false;
    await disconnect(this.spec);
  }

  async destroy(): Promise<void> {
    await this.powerOff();
  }

  async setVolumes(volumes: readonly MachineSpec["volumes"][number][]): Promise<void> {
    this.spec.volumes = [...volumes];
  }

  async exec(): Promise<{ code: number; stdout: string; stderr: string }> {
    return { code: 0, stdout: "", stderr: "" };
  }

  async console(): Promise<string> {
    return `booted ${this.spec.hostname}\n`;
  }
}
