import * as fs from "node:fs";
import { run } from "../prepare/command";
import { machineNetns, type MachineSpec } from "./spec";

/** Lines of `ip -batch` that give a machine its link: a pair whose one end is the router's, the other the machine's `eth0`. */
export function linkBatch(spec: MachineSpec): string {
  const own = machineNetns(spec.id);
  return `link add ${spec.veth} netns ${spec.netns} type veth peer name eth0 address ${spec.mac} netns ${own}\n`;
}

/** Lines of `ip -batch` inside the machine's network namespace: what DHCP would have told it. */
export function addressBatch(spec: MachineSpec): string {
  return [
    "link set lo up",
    `addr add ${spec.address} brd + dev eth0`,
    "link set eth0 up",
    `route add default via ${spec.gateway} dev eth0 onlink`,
    "",
  ].join("\n");
}

/** Makes a machine's network namespace and its link to the router, both ends up. */
export async function connect(spec: MachineSpec): Promise<void> {
  await run("ip", ["netns", "add", machineNetns(spec.id)], { timeout: 30 });
  await run("ip", ["-batch", "-"], { input: linkBatch(spec), timeout: 30 });
  await run("ip", ["-netns", spec.netns, "link", "set", spec.veth, "up"], { timeout: 30 });
  await run("ip", ["-netns", machineNetns(spec.id), "-batch", "-"], {
    input: addressBatch(spec),
    timeout: 30,
  });
}

/** File that `ip` keeps for a named network namespace. */
export function netnsFile(name: string): string {
  return `/run/netns/${name}`;
}

/** Removes a machine's link and network namespace, as far as they are there. */
export async function disconnect(spec: Pick<MachineSpec, "id" | "netns" | "veth">): Promise<void> {
  // Of the two ends the router's is removed by name: a namespace takes its own end down only some time after its removal,
  // and until then the name would be taken.
  await ifThere(spec, () => run("ip", ["-netns", spec.netns, "link", "del", spec.veth], { timeout: 30 }));
  await removeNetns(machineNetns(spec.id));
}

/** Does something to the router's end of a link if it is there; an error counts only if it still is afterwards. */
async function ifThere(
  { netns, veth }: Pick<MachineSpec, "netns" | "veth">,
  work: () => Promise<unknown>,
): Promise<void> {
  const there = async (): Promise<boolean> =>
    fs.existsSync(netnsFile(netns)) &&
    hasLink(await run("ip", ["-netns", netns, "-oneline", "link", "show"], { timeout: 30 }), veth);
  if (!(await there().catch(() => false))) return;
  await work().catch(async (error: Error) => {
    if (await there().catch(() => false)) throw error;
  });
}

/** Whether the output of `ip -oneline link show` has an interface. */
export function hasLink(output: string, name: string): boolean {
  return output.split("\n").some((line) => line.split(/:\s+/)[1]?.split("@")[0] === name);
}

/** Removes a named network namespace if there is one. */
export async function removeNetns(name: string): Promise<void> {
  if (fs.existsSync(netnsFile(name))) await run("ip", ["netns", "del", name], { timeout: 30 });
}
