import { addressBatch, hasLink, linkBatch } from "../../../sandbox/machines/network";
import { trialSpec } from "./rig/trial";

describe("a machine's network", () => {
  const spec = trialSpec(1, "vpc-0a", { id: "i-01" });

  test("is a link between the router's namespace and its own, with the interface's MAC", () => {
    expect(linkBatch(spec)).toBe(
      "link add eni00000001 netns vpc-0a type veth peer name eth0 address 02:00:00:00:00:0b netns machine-i-01\n",
    );
  });

  test("has the address and the gateway that DHCP would give", () => {
    expect(addressBatch(spec)).toContain("addr add 10.77.0.11/24 brd + dev eth0");
    expect(addressBatch(spec)).toContain("route add default via 10.77.0.1 dev eth0");
  });

  test("is found among a router's links by its whole name", () => {
    const output = "1: lo: <LOOPBACK> mtu 65536\n5: eni00000001@if2: <BROADCAST> mtu 1500\n";
    expect(hasLink(output, "eni00000001")).toBe(true);
    expect(hasLink(output, "eni0000000")).toBe(false);
  });
});
