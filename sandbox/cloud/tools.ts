import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../prepare/command";

/** Seconds that any one call may take. */
const LIMIT = 20;

/** The programs that the cloud is made of: prepared ones, else the machine's. */
export class Tools {
  constructor(private readonly dir: string) {}

  path(name: string): string {
    const prepared = path.join(this.dir, name);
    return fs.existsSync(prepared) ? prepared : name;
  }

  /** `ip` with the given arguments, in a network namespace if one is named. */
  ip(netns: string | undefined, ...args: string[]): Promise<string> {
    return run(this.path("ip"), [...(netns ? ["-n", netns] : []), ...args], { timeout: LIMIT });
  }

  /** Many `ip` commands at once; all are tried, and one that fails fails the call. */
  async batch(netns: string | undefined, lines: readonly string[]): Promise<void> {
    if (!lines.length) return;
    await run(this.path("ip"), [...(netns ? ["-n", netns] : []), "-force", "-batch", "-"], {
      input: lines.join("\n") + "\n",
      timeout: LIMIT,
    });
  }

  /** What several `ip -j … show` commands print, a JSON document each. */
  async show(netns: string | undefined, lines: readonly string[]): Promise<string> {
    return run(this.path("ip"), [...(netns ? ["-n", netns] : []), "-j", "-batch", "-"], {
      input: lines.join("\n") + "\n",
      timeout: LIMIT,
    });
  }

  /** Loads an nftables script in one transaction. */
  async nft(netns: string, script: string): Promise<void> {
    const [command, ...args] = this.inside(netns, this.path("nft"), "-f", "-");
    await run(command, args, { input: script, timeout: LIMIT });
  }

  /** Writes kernel settings (by path below `/proc/sys/net/ipv4`) of a network namespace. */
  async settings(netns: string, values: Record<string, string>): Promise<void> {
    const script = Object.entries(values).map(
      ([name, value]) => `echo ${value} > /proc/sys/net/ipv4/${name}`,
    );
    const [command, ...args] = this.inside(netns, "sh", "-ec", script.join("\n"));
    await run(command, args, { timeout: LIMIT });
  }

  /**
   * A command in a network namespace. By nsenter, for `ip netns exec` makes a mount namespace too, which
   * would hold on to every machine's disk for as long as the command runs.
   */
  inside(netns: string, ...command: string[]): string[] {
    return ["nsenter", `--net=${netnsFile(netns)}`, "--", ...command];
  }
}

export const netnsFile = (netns: string): string => `/run/netns/${netns}`;
