import { desired } from "../../../sandbox/cloud/desired";
import { firewall } from "../../../sandbox/cloud/firewall";
import { instanceAddresses } from "../../../sandbox/cloud/lookup";
import { planPeerings } from "../../../sandbox/cloud/peerings";
import { planRouter, type RouterPlan, tableNumber } from "../../../sandbox/cloud/routers";
import type { CloudState } from "../../../sandbox/cloud/state";
import { block } from "./firewall-block";
import { addPeer, sample } from "./sample";

const LINK = "pcx01234567";
const HOP = "169.254.1.1";

function peered(edit: (state: CloudState) => void = () => undefined): CloudState {
  const state = sample();
  addPeer(state);
  edit(state);
  return state;
}

function routerOf(region: "us-west-2" | "us-east-2", state = peered()): RouterPlan {
  const content = state.regions[region];
  return planRouter(region, content, content.vpcs[0], 1);
}

function blockOf(name: string, state = peered()): string[] {
  const content = state.regions["us-west-2"];
  return block(firewall(content, content.vpcs[0], 1), name);
}

const way = (router: RouterPlan, table: string, destination: string) => {
  const found = router.routes.find(
    (route) => route.table === tableNumber(table) && route.destination === destination,
  );
  return found && (found.dev ? [found.via, found.dev] : "dropped");
};

describe("a peering between two regions", () => {
  it("D6: is one link between two routers, though both regions tell of it", () => {
    const links = desired(peered(), () => 1).peerings;
    expect([...links]).toEqual([
      [
        "pcx-0123456789abcdef0",
        {
          name: LINK,
          ends: [
            { vpc: "vpc-1", netns: "vpc-1", mac: "02:70:9a:bc:de:f0" },
            { vpc: "vpc-5", netns: "vpc-5", mac: "02:71:9a:bc:de:f0" },
          ],
        },
      ],
    ]);
  });

  it("is no link before it is accepted, or when a network of it is gone", () => {
    const pending = peered((state) => (state.regions["us-west-2"].peerings[0].state = "pending-acceptance"));
    expect(planPeerings(pending).size).toBe(0);
    expect(planPeerings(peered((state) => (state.regions["us-east-2"].vpcs = []))).size).toBe(0);
  });

  it("D6: is a way for those tables alone that have a route to it, at each end", () => {
    expect(way(routerOf("us-west-2"), "rtb-000000a", "10.1.0.0/16")).toEqual([HOP, LINK]);
    expect(way(routerOf("us-west-2"), "rtb-000000b", "10.1.0.0/16")).toBeUndefined();
    expect(way(routerOf("us-east-2"), "rtb-000000e", "10.0.0.0/16")).toEqual([HOP, LINK]);
  });

  it("is known to each router as a neighbour of the other's address, so that none has to ask", () => {
    expect(routerOf("us-west-2").ports).toContainEqual({
      name: LINK,
      address: HOP,
      mac: "02:71:9a:bc:de:f0",
    });
    expect(routerOf("us-east-2").ports).toContainEqual({
      name: LINK,
      address: HOP,
      mac: "02:70:9a:bc:de:f0",
    });
  });

  it.each<[string, (state: CloudState) => void]>([
    [
      "is a black hole to AWS",
      ({ regions }) => (regions["us-west-2"].routeTables[0].routes.at(-1)!.state = "blackhole"),
    ],
    ["is not accepted", ({ regions }) => (regions["us-west-2"].peerings[0].state = "pending-acceptance")],
    ["is gone", ({ regions }) => (regions["us-west-2"].peerings = [])],
    ["is one of other networks", ({ regions }) => (regions["us-west-2"].peerings[0].requester.vpc = "vpc-7")],
  ])("drops what is sent to it when it %s", (_, edit) => {
    expect(way(routerOf("us-west-2", peered(edit)), "rtb-000000a", "10.1.0.0/16")).toBe("dropped");
  });

  it("D6: carries only from addresses of the one network to those of the other: a pods' range routed over it is dropped", () => {
    const pods = peered(({ regions }) =>
      regions["us-west-2"].routeTables[0].routes.push({
        destination: "10.65.0.0/16",
        target: "peering",
        id: "pcx-0123456789abcdef0",
        state: "active",
      }),
    );
    expect(way(routerOf("us-west-2", pods), "rtb-000000a", "10.65.0.0/16")).toEqual([HOP, LINK]);
    expect(blockOf("peering", pods)).toEqual([
      "type filter hook forward priority -5; policy accept;",
      `oifname "${LINK}" ip daddr != 10.1.0.0/16 counter name "peering-destination" drop`,
      `oifname "${LINK}" ip saddr != 10.0.0.0/16 counter name "peering-source" drop`,
    ]);
  });

  it("leads no further: neither to the other's gateways nor to its resolver", () => {
    expect(routerOf("us-west-2").rules).toContainEqual({ priority: 30, iif: LINK });
    const [, , ...resolver] = blockOf("check-source");
    for (const line of resolver) expect(line).toContain("iifname != @peerings ip daddr @resolvers");
    expect(blockOf("peerings").join()).toContain(`elements = { "${LINK}" }`);
  });

  it("D6: leaves what comes in to the receiver's groups", () => {
    const into = blockOf("forward-in");
    expect(into.indexOf("oifname vmap @instance-in")).toBeGreaterThan(0);
    expect(into.filter((line) => line.includes("iifname @peerings"))).toEqual([]);
  });

  it("D6: has public names of an end with that option mean private addresses to the other, and to no one else", () => {
    const [east, west] = ["ec2-54-0-0-15.us-east-2", "ec2-54-0-0-11.us-west-2"].map(
      (name) => `${name}.compute.amazonaws.com`,
    );
    expect(instanceAddresses(peered(), east, "vpc-1")).toEqual(["10.1.0.15"]);
    expect(instanceAddresses(peered(), east, "vpc-9")).toEqual(["54.0.0.15"]);
    expect(instanceAddresses(peered(), west, "vpc-5")).toEqual(["54.0.0.11"]);
  });
});
