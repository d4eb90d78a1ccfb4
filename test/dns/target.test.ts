import { addressData, cnameTarget } from "../../dns/target";

const zones = { classic: "Z-CLASSIC", network: "Z-NETWORK" };
const west = { name: "us-west", region: "us-west-2" };
const munich = { name: "munich", region: "munich" };

describe("where a member's record leads", () => {
  test("a CNAME leads to a host name; an address is refused with the member's name and the remedy", () => {
    expect(cnameTarget("a.elb.example", "munich")).toBe("a.elb.example");
    for (const address of ["203.0.113.7", "2001:db8::7"])
      expect(() => cnameTarget(address, "munich")).toThrow(
        new RegExp(`^member munich: its load balancer has the address ${address}.*type: alias`),
      );
  });

  test("E4: an A record has the address of a load balancer that has no name, with its TTL", () => {
    expect(addressData("203.0.113.7", 180, munich)).toEqual({ ttl: 180, records: ["203.0.113.7"] });
  });

  test("an ALIAS leads to a load balancer of AWS, by the zone of its kind in its region, and has no TTL", () => {
    const alias = (name: string, zoneId: string) => ({
      aliases: [{ name, zoneId, evaluateTargetHealth: true }],
    });
    const classic = "a1b2-1.us-west-2.elb.amazonaws.com";
    const network = "a1b2-1.elb.us-west-2.amazonaws.com";
    expect(addressData(classic, 300, west, zones)).toEqual(alias(classic, "Z-CLASSIC"));
    expect(addressData(network, 300, west, zones)).toEqual(alias(network, "Z-NETWORK"));
  });

  test.each([
    ["a host name of nobody's", "balancer.example.org", west, zones],
    ["a load balancer of another region", "a-1.us-east-2.elb.amazonaws.com", west, zones],
    ["any host name where AWS has no region", "a-1.us-west-2.elb.amazonaws.com", munich, undefined],
  ])("an ALIAS to %s is refused", (_, host, member, zones) => {
    expect(() => addressData(host, 300, member, zones)).toThrow(
      new RegExp(
        `^member ${member.name}: its load balancer ${host} is no load balancer of AWS in ${member.region}.*type: cname`,
      ),
    );
  });

  test("an IPv6 address is refused", () => {
    expect(() => addressData("2001:db8::7", 300, west, zones)).toThrow(/AAAA records are not there yet/);
  });
});
