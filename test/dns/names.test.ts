import { markerName, markerValue, recordName, regionalName, setIdentifiers } from "../../dns/names";

describe("names of records", () => {
  test("lie below the zone's domain", () => {
    expect(recordName("nginx", "k8s.example.com")).toBe("nginx.k8s.example.com");
    expect(recordName("a.b", "k8s.example.com")).toBe("a.b.k8s.example.com");
    expect(recordName("@", "k8s.example.com")).toBe("k8s.example.com");
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

  test("members that share an AWS region have its one record: Route 53 takes no second", () => {
    const members = ["a", "b"].map((name) => ({ name, region: "us-west-2" }));
    expect(setIdentifiers([...members, { name: "c", region: "us-east-2" }])).toEqual({
      a: "us-west-2",
      b: "us-west-2",
      c: "us-east-2",
    });
    const munich = { name: "munich", region: "munich", latencyRegion: "eu-central-1" };
    expect(setIdentifiers([munich])).toEqual({ munich: "munich" });
    expect(setIdentifiers([munich, { name: "eu", region: "eu-central-1" }])).toEqual({
      munich: "eu-central-1",
      eu: "eu-central-1",
    });
    expect(regionalName("us-west-2", "nginx.k8s.example.com")).toBe("_us-west-2.nginx.k8s.example.com");
  });

  test("members of one place that are near to different AWS regions are told apart by their names", () => {
    const at = (name: string, latencyRegion: string) => ({ name, region: "europe", latencyRegion });
    expect(setIdentifiers([at("a", "eu-west-1"), at("b", "eu-west-2")])).toEqual({
      a: "europe-a",
      b: "europe-b",
    });
  });

  test("the mark of ownership stands beside the name, since nothing may stand at a CNAME's", () => {
    expect(markerName("nginx.k8s.example.com")).toBe("_federation.nginx.k8s.example.com");
    expect(markerValue("federation/dev")).toBe("heritage=federation,owner=federation/dev");
  });
});
