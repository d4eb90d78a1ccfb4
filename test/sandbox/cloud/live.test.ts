import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { cacheRoot } from "../../../sandbox/prepare/cache";
import { plan } from "../../../sandbox/prepare/step";
import { steps } from "../../../sandbox/prepare/steps";

/**
 * The cloud on real routers, firewalls and load balancers, in namespaces of its own; machines are bare network
 * namespaces. What it does not prove: real machines, the real emulator.
 */
const tools = path.join(plan(steps, cacheRoot()).find((one) => one.name === "tools")!.path, "bin");
const missing =
  process.getuid?.() !== 0
    ? "it needs root"
    : existsSync(path.join(tools, "nft"))
      ? undefined
      : `no tools in ${tools}: run \`npm start\` once`;
if (missing) console.warn(`the live test of the cloud is skipped: ${missing}`);

(missing ? describe.skip : describe)("a cloud come alive", () => {
  let seen: Record<string, any>;

  beforeAll(async () => {
    const project = path.join(__dirname, "..", "..", "..");
    const scenario = [
      path.join(project, "node_modules", ".bin", "tsx"),
      path.join(__dirname, "live", "scenario.ts"),
      tools,
    ];
    const { stdout } = await promisify(execFile)(
      "unshare",
      ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", ...scenario],
      {
        cwd: project,
        timeout: 170_000,
        env: { ...process.env, PATH: `${tools}:${process.env.PATH}` },
      },
    );
    seen = JSON.parse(stdout.trim().split("\n").at(-1)!);
  }, 180_000);

  it("lets pass what a security group allows, and the client's own address with it", () => {
    expect(seen.allowedPort).toBe("198.18.101.2 at 10.0.0.11");
    expect(seen.groupMember).toBe("10.0.0.11 at 10.0.0.12");
  });

  it("drops every other port, sender and direction", () => {
    const { otherPort, notMember, otherSubnetWithoutRules, shutEgress } = seen;
    expect({ otherPort, notMember, otherSubnetWithoutRules, shutEgress }).toEqual({
      otherPort: "timeout",
      notMember: "timeout",
      otherSubnetWithoutRules: "timeout",
      shutEgress: "timeout",
    });
    expect(seen.counters).toMatchObject({ egress: expect.any(Number), ingress: expect.any(Number) });
    expect(seen.counters.ingress).toBeGreaterThan(0);
    expect(seen.counters.egress).toBeGreaterThan(0);
  });

  it("carries a pod's packets by the route table, counts them to no group, and drops a source that an instance may not have", () => {
    expect(seen.podToNode).toBe("10.244.1.5 at 10.0.0.12");
    expect(seen.podByGroup).toBe("timeout");
    expect(seen.wrongSource).toBe("timeout");
    expect(seen.counters["wrong-source"]).toBeGreaterThan(0);
  });

  it("lets out to the internet those alone that have a public address and a way", () => {
    expect(seen.nodeToInternet).toBe("54.0.0.11 at 198.18.0.1");
    expect(seen.podToInternet).toBe("timeout");
    expect(seen.gatewayless).toBe("timeout");
    expect(seen.counters["gateway-no-public-address"]).toBeGreaterThan(0);
  });

  it("lets a private subnet out with its NAT gateway's address alone, and nobody in", () => {
    expect(seen.natToInternet).toBe("203.0.113.9 at 198.18.0.1");
    expect(seen.nodeBesideNat).toBe("54.0.0.11 at 198.18.0.1");
    expect(seen.natInside).toBe("10.0.1.13 at 10.0.0.12");
    expect(seen.natHairpin).toMatch(/^10\.0\.0\.40 at 10\.0\.0\.1[12]$/);
    // The node's group lets in the box's clients, not the NAT gateway.
    const { natToNode, natFromPod, natFromOutside, privateBehindNat, natGone } = seen;
    expect({ natToNode, natFromPod, natFromOutside, privateBehindNat, natGone }).toEqual({
      natToNode: "timeout",
      natFromPod: "timeout",
      natFromOutside: "timeout",
      privateBehindNat: "timeout",
      natGone: "timeout",
    });
    expect(seen.natCounters["nat-no-way-back"]).toBeGreaterThan(0);
  });

  it("has no neighbour that is not there, and no private address outside", () => {
    expect(seen.absentNeighbour).not.toContain("at");
    expect(seen.privateFromOutside).toBe("timeout");
    expect(seen.counters["gateway-unasked"]).toBeGreaterThan(0);
  });

  it("resolves at VPC+2 and 169.254.169.253, by UDP and TCP, and tells which VPC asks", () => {
    expect(seen.resolver).toEqual(["198.19.1.2", "198.19.1.2", "198.19.1.2 at 198.18.0.1", "198.19.1.2"]);
    expect(seen.regionOf).toEqual(["us-west-2", "us-west-2", null]);
    expect(seen.names).toEqual([["10.0.0.11"], ["10.0.0.11"], ["192.0.2.1"]]);
  });

  it("serves metadata to each instance its own, and to a pod only if a token may take two hops", () => {
    expect(seen.metadata).toEqual(["i-1", "usw2-az2", "#!/bin/sh\necho hello"]);
    expect(seen.credentials).toBe("node");
    expect(seen.metadataOfOther).toBe("i-2");
    expect(seen.podToken).toBe("timeout");
    expect(seen.podWithTwoHops).toBe("i-1");
  });

  it("balances to targets that prove healthy, from inside too, with the load balancer's own address", () => {
    expect(seen.balancer).toMatch(/^10\.0\.0\.40 at 10\.0\.0\.1[12]$/);
    expect(seen.hairpin).toMatch(/^10\.0\.0\.40 at 10\.0\.0\.1[12]$/);
    expect(seen.balancerOtherPort).toBe("timeout");
  });

  it("takes a target away without cutting a connection that is open", () => {
    expect(seen.oneTarget).toEqual(["10.0.0.12", "10.0.0.12"]);
    expect(seen.longTalk).toBe("12");
  });

  it("gets nothing through a load balancer that its targets have no rule for", () => {
    expect(seen.balancerWithoutRule).not.toContain("at");
  });

  it("lets a network load balancer without a healthy target try them all", () => {
    expect(seen.failOpen).toMatch(/^10\.0\.0\.41 at 10\.0\.0\.1[12]$/);
  });

  it("powers a machine off and on with its instance", () => {
    expect(seen.stopped).toEqual([false, "timeout"]);
    expect(seen.startedAgain).toEqual([2, "10.0.0.11 at 10.0.0.12"]);
    expect(seen.console).toContain("booted ip-10-0-0-11");
  });

  it("leaves no namespace of its own and no link behind", () => {
    expect(seen.left.filter((line: string) => /^(vpc|machine)-/.test(line))).toEqual([]);
  });
});
