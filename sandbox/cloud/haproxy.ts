import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { shortName } from "./names";
import type { CheckedServer } from "./balancers";
import type { Tools } from "./tools";

const READY_SECONDS = 10;
/** How long connections may go on in a process that a newer one has taken over from. */
const LINGER = "1h";
/** Runtime states of haproxy's `show servers state`, version 1, behind the five leading columns. */
const NEW_SERVER_STATE = "0 0 1 1 0 1 0 0 6 0 0 0";

export interface HaproxyPlace {
  netns: string;
  /** Folder for configuration and state. */
  dir: string;
  /** Folder for the socket: short, see {@link socketDir}. */
  sockets: string;
  log: string;
}

/** One haproxy in a network namespace: started, changed without cutting a connection, asked, stopped. */
export class Haproxy {
  private readonly generations = new Set<ChildProcess>();
  private current?: ChildProcess;
  private config = "";
  /** While a process takes over, the end of the one before is as it should be. */
  private changing = false;
  readonly socket: string;

  constructor(
    private readonly tools: Tools,
    readonly key: string,
    private readonly place: HaproxyPlace,
    /** Called when the one in charge ends by itself. */
    private readonly died: () => void,
  ) {
    this.socket = path.join(place.sockets, `${shortName(key)}.sock`);
  }

  /**
   * Serves `config`. A new process takes the listening sockets over from the old one, which goes on with its
   * open connections only. A server's health is carried over; a new one has to prove its own first.
   */
  async configure(config: string, servers: readonly CheckedServer[]): Promise<void> {
    if (this.current && this.config === config) return;
    this.changing = true;
    try {
      await this.takeOver(config, servers);
    } finally {
      this.changing = false;
    }
  }

  private async takeOver(config: string, servers: readonly CheckedServer[]): Promise<void> {
    fs.mkdirSync(this.place.dir, { recursive: true });
    fs.mkdirSync(this.place.sockets, { recursive: true, mode: 0o700 });
    const file = path.join(this.place.dir, "haproxy.cfg");
    const state = path.join(this.place.dir, "servers");
    const generation = shortName(`${process.hrtime.bigint()}`);
    const old = this.current ? await this.information().catch(() => undefined) : undefined;
    fs.writeFileSync(
      state,
      serverStates(servers, old ? await this.ask("show servers state").catch(() => "") : ""),
    );
    fs.writeFileSync(file, [...this.global(generation, state), config].join("\n"));
    const child = this.spawn(file, old ? ["-x", this.socket, "-sf", old.Pid] : []);
    await this.ready(child, generation);
    this.current = child;
    this.config = config;
  }

  /** Sends one command to the process in charge. */
  ask(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const connection = net.connect(this.socket);
      const parts: Buffer[] = [];
      connection.setTimeout(3000, () =>
        connection.destroy(new Error(`${this.key}: haproxy did not answer "${command}" within 3 s`)),
      );
      connection.on("connect", () => connection.write(`${command}\n`));
      connection.on("data", (part) => parts.push(part));
      connection.on("error", reject);
      connection.on("end", () => resolve(Buffer.concat(parts).toString()));
    });
  }

  async stop(): Promise<void> {
    this.current = undefined;
    const all = [...this.generations];
    for (const child of all) child.kill("SIGKILL");
    await Promise.all(
      all.map((child) =>
        child.exitCode === null && child.signalCode === null
          ? new Promise((done) => child.once("exit", done))
          : undefined,
      ),
    );
    fs.rmSync(this.socket, { force: true });
    fs.rmSync(this.place.dir, { recursive: true, force: true });
  }

  private global(generation: string, state: string): string[] {
    return [
      "global",
      ` node ${generation}`,
      " nbthread 1",
      " maxconn 2000",
      ` stats socket ${this.socket} level admin expose-fd listeners`,
      ` server-state-file ${state}`,
      // Else the first checks are spread over a whole interval.
      " max-spread-checks 200",
      ` hard-stop-after ${LINGER}`,
      "",
    ];
  }

  private spawn(file: string, extra: string[]): ChildProcess {
    fs.mkdirSync(path.dirname(this.place.log), { recursive: true });
    const log = fs.openSync(this.place.log, "a");
    const [command, ...args] = this.tools.inside(
      this.place.netns,
      this.tools.path("haproxy"),
      "-db",
      "-f",
      file,
      ...extra,
    );
    const child = spawn(command, args, { stdio: ["ignore", log, log] });
    fs.closeSync(log);
    this.generations.add(child);
    child.once("error", () => this.generations.delete(child));
    child.once("exit", () => {
      this.generations.delete(child);
      if (this.current !== child) return;
      this.current = undefined;
      if (!this.changing) this.died();
    });
    return child;
  }

  private async ready(child: ChildProcess, generation: string): Promise<void> {
    const end = Date.now() + READY_SECONDS * 1000;
    while (Date.now() < end) {
      const now = await this.information().catch(() => undefined);
      if (now?.node === generation) return;
      if (!this.generations.has(child))
        throw new Error(`haproxy refused its configuration in ${this.place.dir}; see ${this.place.log}`);
      await new Promise((done) => setTimeout(done, 20));
    }
    child.kill("SIGKILL");
    throw new Error(`haproxy did not start within ${READY_SECONDS} s; see ${this.place.log}`);
  }

  private async information(): Promise<Record<string, string>> {
    const lines = (await this.ask("show info")).split("\n").map((line) => line.split(": "));
    return Object.fromEntries(lines.map(([name, value]) => [name, value ?? ""]));
  }
}

/**
 * haproxy's state file: what is known of each server by the process before, "down" for those it did not have.
 */
export function serverStates(servers: readonly CheckedServer[], before: string): string {
  const known = new Map(
    before
      .split("\n")
      .map((line) => line.split(" "))
      .filter((columns) => columns.length > 20 && /^\d+$/.test(columns[0]))
      .map((columns) => [`${columns[1]} ${columns[3]} ${columns[4]}`, columns.slice(5, 17).join(" ")]),
  );
  const lines = servers.map(({ backend, server, address, port }, i) => {
    const state = known.get(`${backend} ${server} ${address}`) ?? NEW_SERVER_STATE;
    return `1 ${backend} ${i + 1} ${server} ${address} ${state} - ${port} - 0 0 - - 0`;
  });
  return ["1", ...lines, ""].join("\n");
}
