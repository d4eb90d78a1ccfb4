import { ChildProcess, spawn } from "child_process";
import * as fs from "fs";
import * as http from "http";
import * as path from "path";

/** A program that runs beside the daemon, with its output in a log file of its own. */
export class Service {
  private child?: ChildProcess;
  private stopping = false;

  constructor(
    readonly name: string,
    private readonly command: readonly string[],
    private readonly logs: string,
    private readonly env: NodeJS.ProcessEnv,
    /** Called when it ends although nobody asked for that. */
    private readonly died: (message: string) => void,
  ) {}

  start(): void {
    const log = fs.openSync(this.logFile, "a");
    this.child = spawn(this.command[0], this.command.slice(1), { stdio: ["ignore", log, log], env: { ...process.env, ...this.env } });
    fs.closeSync(log);
    const ended = (how: string) => !this.stopping && this.died(`${this.name} ended (${how}); see ${this.logFile}`);
    this.child.once("error", (error) => ended(error.message));
    this.child.once("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
  }

  stop(): void {
    this.stopping = true;
    this.child?.kill("SIGTERM");
  }

  private get logFile(): string {
    return path.join(this.logs, `${this.name}.log`);
  }
}

/** Waits until something answers HTTP on a loopback port; any status counts. Throws after the time, naming the service. */
export async function answering(name: string, port: number, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const ok = await new Promise<boolean>((done) => {
      const request = http.get({ host: "127.0.0.1", port, path: "/", timeout: 2000, agent: false }, (response) => {
        response.resume();
        done(true);
      });
      request.once("timeout", () => request.destroy());
      request.once("error", () => done(false));
    });
    if (ok) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${name} did not answer on its port ${port} within ${seconds} s; its log is in the box's logs folder`);
}
