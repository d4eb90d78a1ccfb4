import { execFileSync } from "child_process";
import * as fs from "fs";
import * as path from "path";
import type { Prepared } from "../prepare";
import type { Place } from "./place";

/** The box's own addresses on its `internet` bridge. */
export const DNS_ADDRESS = "198.18.0.1";
export const EDGE_ADDRESS = "198.18.0.2";

/** Loopback ports of what stands behind the edge. */
export const PORTS = { cloud: 5000, images: 5001, files: 5002 } as const;

/**
 * Makes the inside of the box's namespaces: names of network namespaces, resolver and trust store are bound over
 * the host's, which stay as they are outside; then the bridge that stands for the internet.
 */
export function furnish(prepared: Prepared, place: Place): void {
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  const resolver = path.join(place.dir, "resolv.conf");
  fs.writeFileSync(resolver, `nameserver ${DNS_ADDRESS}\noptions timeout:2 attempts:2\n`);
  fs.mkdirSync("/run/netns", { recursive: true });
  run("mount", "-t", "tmpfs", "-o", "mode=755", "netns", "/run/netns");
  // `ip netns` wants the folder to be a shared mount point; inside this mount namespace only.
  run("mount", "--make-shared", "/run/netns");
  run("mount", "--bind", resolver, fs.realpathSync("/etc/resolv.conf"));
  run("mount", "--bind", prepared.ca.bundle, fs.realpathSync("/etc/ssl/certs/ca-certificates.crt"));
  const ip = path.join(prepared.tools, "ip");
  run(ip, "link", "set", "lo", "up");
  run(ip, "link", "add", "internet", "type", "bridge");
  for (const address of [DNS_ADDRESS, EDGE_ADDRESS]) run(ip, "addr", "add", `${address}/24`, "dev", "internet");
  run(ip, "link", "set", "internet", "up");
  fs.writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
  run("hostname", "box");
}
