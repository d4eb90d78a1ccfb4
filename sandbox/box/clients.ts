import { REGIONS } from "./latencies";

/** A network namespace that stands for a user of one region. */
export interface Client {
  readonly region: string;
  readonly netns: string;
  /** The client's own address, by which the DNS server knows its region. */
  readonly address: string;
  readonly gateway: string;
}

const FIRST_NETWORK = 100;

/** The client of a region; its addresses follow from the region's place in the table. Unknown regions are refused. */
export function clientOf(region: string): Client {
  const index = REGIONS.indexOf(region);
  if (index < 0) throw new Error(`no region ${region} is known to the sandbox; known: ${REGIONS.join(", ")}`);
  const network = `198.18.${FIRST_NETWORK + index}`;
  return { region, netns: `client-${region}`, address: `${network}.2`, gateway: `${network}.1` };
}

/** The region of a client's address, or undefined. */
export function regionOfClient(address: string): string | undefined {
  const match = /^198\.18\.(\d+)\.2$/.exec(address);
  return match ? REGIONS[Number(match[1]) - FIRST_NETWORK] : undefined;
}

/** The `ip` batch lines that make a client's namespace (the namespace itself is added by `ip netns add` before). */
export function clientLinks(client: Client): string[] {
  const link = `c${client.address.split(".")[2]}`;
  return [
    `link add ${link} type veth peer name eth0 netns ${client.netns}`,
    `addr add ${client.gateway}/30 dev ${link}`,
    `link set ${link} up`,
  ];
}

/** The `ip -n <netns>` batch lines inside the client's namespace. */
export function clientInside(client: Client): string[] {
  return ["link set lo up", `addr add ${client.address}/30 dev eth0`, "link set eth0 up", `route add default via ${client.gateway}`];
}
