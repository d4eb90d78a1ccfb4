import { firewall } from "../../../sandbox/cloud/firewall";
import { ruleLines } from "../../../sandbox/cloud/security-groups";
import type { CloudState, Rule } from "../../../sandbox/cloud/state";
import recorded from "../recorded/cloud-state.json";
import { block } from "./firewall-block";
import { eni, sampleRegion } from "./sample";

const rule = (over: Partial<Rule>): Rule => ({
  protocol: "tcp",
  from: 80,
  to: 80,
  cidrs: [],
  groups: [],
  ...over,
});

describe("one rule of a security group", () => {
  const known = new Set(["sg-1"]);
  it.each<[string, Partial<Rule>, string[]]>([
    ["a port from anywhere", { cidrs: ["0.0.0.0/0"] }, ["tcp dport 80 accept"]],
    [
      "ports from a block",
      { from: 80, to: 90, cidrs: ["10.0.0.0/8"] },
      ["ip saddr 10.0.0.0/8 tcp dport 80-90 accept"],
    ],
    [
      "all ports",
      { from: 0, to: 65535, cidrs: ["10.0.0.0/8"] },
      ["ip saddr 10.0.0.0/8 meta l4proto tcp accept"],
    ],
    ["everything from anywhere", { protocol: "-1", from: null, to: null, cidrs: ["0.0.0.0/0"] }, ["accept"]],
    ["a group, by its members' addresses", { groups: ["sg-1"] }, ["ip saddr @sg-1 tcp dport 80 accept"]],
    ["a group that is gone", { groups: ["sg-gone"] }, []],
    ["no one", {}, []],
    ["IPv6 only", { cidrs: ["::/0"] }, []],
    [
      "ICMP of one kind",
      { protocol: "icmp", from: 3, to: 4, cidrs: ["0.0.0.0/0"] },
      ["icmp type 3 icmp code 4 accept"],
    ],
    [
      "ICMP of every kind",
      { protocol: "icmp", from: -1, to: -1, cidrs: ["0.0.0.0/0"] },
      ["meta l4proto icmp accept"],
    ],
    [
      "a protocol by number",
      { protocol: "17", from: 53, to: 53, cidrs: ["0.0.0.0/0"] },
      ["udp dport 53 accept"],
    ],
  ])("lets in %s", (_name, over, lines) => {
    expect(ruleLines(rule(over), "ingress", known)).toEqual(lines);
  });

  it("lets out to a group's members", () => {
    expect(ruleLines(rule({ groups: ["sg-1"] }), "egress", known)).toEqual([
      "ip daddr @sg-1 tcp dport 80 accept",
    ]);
  });
});

describe("a router's firewall", () => {
  const [vpc] = sampleRegion().vpcs;
  const text = (edit: (region: ReturnType<typeof sampleRegion>) => void = () => undefined) => {
    const region = sampleRegion();
    edit(region);
    return firewall(region, vpc, 7);
  };

  it("replaces its table in one transaction", () => {
    expect(text().split("\n").slice(0, 3)).toEqual([
      "table ip vpc {}",
      "delete table ip vpc",
      "table ip vpc {",
    ]);
  });

  it("drops what no rule lets pass, at every hook", () => {
    for (const chain of ["forward-out", "forward-in", "input-out", "input-in", "output-out", "output-in"]) {
      expect(block(text(), chain)[0]).toMatch(/policy drop;$/);
    }
    expect(block(text(), "eni33333333-in")).toEqual(["jump sg-shut-in", 'counter name "ingress" drop']);
    expect(block(text(), "sg-shut-in")).toEqual([]);
  });

  it("has instances and load balancers in a group, but no pods", () => {
    expect(block(text(), "sg-node").join()).toContain("elements = { 10.0.0.11, 10.0.0.12 }");
    expect(block(text(), "sg-elb").join()).toContain("elements = { 10.0.0.40 }");
  });

  it("checks the source of those instances alone that have the check on", () => {
    expect(block(text(), "checked").join()).not.toContain("eni11111111");
    expect(block(text(), "own").join()).toContain('"eni22222222" . 10.0.0.12');
    expect(block(text(), "check-source")[1]).toContain("ip saddr != @own");
  });

  it("translates public addresses only where a gateway is attached", () => {
    expect(block(text(), "public-of").join()).toContain("10.0.0.11 : 54.0.0.11");
    expect(block(text(), "public-of").join()).toContain("10.0.0.40 : 192.0.2.1");
    expect(
      block(
        text((region) => (region.internetGateways = [])),
        "public-of",
      ).join(),
    ).not.toContain("54.0.0.11");
  });

  it("gives the box's DNS the VPC's own link as source", () => {
    expect(block(text(), "translate-out").join()).toContain("snat to 198.19.7.2");
    expect(
      block(
        text((region) => (region.vpcs[0].dnsSupport = false)),
        "resolvers",
      ).join(),
    ).toContain("10.0.0.2");
    expect(firewall(sampleRegion(), { ...vpc, dnsSupport: false }, 7)).not.toContain("elements = { 10.0.0.2");
  });

  it("has an instance's address nowhere once it is off", () => {
    const off = text((region) => (region.instances[1].state = "stopped"));
    expect(off).not.toContain("eni22222222");
  });

  it("takes everything at a network load balancer without groups, and nothing at an instance without", () => {
    const open = text((region) => {
      region.loadBalancers[0].groups = [];
      region.interfaces.push(eni("55555555", "10.0.0.15", { instance: "i-1", groups: [] }));
    });
    expect(block(open, "eni44444444-in")).toEqual(["accept"]);
    expect(block(open, "eni55555555-in")).toEqual(['counter name "ingress" drop']);
  });

  it("limits tokens' hops instance by instance", () => {
    const lines = block(
      text((region) => (region.instances[0].metadata.hopLimit = 2)),
      "hop-limit",
    );
    expect(lines).toContainEqual(expect.stringMatching(/oifname \{ "eni11111111" \} ip ttl set 2$/));
    expect(lines).toContainEqual(
      expect.stringMatching(/oifname \{ "eni22222222", "eni33333333" \} ip ttl set 1$/),
    );
  });

  it("can be made of a recorded account", () => {
    const region = (recorded as unknown as CloudState).regions["us-west-2"];
    const whole = firewall(region, region.vpcs[0], 1);
    for (const { id } of region.securityGroups) expect(whole).toContain(`chain ${id}-in {`);
    expect(whole).not.toContain("undefined");
  });
});
