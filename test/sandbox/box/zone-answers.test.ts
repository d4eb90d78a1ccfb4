import { answerFromZone, zoneOf } from "../../../sandbox/box/zone-answers";

const record = (name: string, type: string, more: object = {}) => ({
  name, type, ttl: 300, setIdentifier: null, region: null, weight: null, failover: null, healthCheck: null, values: ["192.0.2.1"], alias: null, ...more,
});
const zone = (name: string, records: ReturnType<typeof record>[], priv = false) => ({ id: name, name, private: priv, records });
const asker = (region: string, sick: string[] = []) => ({ region, random: () => 0.5, healthy: (set: { setIdentifier: string | null }) => !sick.includes(set.setIdentifier ?? "") });

const latencyRecords = ["us-west-2", "us-east-2", "ap-northeast-1"].map((region) => record("nginx.k8s.test.", "CNAME", { setIdentifier: region, region, values: [`${region}.lb.`] }));
const k8s = zone("k8s.test.", [...latencyRecords, record("*.wild.k8s.test.", "A"), record("k8s.test.", "NS")]);
const chosen = (region: string, sick: string[] = []) => answerFromZone(k8s, "nginx.k8s.test", "A", asker(region, sick)).records.map((set) => set.setIdentifier);

describe("a hosted zone's answer", () => {
  test.each([["us-west-2", "us-west-2"], ["us-east-2", "us-east-2"], ["ap-northeast-1", "ap-northeast-1"], ["eu-west-1", "us-east-2"], ["ap-southeast-1", "ap-northeast-1"]])(
    "A11: a client in %s is sent to %s", (from, to) => expect(chosen(from)).toEqual([to]));
  it("A15: leaves an unhealthy region out", () => expect(chosen("us-east-2", ["us-east-2"])).toEqual(["us-west-2"]));
  it("takes all as healthy when none is", () => expect(chosen("us-east-2", ["us-west-2", "us-east-2", "ap-northeast-1"])).toEqual(["us-east-2"]));
  it("tells an existing name without records of the type from one that does not exist", () => {
    expect(answerFromZone(k8s, "k8s.test", "TXT", asker("us-west-2"))).toEqual({ records: [], exists: true });
    expect(answerFromZone(k8s, "none.k8s.test", "A", asker("us-west-2"))).toEqual({ records: [], exists: false });
  });
  it("answers below a wildcard", () => expect(answerFromZone(k8s, "a.b.wild.k8s.test.", "A", asker("us-west-2")).records).toHaveLength(1));
  it("takes the zone with the longest suffix and no private one", () => {
    const zones = [zone("test.", []), k8s, zone("nginx.k8s.test.", [], true)];
    expect(zoneOf(zones, "nginx.K8S.test")).toBe(k8s);
    expect(zoneOf(zones, "notk8s.test")?.name).toBe("test.");
    expect(zoneOf(zones, "example.org")).toBeUndefined();
  });
});
