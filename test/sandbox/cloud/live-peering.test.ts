import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { cacheRoot } from "../../../sandbox/prepare/cache";
import { plan } from "../../../sandbox/prepare/step";
import { steps } from "../../../sandbox/prepare/steps";

/**
 * Two peered networks on real routers and firewalls, and the nodes' own script about peers in bare network namespaces.
 * What it does not prove: real machines, the timer, the parameter.
 */
const tools = path.join(plan(steps, cacheRoot()).find((one) => one.name === "tools")!.path, "bin");
const missing = process.getuid?.() !== 0 || !existsSync(path.join(tools, "nft"));
if (missing) console.warn("the live test of peering is skipped: it needs root and `npm start` once");

(missing ? describe.skip : describe)("two networks that peer", () => {
  let seen: Record<string, any>;

  beforeAll(async () => {
    const project = path.join(__dirname, "..", "..", "..");
    const scenario = [
      path.join(project, "node_modules", ".bin", "tsx"),
      path.join(__dirname, "live", "peering-scenario.ts"),
      tools,
    ];
    const { stdout } = await promisify(execFile)(
      "unshare",
      ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", ...scenario],
      { cwd: project, timeout: 170_000, env: { ...process.env, PATH: `${tools}:${process.env.PATH}` } },
    );
    seen = JSON.parse(stdout.trim().split("\n").at(-1)!);
  }, 180_000);

  it("D6: reach each other's nodes by private addresses, as far as groups let in, and no resolver", () => {
    expect(seen.nodes).toEqual(["10.0.0.11 at 10.1.0.16", "10.1.0.16 at 10.0.0.12"]);
    expect([seen.otherPort, seen.resolver]).toEqual(["timeout", "timeout"]);
  });

  it("D6: carry no pod's source and no pod's destination straight over the connection", () => {
    expect([seen.podsOwnSource, seen.podsRange, seen.withoutOverlay]).toEqual([
      "timeout",
      "timeout",
      "timeout",
    ]);
    expect(seen.dropped).toEqual([true, true]);
  });

  it("D6: let pods reach pods both ways, on workers and on slots, with their own addresses", () => {
    expect(seen.pods).toEqual([
      "10.244.2.5 at 10.65.6.5",
      "10.65.6.5 at 10.244.2.5",
      "10.244.2.5 at 10.65.5.5",
      "10.65.5.5 at 10.244.2.5",
    ]);
  });

  it("D6: leave out a slot that does not answer", () => {
    expect(seen.way).toBe("10.65.0.0/16 via 10.1.0.15 dev peers src 10.244.2.1 onlink");
  });

  it("D6: let a node reach a pod as its own pods' bridge", () => {
    expect(seen.nodeToPod).toBe("10.244.2.1 at 10.65.6.5");
  });

  it("D6: carry packets as large as pods make them", () => {
    expect(seen.long).toEqual([60_000, 60_000]);
  });

  it("D6: leave nothing when the peer goes, and no link when the connection goes", () => {
    expect([seen.without, seen.gone]).toEqual(["timeout", "timeout"]);
    expect([seen.residue, seen.links]).toEqual([null, null]);
  });
});
