import { ChildProcess, spawn } from "node:child_process";
import * as dgram from "node:dgram";
import * as fs from "node:fs";
import * as path from "node:path";
import * as packet from "dns-packet";
import { frontCorefile, voiceCorefile } from "../../../dns/coredns/corefile";
import { routesOf } from "../../../dns/coredns/routes";
import { nameServerOf, zoneText } from "../../../dns/coredns/zone-text";
import { freePort } from "../../../sandbox/prepare/images/server";
import { until } from "../../../regions/poll";
import { binaries, describeWith } from "../../sandbox/providers/binaries";
import { scratch } from "../../scratch";

const domain = "onprem.example";
const name = `nginx.${domain}`;
const prefix = "nginx.default.fed.svc.";
const addresses: Record<string, string> = { "f-a": "192.0.2.11", "f-b": "192.0.2.12", "f-c": "192.0.2.13" };
const routes = routesOf(
  {
    domain,
    name: "nginx",
    type: "cname",
    ttl: 300,
    members: [
      { name: "f-a", region: "north" },
      { name: "f-b", region: "south" },
      { name: "f-c", region: "south" },
    ],
    replicas: { "f-a": 2, "f-b": 2, "f-c": 1 },
    hierarchy: { service: "nginx", namespace: "default", federation: "fed", ttl: 180 },
  },
  { north: ["127.0.0.2/32"], south: ["127.0.0.3/32", "127.0.0.2/31"] },
);

const CODES: Record<number, string> = { 0: "NOERROR", 3: "NXDOMAIN", 5: "REFUSED" };

const found = binaries("coredns");

/** The real CoreDNS with the files that the program writes, a process in place of each pod. */
describeWith(found, "CoreDNS itself", () => {
  const folder = scratch();
  const running: Record<string, ChildProcess> = {};
  const ports: Record<string, number> = {};

  const start = async (who: string, corefile: string, zone: string): Promise<void> => {
    const dir = path.join(folder, who);
    fs.mkdirSync(dir, { recursive: true });
    // One machine has each port once.
    const alone = corefile.replace(/^ {4}health \{\n.*\n {4}\}\n {4}ready\n/m, "");
    expect(alone).not.toBe(corefile);
    fs.writeFileSync(path.join(dir, "Corefile"), alone.replaceAll("/etc/coredns", dir));
    fs.writeFileSync(path.join(dir, "zone"), zone);
    const args = ["-conf", path.join(dir, "Corefile"), "-dns.port", String(ports[who])];
    running[who] = spawn(found!.coredns, args, { stdio: "ignore" });
  };

  /** Addresses told to who asks from an address, and the answer's code. */
  const ask = async (asked: string, from = "127.0.0.1", id = 0, type: "A" | "AAAA" = "A") => {
    const socket = dgram.createSocket("udp4");
    try {
      await new Promise<void>((done) => socket.bind(0, from, done));
      const question = {
        type: "query" as const,
        id,
        flags: packet.RECURSION_DESIRED,
        questions: [{ name: asked, type }],
      };
      const answer = await new Promise<Buffer>((done, fail) => {
        socket.once("message", done);
        setTimeout(() => fail(new Error(`no answer for ${asked}`)), 4000).unref();
        socket.send(packet.encode(question), ports.front, "127.0.0.1");
      });
      const { answers = [], flags = 0 } = packet.decode(answer);
      const rcode = CODES[flags & 15];
      return [rcode, ...answers.flatMap((each) => (each.type === "A" ? [`${each.data} ${each.ttl}`] : []))];
    } finally {
      socket.close();
    }
  };

  beforeAll(async () => {
    for (const who of ["front", ...Object.keys(addresses)]) ports[who] = await freePort();
    const names = [
      { name, ttl: 300 },
      ...["", "north.", "south."].map((place) => ({ name: `${prefix}${place}${domain}`, ttl: 180 })),
    ];
    for (const [member, target] of Object.entries(addresses)) {
      const records = names.map((each) => ({ ...each, target }));
      await start(member, voiceCorefile(domain, false), zoneText(domain, records));
    }
    const addressOf = (_: string, member = "f-c") => `127.0.0.1:${ports[member]}`;
    const server = { name: nameServerOf(domain), ttl: 300, target: "192.0.2.10" };
    await start("front", frontCorefile(domain, routes, addressOf), zoneText(domain, [server]));
    await until({ what: "CoreDNS", timeout: 60, interval: 200 }, async () => {
      for (const id of [0, 2, 4]) await ask(name, "127.0.0.1", id);
      return undefined;
    });
  }, 120_000);
  afterAll(() => Object.values(running).forEach((each) => each.kill()));

  test("C3: leads who asks to the nearest member, the narrowest network first, and others by the question's number", async () => {
    expect(await ask(name, "127.0.0.2")).toEqual(["NOERROR", "192.0.2.11 300"]);
    expect(await ask(name, "127.0.0.3", 0)).toEqual(["NOERROR", "192.0.2.12 300"]);
    expect(await ask(name, "127.0.0.3", 2)).toEqual(["NOERROR", "192.0.2.13 300"]);
    const others = await Promise.all([0, 1, 2, 3, 4].map((id) => ask(name, "127.0.0.1", id)));
    expect(others.map(([, answer]) => answer.split(" ")[0].slice(-1))).toEqual(["1", "1", "2", "2", "3"]);
  });

  test("says that there is no other type, no other name, and nothing of other domains", async () => {
    expect(await ask(name, "127.0.0.2", 0, "AAAA")).toEqual(["NOERROR"]);
    expect(await ask(`web.${domain}`)).toEqual(["NXDOMAIN"]);
    expect(await ask(nameServerOf(domain))).toEqual(["NOERROR", "192.0.2.10 300"]);
    expect(await ask("example.org")).toEqual(["REFUSED"]);
  });

  test("E3: a region's name leads on to the others when none of its own is well; and the nearest is back when it is", async () => {
    const north = `${prefix}north.${domain}`;
    expect(await ask(north, "127.0.0.3")).toEqual(["NOERROR", "192.0.2.11 180"]);
    const gone = new Promise((done) => running["f-a"].once("exit", done));
    running["f-a"].kill();
    await gone;
    expect(await ask(north, "127.0.0.3")).toEqual(["NOERROR", "192.0.2.12 180"]);
    expect(await ask(name, "127.0.0.2")).toEqual(["NOERROR", "192.0.2.12 300"]);
    const dir = path.join(folder, "f-a");
    running["f-a"] = spawn(
      found!.coredns,
      ["-conf", path.join(dir, "Corefile"), "-dns.port", String(ports["f-a"])],
      { stdio: "ignore" },
    );
    await until({ what: "f-a", timeout: 30, interval: 200 }, async () => {
      const [, answer] = await ask(name, "127.0.0.2");
      return answer === "192.0.2.11 300" ? undefined : `is told ${answer}`;
    });
  }, 60_000);
});
