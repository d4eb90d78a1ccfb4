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

describe("weighted records", () => {
  const weighted = (weights: Record<string, number>) => zone("k8s.test.", Object.entries(weights).map(([id, weight]) => record("w.k8s.test.", "CNAME", { setIdentifier: id, weight, values: [`${id}.`] })));
  const at = (from: ReturnType<typeof zone>, point: number, sick: string[] = []) =>
    answerFromZone(from, "w.k8s.test", "A", { ...asker("us-west-2", sick), random: () => point }).records.map((set) => set.setIdentifier);
  const group = weighted({ wider: 0, a: 1, b: 3 });
  it("share by their weights", () => expect([0, 0.24, 0.26, 0.99].map((point) => at(group, point)[0])).toEqual(["a", "a", "b", "b"]));
  it("of weight 0 are passed over while one of another weight is healthy", () => {
    expect([0, 0.5, 0.99].map((point) => at(group, point, ["a"])[0])).toEqual(["b", "b", "b"]);
  });
  it("of weight 0 answer when all others are unhealthy", () => expect(at(group, 0.5, ["a", "b"])).toEqual(["wider"]));
  it("of weight 0 are not the ones taken when nothing at all is healthy", () => expect(at(group, 0, ["a", "b", "wider"])).toEqual(["a"]));
  it("are all alike when all have weight 0", () => expect([0, 0.4, 0.9].map((point) => at(weighted({ a: 0, b: 0, c: 0 }), point)[0])).toEqual(["a", "b", "c"]));
});

describe("an alias into its own zone", () => {
  const alias = (name: string, evaluate = true, id = "k8s.test.") => ({ values: [], ttl: null, alias: { name, zone: id, evaluate } });
  const tree = (evaluate = true) =>
    zone("k8s.test.", [
      record("web.k8s.test.", "CNAME", { setIdentifier: "us-west-2", region: "us-west-2", ...alias("_us-west-2.web.k8s.test.", evaluate) }),
      record("web.k8s.test.", "CNAME", { setIdentifier: "us-east-2", region: "us-east-2", values: ["c."] }),
      ...["a", "b"].map((id) => record("_us-west-2.web.k8s.test.", "CNAME", { setIdentifier: id, weight: 1, values: [`${id}.`] })),
    ]);
  const asked = (from: ReturnType<typeof zone>, sick: string[]) => answerFromZone(from, "web.k8s.test", "A", asker("us-west-2", sick)).records.map((set) => set.setIdentifier);
  it("is as healthy as the healthiest record there", () => {
    expect(asked(tree(), [])).toEqual(["us-west-2"]);
    expect(asked(tree(), ["a"])).toEqual(["us-west-2"]);
    expect(asked(tree(), ["a", "b"])).toEqual(["us-east-2"]);
  });
  it("is healthy whatever stands there if it does not evaluate it", () => expect(asked(tree(false), ["a", "b"])).toEqual(["us-west-2"]));
  it("is unhealthy where nothing stands, and in a circle", () => {
    const lost = zone("k8s.test.", [record("web.k8s.test.", "CNAME", { setIdentifier: "lost", region: "us-west-2", ...alias("gone.k8s.test.") }), ...tree().records.slice(1)]);
    expect(asked(lost, [])).toEqual(["us-east-2"]);
    const circle = zone("k8s.test.", [record("web.k8s.test.", "CNAME", { setIdentifier: "circle", region: "us-west-2", ...alias("web.k8s.test.") })]);
    expect(asked(circle, [])).toEqual(["circle"]);
  });
});
