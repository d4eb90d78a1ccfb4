import { cnameTarget, markerName, markerValue, recordName, setIdentifiers } from "../../dns/names";

describe("names of records", () => {
  test("lie below the zone's domain", () => {
    expect(recordName("nginx", "k8s.example.com")).toBe("nginx.k8s.example.com");
    expect(recordName("a.b", "k8s.example.com")).toBe("a.b.k8s.example.com");
  });

  test.each(["", "Nginx", "-nginx", "nginx-", "ngi_nx", "a..b", "x".repeat(64)])("%p is refused", (name) => {
    expect(() => recordName(name, "k8s.example.com")).toThrow(/is no label/);
  });

  test("a name longer than DNS takes is refused", () => {
    const long = Array(4).fill("x".repeat(60)).join(".");
    expect(() => recordName(long, "k8s.example.com")).toThrow("DNS takes 253");
  });

  test("B3: the set identifier is the region", () => {
    expect(
      setIdentifiers([
        { name: "a", region: "us-west-2" },
        { name: "b", region: "us-east-2" },
      ]),
    ).toEqual({
      a: "us-west-2",
      b: "us-east-2",
    });
  });

  test("members that share a region are told apart by their names", () => {
    const members = ["a", "b"].map((name) => ({ name, region: "us-west-2" }));
    expect(setIdentifiers([...members, { name: "c", region: "us-east-2" }])).toEqual({
      a: "us-west-2-a",
      b: "us-west-2-b",
      c: "us-east-2",
    });
  });

  test("a record points to a host name; an address is refused with the member's name", () => {
    expect(cnameTarget("a.elb.example", "munich")).toBe("a.elb.example");
    for (const address of ["203.0.113.7", "2001:db8::7"])
      expect(() => cnameTarget(address, "munich")).toThrow(
        `member munich: its load balancer has the address ${address} and no host name`,
      );
  });

  test("the mark of ownership stands beside the name, since nothing may stand at a CNAME's", () => {
    expect(markerName("nginx.k8s.example.com")).toBe("_federation.nginx.k8s.example.com");
    expect(markerValue("federation/dev")).toBe("heritage=federation,owner=federation/dev");
  });
});
