import { firewall } from "../../../sandbox/cloud/firewall";
import { planRouter, tableNumber } from "../../../sandbox/cloud/routers";
import type { RegionState, Route } from "../../../sandbox/cloud/state";
import { block } from "./firewall-block";
import { addNat, sampleRegion } from "./sample";

type Edit = (region: RegionState) => void;

function region(edit: Edit = () => undefined): RegionState {
  const made = sampleRegion();
  addNat(made);
  edit(made);
  return made;
}

/** Where the private subnet's default route leads. */
function wayOut(edit?: Edit): string | undefined {
  const content = region(edit);
  const { routes } = planRouter("us-west-2", content, content.vpcs[0], 7);
  const found = routes.find(
    ({ table, destination, last }) =>
      table === tableNumber("rtb-000000b") && destination === "default" && !last,
  );
  return found && (found.via ?? "dropped");
}

/** Lines of one chain or map of the region's firewall. */
function blockOf(name: string, edit?: Edit): string[] {
  const content = region(edit);
  return block(firewall(content, content.vpcs[0], 7), name);
}

const mark = 0x4e0000;
const route = (destination: string, target: Route["target"], id: string): Route => ({
  destination,
  target,
  id,
  state: "active",
});

describe("a route to a NAT gateway", () => {
  it("leads to the internet", () => {
    expect(wayOut()).toBe("198.19.7.1");
  });

  it.each<[string, Edit]>([
    ["is not there yet", ({ natGateways }) => (natGateways[0].state = "pending")],
    ["is going", ({ natGateways }) => (natGateways[0].state = "deleting")],
    ["is gone", (content) => (content.natGateways = [])],
    ["has no public address", ({ natGateways }) => (natGateways[0].publicIp = null)],
    [
      "stands in a network without internet gateway",
      ({ internetGateways }) => (internetGateways[0].vpc = null),
    ],
    [
      "stands in a subnet without a way to the internet",
      ({ routeTables }) => (routeTables[0].routes = routeTables[0].routes.filter(({ id }) => id !== "igw-1")),
    ],
    ["stands in the private subnet itself", ({ natGateways }) => (natGateways[0].subnet = "subnet-b")],
    [
      "has a way to other places alone",
      ({ routeTables }) => (routeTables[0].routes[1].destination = "198.18.0.0/15"),
    ],
    ["is a black hole to AWS", ({ routeTables }) => (routeTables[1].routes[1].state = "blackhole")],
  ])("drops what takes it when the gateway %s", (_, edit) => {
    expect(wayOut(edit)).toBe("dropped");
  });

  it("is not the only one: without it nothing leaves", () => {
    expect(wayOut(({ routeTables }) => routeTables[1].routes.pop())).toBeUndefined();
  });
});

describe("a router with a NAT gateway", () => {
  it("marks what leaves by it, of the ports whose subnet's table leads there, and of no other", () => {
    expect(blockOf("nat-routes").join()).toContain("elements = { eni33333333 : goto rtb-000000b-nat }");
    expect(blockOf("rtb-000000b-nat")).toEqual([`meta mark set ${mark} accept`]);
    expect(blockOf("mark-nat")).toEqual([
      "type filter hook forward priority -10; policy accept;",
      'oifname "internet" iifname vmap @nat-routes',
    ]);
  });

  it("has no such port when the route leads nowhere", () => {
    expect(
      blockOf("nat-routes", ({ natGateways }) => (natGateways[0].state = "pending")).join(),
    ).not.toContain("elements");
  });

  it("marks by the most specific route, and by none what the internet gateway takes", () => {
    const second: Edit = (content) => {
      content.natGateways.push({ ...content.natGateways[0], id: "nat-2", publicIp: "203.0.113.10" });
      content.routeTables[1].routes.push(
        route("198.18.5.0/24", "gateway", "igw-1"),
        route("198.18.0.0/15", "nat", "nat-2"),
      );
    };
    expect(blockOf("rtb-000000b-nat", second)).toEqual([
      "ip daddr 198.18.5.0/24 accept",
      `ip daddr 198.18.0.0/15 meta mark set ${mark + 1} accept`,
      `meta mark set ${mark} accept`,
    ]);
    expect(blockOf("translate-out", second)).toEqual(
      expect.arrayContaining([
        `oifname "internet" meta mark ${mark} snat to 203.0.113.9`,
        `oifname "internet" meta mark ${mark + 1} snat to 203.0.113.10`,
      ]),
    );
  });

  it("gives what is marked the gateway's address before an address of the sender's own", () => {
    const lines = blockOf("translate-out");
    const [nat, own] = ["snat to 203.0.113.9", "@public-of"].map((text) =>
      lines.findIndex((line) => line.includes(text)),
    );
    expect(nat).toBeGreaterThan(0);
    expect(own).toBeGreaterThan(nat);
  });

  it("lets out by it the VPC's own addresses alone: others find no way back", () => {
    const lines = blockOf("gateway");
    const first = lines.indexOf(`meta mark & 0xff0000 == ${mark} ip saddr 10.0.0.0/16 accept`);
    expect(first).toBeGreaterThan(lines.findIndex((line) => line.includes("gateway-private-destination")));
    expect(lines[first + 1]).toBe(`meta mark & 0xff0000 == ${mark} counter name "nat-no-way-back" drop`);
    expect(lines[first + 2]).toContain("@with-public");
  });

  it("has its address sent here, and nobody behind it for who was not asked", () => {
    const content = region();
    const { publicAddresses } = planRouter("us-west-2", content, content.vpcs[0], 7);
    expect(publicAddresses).toContain("203.0.113.9");
    for (const name of ["private-of", "public-of", "with-public"])
      expect([name, blockOf(name).join()]).toEqual([
        name,
        expect.not.stringMatching(/203\.0\.113\.9|10\.0\.0\.90/),
      ]);
  });
});
