import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import * as path from "node:path";
import type { MachineSpec } from "../../../../sandbox/machines/spec";

/** A VPC's router for trials: a network namespace with a metadata service, and nothing else of a cloud. */
export class Router {
  private metadata: ChildProcess | undefined;

  constructor(
    readonly netns: string,
    private readonly instances: Record<string, { id: string; hostname: string; userData: string }>,
  ) {}

  async open(): Promise<void> {
    this.close();
    execFileSync("ip", ["netns", "add", this.netns]);
    this.ip("link", "set", "lo", "up");
    for (const address of ["169.254.169.254/32", "10.77.0.2/32"])
      this.ip("addr", "add", address, "dev", "lo");
    this.sysctl("net/ipv4/ip_forward", "1");
    const script = path.join(__dirname, "metadata-server.ts");
    const server = spawn(
      "ip",
      [
        "netns",
        "exec",
        this.netns,
        process.execPath,
        "--import",
        "tsx",
        script,
        JSON.stringify(this.instances),
      ],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    this.metadata = server;
    await new Promise<void>((resolve, reject) => {
      server.stdout.once("data", () => resolve());
      server.once("exit", (code) => reject(new Error(`the metadata service ended with ${code}`)));
    });
  }

  /** What the box's reconciler does for an interface: address of the gateway, route to the machine, answers for its neighbours. */
  async link(spec: Pick<MachineSpec, "veth" | "gateway" | "address">): Promise<void> {
    this.ip("addr", "add", `${spec.gateway}/32`, "dev", spec.veth);
    this.ip("route", "replace", `${spec.address.split("/")[0]}/32`, "dev", spec.veth);
    this.sysctl(`net/ipv4/conf/${spec.veth}/proxy_arp`, "1");
  }

  links(): string {
    return execFileSync("ip", ["-netns", this.netns, "-oneline", "link", "show"]).toString();
  }

  curl(...args: string[]): string {
    return execFileSync("ip", ["netns", "exec", this.netns, "curl", "-sS", "-m", "5", ...args]).toString();
  }

  close(): void {
    this.metadata?.removeAllListeners("exit");
    this.metadata?.kill("SIGKILL");
    this.metadata = undefined;
    const there = execFileSync("ip", ["netns", "list"])
      .toString()
      .split("\n")
      .some((line) => line.split(" ")[0] === this.netns);
    if (there) execFileSync("ip", ["netns", "del", this.netns]);
  }

  private ip(...args: string[]): void {
    execFileSync("ip", ["-netns", this.netns, ...args]);
  }

  private sysctl(name: string, value: string): void {
    execFileSync("ip", ["netns", "exec", this.netns, "sh", "-c", `echo ${value} > /proc/sys/${name}`]);
  }
}
