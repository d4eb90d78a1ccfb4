import * as fc from "fast-check";
import { WIDER } from "../../dns/hierarchy";
import { recordTable, Row, TableArgs } from "../../dns/table";
import { weights } from "../../dns/weights";
import { answerFromZone } from "../../sandbox/box/zone-answers";

const domain = "k8s.example.com";
const hierarchy = { service: "nginx", namespace: "default", federation: "aws-fed", ttl: 180 };
const west = { name: "us-west", region: "us-west-2", zones: ["us-west-2a", "us-west-2b"] };
const east = { name: "us-east", region: "us-east-2", zones: ["us-east-2a"] };
const second = { name: "second", region: "us-west-2", zones: ["us-west-2b"] };

const table = (members: TableArgs["members"], replicas: Record<string, number>, more: object = {}) =>
  recordTable({ domain, name: "nginx", type: "cname", ttl: 300, members, replicas, ...more });
const told = ({ name, identifier, policy, target }: Row) => [name, identifier, policy, target];

/** A zone of the box's DNS with these rows, in which members' health checks have their names. */
function zoneOf(rows: readonly Row[], type = "CNAME") {
  const records = rows.map(({ name, ttl, identifier, policy, target }) => ({
    name: `${name}.`,
    type,
    ttl,
    setIdentifier: identifier ?? null,
    region: policy && "region" in policy ? policy.region : null,
    weight: policy && "weight" in policy ? policy.weight : null,
    failover: null,
    healthCheck: "member" in target ? target.member : null,
    values: "member" in target ? [target.member] : target.alias ? [] : [target.name],
    alias:
      "name" in target && target.alias
        ? { name: target.name, zone: "Z", evaluate: target.alias.health }
        : null,
  }));
  return { id: "Z", name: `${domain}.`, private: false, records };
}

/** The names that a question leads over, and the member at the end. */
function way(
  rows: readonly Row[],
  name: string,
  { sick = [] as string[], region = "us-west-2", type = "CNAME" },
) {
  const healthy = (record: { healthCheck: string | null }) => !sick.includes(record.healthCheck ?? "");
  const seen = [name];
  for (;;) {
    const { records } = answerFromZone(zoneOf(rows, type), seen[seen.length - 1], type, {
      region,
      healthy,
      random: () => 0,
    });
    expect(records).toHaveLength(1);
    if (records[0].healthCheck) return [...seen, records[0].healthCheck];
    seen.push(records[0].alias?.name ?? records[0].values[0]);
    expect(new Set(seen).size).toBe(seen.length); // no circle
  }
}

describe("the records of an app's name", () => {
  test("A10: a member with replicas has one by latency; one without has none", () => {
    expect(table([west, east], { "us-west": 2, "us-east": 0 }).rows).toEqual([
      {
        key: "us-west",
        otherKeys: ["region.us-west-2"],
        name: "nginx.k8s.example.com",
        ttl: 300,
        identifier: "us-west-2",
        policy: { region: "us-west-2" },
        target: { member: "us-west" },
      },
    ]);
  });

  test("two members of one AWS region share its one record by their replicas, through a name of the region", () => {
    const { rows } = table([west, second, east], { "us-west": 2, second: 1, "us-east": 1 });
    const region = "_us-west-2.nginx.k8s.example.com";
    expect(rows.map(told)).toEqual([
      [region, "us-west", { weight: 2 }, { member: "us-west" }],
      [region, "second", { weight: 1 }, { member: "second" }],
      [
        "nginx.k8s.example.com",
        "us-west-2",
        { region: "us-west-2" },
        { name: region, alias: { health: true } },
      ],
      ["nginx.k8s.example.com", "us-east-2", { region: "us-east-2" }, { member: "us-east" }],
    ]);
    expect(way(rows, "nginx.k8s.example.com", {})).toEqual(["nginx.k8s.example.com", `${region}`, "us-west"]);
    expect(way(rows, "nginx.k8s.example.com", { sick: ["us-west"] })).toContain("second");
    expect(way(rows, "nginx.k8s.example.com", { sick: ["us-west", "second"] })).toContain("us-east");
  });

  test("a region's record is the same one before and after members share it", () => {
    const [one] = table([west], { "us-west": 1 }).rows;
    const shared = table([second, west], { "us-west": 1, second: 1 }).rows;
    const top = shared[shared.length - 1];
    expect(top).toMatchObject({ name: one.name, identifier: one.identifier, policy: one.policy });
    expect(top.otherKeys).toContain(one.key);
    expect(one.otherKeys).toContain(top.key);
    const munich = { name: "munich", region: "munich", latencyRegion: "us-west-2" };
    const [first] = table([munich, west], { "us-west": 1, munich: 1 }).rows.slice(-1);
    expect(first.otherKeys).toEqual(["us-west", "munich"]); // that whose identifier it has
  });

  test("what a member keeps when another leaves its region is not withdrawn, nor what it had before one came", () => {
    const before = table([west, second], { "us-west": 1, second: 1 });
    const after = table([west], { "us-west": 1 });
    const withdrawn = before.rows.filter(({ identifier }) => !after.keep.includes(identifier!));
    expect(withdrawn.map(({ identifier }) => identifier)).toEqual(["second"]);
    expect(after.rows.filter(({ identifier }) => !before.keep.includes(identifier!))).toEqual([]);
  });

  test("the domain's own name has a region's name below it, too", () => {
    const { fullName, type, rows } = table(
      [west, second],
      { "us-west": 1, second: 1 },
      { name: "@", type: "alias" },
    );
    expect([fullName, type, rows[0].name]).toEqual([domain, "A", `_us-west-2.${domain}`]);
  });

  test("shares are weights that Route 53 takes, in proportion", () => {
    const members = (...counts: number[]) => counts.map((replicas, i) => ({ name: `m${i}`, replicas }));
    expect(weights(members(2, 1, 0))).toEqual({ m0: 2, m1: 1, m2: 0 });
    expect(weights(members(1000, 500, 1))).toEqual({ m0: 255, m1: 128, m2: 1 });
  });
});

describe("E3: hierarchical names", () => {
  const at = (...place: string[]) => ["nginx.default.aws-fed.svc", ...place, domain].join(".");
  const replicas = { "us-west": 2, second: 1, "us-east": 1 };
  const { rows, names } = table([west, second, east], replicas, { hierarchy });

  test("there is one for each zone, each region and all", () => {
    expect(names).toEqual([
      "nginx.k8s.example.com",
      at(),
      at("us-west-2"),
      at("us-east-2"),
      at("us-west-2a", "us-west-2"),
      at("us-west-2b", "us-west-2"),
      at("us-east-2a", "us-east-2"),
    ]);
    expect(rows.filter(({ name }) => name === at("us-west-2b", "us-west-2")).map(told)).toEqual([
      [at("us-west-2b", "us-west-2"), "us-west", { weight: 2 }, { member: "us-west" }],
      [at("us-west-2b", "us-west-2"), "second", { weight: 1 }, { member: "second" }],
      [at("us-west-2b", "us-west-2"), WIDER, { weight: 0 }, { name: at("us-west-2") }],
    ]);
    expect(new Set(rows.filter(({ name }) => names.indexOf(name) > 0).map(({ ttl }) => ttl))).toEqual(
      new Set([180]),
    );
  });

  test.each(["CNAME", "A"])(
    "each leads to the next wider one where it has nobody well (%s records)",
    (type) => {
      const all = table([west, second, east], replicas, {
        hierarchy,
        type: type === "A" ? "alias" : "cname",
      }).rows;
      const from = (sick: string[]) => way(all, at("us-west-2a", "us-west-2"), { sick, type });
      expect(from([])).toEqual([at("us-west-2a", "us-west-2"), "us-west"]);
      expect(from(["us-west"])).toEqual([at("us-west-2a", "us-west-2"), at("us-west-2"), "second"]);
      expect(from(["us-west", "second"])).toEqual([
        at("us-west-2a", "us-west-2"),
        at("us-west-2"),
        at(),
        "nginx.k8s.example.com",
        "us-east",
      ]);
    },
  );

  test("a place whose members have no replicas leads on, and has no record of theirs", () => {
    const none = table([west, east], { "us-west": 2, "us-east": 0 }, { hierarchy }).rows;
    expect(none.filter(({ target }) => "member" in target && target.member === "us-east")).toEqual([]);
    expect(way(none, at("us-east-2a", "us-east-2"), { region: "us-east-2" })).toEqual([
      at("us-east-2a", "us-east-2"),
      at("us-east-2"),
      at(),
      "nginx.k8s.example.com",
      "us-west",
    ]);
  });

  test("without any replica there is no record at all, while the names stay marked", () => {
    const none = table([west, east], { "us-west": 0, "us-east": 0 }, { hierarchy });
    expect(none.rows).toEqual([]);
    expect(none.names).toHaveLength(7);
  });
});

describe("whatever the members", () => {
  const regions = ["us-west-2", "us-east-2", "eu-central-1"];
  const member = fc.record({
    name: fc.stringMatching(/^[a-z]{1,6}$/),
    region: fc.constantFrom(...regions, "munich"),
    latency: fc.constantFrom(...regions),
    zones: fc.uniqueArray(fc.constantFrom("a", "b", "c")),
    replicas: fc.nat(600),
  });
  const some = fc.uniqueArray(member, { selector: ({ name }) => name, minLength: 1, maxLength: 8 });
  type Some = typeof some extends fc.Arbitrary<infer T> ? T : never;
  const of = (all: Some, type: "cname" | "alias" = "cname") =>
    recordTable({
      ...{ domain, name: "nginx", type, ttl: 300, hierarchy },
      members: all.map(({ name, region, latency, zones }) =>
        regions.includes(region)
          ? { name, region, zones: zones.map((zone) => region + zone) }
          : { name, region, zones, latencyRegion: latency },
      ),
      replicas: Object.fromEntries(all.map(({ name, replicas }) => [name, replicas])),
    });

  test("Route 53 takes every record: one policy a name, one record a region, no target before it stands", () => {
    fc.assert(
      fc.property(some, (all) => {
        const { rows } = of(all, "alias");
        const keys = rows.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        for (const [i, row] of rows.entries()) {
          const beside = rows.filter(({ name }) => name === row.name);
          const kinds = new Set(beside.map(({ policy }) => Object.keys(policy ?? { simple: 0 })[0]));
          expect(kinds.size).toBe(1);
          const values = beside.map(({ policy }) => policy && "region" in policy && policy.region);
          if (kinds.has("region")) expect(new Set(values).size).toBe(beside.length);
          expect(new Set(beside.map(({ identifier }) => identifier)).size).toBe(beside.length);
          if (row.policy && "weight" in row.policy) expect(row.policy.weight).toBeLessThanOrEqual(255);
          const { target } = row;
          if ("name" in target) expect(rows.slice(0, i).map(({ name }) => name)).toContain(target.name);
        }
      }),
    );
  });

  test("every name leads to a member with replicas, without a circle; a sick one only when nobody is well", () => {
    fc.assert(
      fc.property(some, fc.uniqueArray(fc.nat(7)), fc.constantFrom(...regions), (all, ill, region) => {
        const { rows } = of(all);
        const sick = ill.flatMap((i) => all[i]?.name ?? []);
        const serving = all.filter(({ replicas }) => replicas > 0).map(({ name }) => name);
        const well = serving.filter((name) => !sick.includes(name));
        for (const name of new Set(rows.map((row) => row.name))) {
          if (name.startsWith("_")) continue; // nobody is told of it
          const end = way(rows, name, { sick, region });
          expect(well.length > 0 ? well : serving).toContain(end[end.length - 1]);
        }
      }),
    );
  });

  test("every name that leads on ends at the app's own", () => {
    fc.assert(
      fc.property(some, (all) => {
        const { rows, names, fullName } = of(all);
        const next = new Map(
          rows.flatMap(({ name, target }) =>
            name !== fullName && "name" in target ? [[name, target.name]] : [],
          ),
        );
        if (rows.length === 0) return;
        for (const name of names) {
          let [at, steps] = [name, 0];
          while (at !== fullName && steps++ < 4) at = next.get(at)!;
          expect(at).toBe(fullName);
        }
      }),
    );
  });

  test("members that come and go change no other's set identifiers at its places, nor the names of regions", () => {
    fc.assert(
      fc.property(some, (all) => {
        const [leaving, ...staying] = all.filter(({ region }) => regions.includes(region));
        if (staying.length === 0) return;
        const identity = ({ name, identifier }: Row) => `${name} ${identifier}`;
        const theirs = (from: Some) =>
          of(from)
            .rows.filter(({ name, target }) => "member" in target && name.includes(".svc."))
            .filter(({ target }) => "member" in target && target.member !== leaving.name)
            .map(identity);
        const tops = (from: Some) =>
          of(from)
            .rows.filter(({ policy }) => policy && "region" in policy)
            .map(identity);
        expect(theirs([leaving, ...staying]).sort()).toEqual(theirs(staying).sort());
        expect(tops([leaving, ...staying])).toEqual(expect.arrayContaining(tops(staying)));
      }),
    );
  });
});
