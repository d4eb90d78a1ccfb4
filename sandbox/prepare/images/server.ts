import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";

/** A child that runs while `use` does, and is gone, its files closed, when this returns. */
export async function whileRunning<T>(
  command: string,
  args: readonly string[],
  log: string,
  use: (child: ChildProcess) => Promise<T>,
): Promise<T> {
  const output = fs.openSync(log, "a");
  const child = spawn(command, args, { stdio: ["ignore", output, output] });
  fs.closeSync(output);
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  try {
    return await Promise.race([
      use(child),
      ended.then((how) => {
        throw new Error(`${command} ${how} while it was needed; see ${log}`);
      }),
    ]);
  } finally {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(timer);
  }
}

/** Calls `ready` until it is true, for at most `seconds`. */
export async function until(what: string, seconds: number, ready: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + seconds * 1000;
  while (!(await ready())) {
    if (Date.now() > limit) throw new Error(`${what} did not come up within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A TCP port of the loopback interface that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
