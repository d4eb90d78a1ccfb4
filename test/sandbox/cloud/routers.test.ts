import { readSnapshot, routeDiff, routerDiff, type Snapshot } from "../../../sandbox/cloud/router-diff";
import {
  MAIN_TABLE,
  planRouter,
  type RouterPlan,
  tableNumber,
  VPC_TABLE,
} from "../../../sandbox/cloud/routers";
import { sampleRegion } from "./sample";

const plan = (edit: (region: ReturnType<typeof sampleRegion>) => void = () => undefined): RouterPlan => {
  const region = sampleRegion();
  edit(region);
  return planRouter("us-west-2", region, region.vpcs[0], 1);
};
const A = tableNumber("rtb-000000a");
const B = tableNumber("rtb-000000b");
const inTable = (router: RouterPlan, table: number) =>
  router.routes
    .filter((route) => route.table === table)
    .map(({ destination, via, dev, last }) => [destination, via ?? dev ?? (last ? "last" : "dropped")]);

describe("a VPC's router", () => {
  it("answers for gateways, resolver, metadata service and load balancers", () => {
    expect(plan().addresses).toEqual([
      "10.0.0.1",
      "10.0.1.1",
      "10.0.0.40",
      "10.0.0.2",
      "169.254.169.253",
      "169.254.169.254",
    ]);
  });

  it("has a Linux table for each route table, which ends in nothing", () => {
    expect(inTable(plan(), A)).toEqual([
      ["10.244.1.0/24", "10.0.0.11"],
      ["10.244.2.0/24", "10.0.0.12"],
      ["default", "198.19.1.1"],
      ["10.244.9.0/24", "dropped"],
      ["default", "last"],
    ]);
    expect(inTable(plan(), B)).toEqual([["default", "last"]]);
  });

  it("sends each port to its subnet's table", () => {
    const ports = plan()
      .rules.filter((rule) => rule.iif)
      .map((rule) => [rule.iif, rule.table]);
    expect(ports).toEqual([
      ["eni11111111", A],
      ["eni22222222", A],
      ["eni33333333", B],
    ]);
    expect(plan().rules).toContainEqual({ priority: 31, from: "10.0.0.40", table: A });
  });

  it("drops the pods' range of an instance that is off, and its address", () => {
    const off = plan((region) => (region.instances[0].state = "stopped"));
    expect(inTable(off, A)).toContainEqual(["10.244.1.0/24", "dropped"]);
    expect(inTable(off, VPC_TABLE).map(([destination]) => destination)).not.toContain("10.0.0.11");
  });

  it("has no way out without a gateway that is attached", () => {
    const cut = plan((region) => (region.internetGateways[0].vpc = null));
    expect(inTable(cut, A)).toContainEqual(["default", "dropped"]);
    expect(cut.publicAddresses).toEqual([]);
    expect(plan().publicAddresses).toEqual(["54.0.0.11", "54.0.0.12", "192.0.2.1"]);
  });

  it("reaches pods itself, whichever table has their range", () => {
    expect(inTable(plan(), MAIN_TABLE)).toEqual([
      ["default", "198.19.1.1"],
      ["10.244.1.0/24", "10.0.0.11"],
      ["10.244.2.0/24", "10.0.0.12"],
    ]);
  });
});

describe("a router's difference", () => {
  const bare: Snapshot = {
    links: [
      { ifname: "lo", flags: ["UP"], addr_info: [] },
      { ifname: "internet", flags: ["UP"] },
    ],
    routes: [],
    rules: [],
    neighbours: [],
  };
  const port = { ifname: "eni11111111", flags: ["UP"] };

  it("drops for a port that is not there yet, instead of failing", () => {
    const lines = routerDiff(plan(), bare);
    expect(lines).toContain(`route replace blackhole 10.0.0.11 table ${VPC_TABLE} proto 169`);
    expect(lines.filter((line) => line.includes("dev eni"))).toEqual([]);
  });

  it("sets a new port up before anything leads to it", () => {
    const lines = routerDiff(plan(), { ...bare, links: [...bare.links, port] });
    expect(lines.slice(0, 3)).toEqual([
      "ntable change name arp_cache dev eni11111111 proxy_delay 0",
      "link set dev eni11111111 up",
      "neigh replace 10.0.0.11 lladdr 02:00:00:00:00:11 dev eni11111111 nud permanent",
    ]);
    expect(lines).toContain(
      `route replace 10.244.1.0/24 via 10.0.0.11 dev eni11111111 onlink table ${A} proto 169`,
    );
  });

  it("is empty when the kernel prints what is wanted", () => {
    const router = plan((region) => (region.instances = [region.instances[0]]));
    const printed = readSnapshot(
      [
        JSON.stringify([
          {
            ifname: "lo",
            flags: ["UP"],
            addr_info: ["127.0.0.1", ...router.addresses].map((local) => ({
              family: "inet",
              local,
              prefixlen: 32,
            })),
          },
          { ifname: "internet", flags: ["UP"] },
          port,
        ]),
        JSON.stringify([
          { dst: "10.0.0.11", dev: "eni11111111", table: "100", scope: "link", flags: [] },
          { type: "blackhole", dst: "default", table: "1000", metric: 4278198272, flags: [] },
          { type: "blackhole", dst: "10.244.2.0/24", table: String(A), flags: [] },
          {
            dst: "10.244.1.0/24",
            gateway: "10.0.0.11",
            dev: "eni11111111",
            table: String(A),
            flags: ["onlink"],
          },
          { type: "blackhole", dst: "10.244.9.0/24", table: String(A), flags: [] },
          { dst: "default", gateway: "198.19.1.1", dev: "internet", table: String(A), flags: ["onlink"] },
          { type: "blackhole", dst: "default", table: String(A), metric: 4278198272, flags: [] },
          { type: "blackhole", dst: "default", table: String(B), metric: 4278198272, flags: [] },
          { dst: "10.244.1.0/24", gateway: "10.0.0.11", dev: "eni11111111", flags: ["onlink"] },
          { dst: "default", gateway: "198.19.1.1", dev: "internet", flags: ["onlink"] },
        ]),
        JSON.stringify([
          { priority: 0, src: "all", table: "local" },
          { priority: 10, src: "all", fwmark: "0x53", table: "main", protocol: "169" },
          { priority: 20, src: "all", dst: "10.0.0.0", dstlen: 16, table: "100", protocol: "169" },
          { priority: 21, src: "all", dst: "10.0.0.0", dstlen: 16, action: "blackhole", protocol: "169" },
          { priority: 30, src: "all", iif: "eni11111111", table: String(A), protocol: "169" },
          { priority: 31, src: "10.0.0.40", table: String(A), protocol: "169" },
          { priority: 32766, src: "all", table: "main" },
        ]),
        JSON.stringify([
          { dst: "10.0.0.11", dev: "eni11111111", lladdr: "02:00:00:00:00:11", state: ["PERMANENT"] },
        ]),
      ].join("\n"),
    );
    expect(routerDiff(router, printed)).toEqual([]);
  });

  it("moves a subnet to another table: the new rule comes, the old one goes", () => {
    const rules = [{ priority: 30, src: "all", iif: "eni11111111", table: String(A), protocol: "169" }];
    const lines = routerDiff(
      plan((region) => (region.subnets[0].routeTable = "rtb-000000b")),
      { ...bare, rules },
    );
    expect(lines).toContain(`rule add priority 30 iif eni11111111 lookup ${B} protocol 169`);
    expect(lines).toContain(`rule del priority 30 iif eni11111111 lookup ${A} protocol 169`);
  });

  it("replaces a route in place and deletes only what nothing takes the place of", () => {
    const now = [
      { dst: "10.244.1.0/24", gateway: "10.0.0.11", dev: "eni1", table: "5000", flags: ["onlink"] },
      { type: "blackhole", dst: "10.244.9.0/24", table: "5000", flags: [] },
    ];
    expect(
      routeDiff([{ table: 5000, destination: "10.244.1.0/24", via: "10.0.0.12", dev: "eni2" }], now),
    ).toEqual([
      "route replace 10.244.1.0/24 via 10.0.0.12 dev eni2 onlink table 5000 proto 169",
      "route del blackhole 10.244.9.0/24 table 5000",
    ]);
  });
});
