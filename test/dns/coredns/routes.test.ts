import * as fc from "fast-check";
import { Clients, Route, routesOf } from "../../../dns/coredns/routes";

const domain = "onprem.example";
const hierarchy = { service: "nginx", namespace: "default", federation: "fed", ttl: 180 };
const a = { name: "f-a", region: "north", zones: ["n1"] };
const b = { name: "f-b", region: "south" };
const c = { name: "f-c", region: "south" };
const clients: Clients = { north: ["10.0.0.0/8", "192.0.2.0/24"], south: ["10.1.0.0/16"] };

const routes = (replicas: Record<string, number>, more: object = {}) =>
  routesOf(
    { domain, name: "nginx", type: "cname", ttl: 300, members: [a, b, c], replicas, ...more },
    clients,
  );

/** Whom CoreDNS asks first for a question: the first route of the name that fits. */
function first(all: readonly Route[], name: string, network: string | undefined, id: number): Route {
  const fits = ({ clients, part }: Route) =>
    (!clients || (network !== undefined && clients.includes(network))) &&
    (!part || (id % part.of >= part.from && id % part.of < part.to));
  return all.filter((route) => route.name === name).find(fits)!;
}

describe("the ways to an app's members", () => {
  test("C3: users near a member are led to it, and to the others when it is not well", () => {
    const all = routes({ "f-a": 2, "f-b": 2 });
    const way = (network: string | undefined, id: number) =>
      first(all, "nginx.onprem.example", network, id).members;
    expect(way("192.0.2.0/24", 7)).toEqual(["f-a", "f-b"]);
    expect(way("10.1.0.0/16", 7)).toEqual(["f-b", "f-a"]);
    expect([0, 2].map((id) => way(undefined, id))).toEqual([
      ["f-a", "f-b"],
      ["f-b", "f-a"],
    ]);
  });

  test("a narrow network counts before a wide one that holds it", () => {
    const networks = routes({ "f-a": 2, "f-b": 2 }).flatMap((route) => route.clients ?? []);
    expect(networks).toEqual(["192.0.2.0/24", "10.1.0.0/16", "10.0.0.0/8"]);
  });

  test("A10: a member without replicas is on no way, and without any there is none", () => {
    expect(new Set(routes({ "f-a": 1, "f-b": 0 }).flatMap(({ members }) => members))).toEqual(
      new Set(["f-a"]),
    );
    expect(routes({ "f-a": 0 })).toEqual([]);
  });

  test("E3: a zone's name leads to the region's members and then to all, also where the region has none", () => {
    const all = routes({ "f-a": 0, "f-b": 1, "f-c": 1 }, { hierarchy });
    const prefix = "nginx.default.fed.svc.";
    const names = [...new Set(all.map(({ name }) => name))];
    expect(names).toEqual([
      "nginx.onprem.example",
      `${prefix}onprem.example`,
      `${prefix}north.onprem.example`,
      `${prefix}south.onprem.example`,
      `${prefix}n1.north.onprem.example`,
    ]);
    const well = routes({ "f-a": 1, "f-b": 1 }, { hierarchy });
    expect(first(well, `${prefix}n1.north.onprem.example`, "10.1.0.0/16", 0).members).toEqual(["f-a", "f-b"]);
    expect(first(all, `${prefix}n1.north.onprem.example`, undefined, 0).members[0]).toBe("f-b");
  });

  test("members that share a place, or everybody, have users as they have replicas", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom("10.1.0.0/16", undefined),
        (one, other, network) => {
          const all = routes({ "f-b": one, "f-c": other });
          const asked = Array.from({ length: 256 * 40 }, (_, id) =>
            first(all, "nginx.onprem.example", network, id),
          );
          const share = asked.filter(({ members }) => members[0] === "f-b").length / asked.length;
          expect(share).toBeCloseTo(one / (one + other), 1);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("whatever the replicas, each question of each user has one way, over every member that serves, once", () => {
    const counts = fc.record({ "f-a": fc.nat(3), "f-b": fc.nat(3), "f-c": fc.nat(3) });
    const networks = fc.constantFrom(undefined, ...Object.values(clients).flat());
    fc.assert(
      fc.property(counts, networks, fc.nat(65535), fc.boolean(), (replicas, network, id, deep) => {
        const all = routes(replicas, deep ? { hierarchy } : {});
        const serving = Object.keys(replicas).filter((name) => replicas[name as keyof typeof replicas] > 0);
        for (const name of new Set(all.map((route) => route.name)))
          expect([...first(all, name, network, id).members].sort()).toEqual(serving.sort());
        expect(all.length > 0).toBe(serving.length > 0);
      }),
    );
  });
});
