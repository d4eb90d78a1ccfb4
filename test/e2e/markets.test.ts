import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { joined, readyReplicasOf, touched } from "./come-and-go";
import { asking } from "./meanwhile";
import { leavesNothing, ownBox, records, Run, sandbox } from "./sandbox";

const NAME = "http://hugo-fed.federation.example/";

/** All of the stack's file but what is the box's own: its domain, who may reach its APIs, its times. */
const { config } = parse(readFileSync("Pulumi.markets.yaml", "utf8"));
const { context, host, members, apps } = Object.fromEntries(
  Object.entries<any>(config).map(([key, value]) => [key.replace("federation:", ""), value]),
);
const { jpn, ...others } = members;

const shape = (there: object): string[] =>
  Object.entries({ context, host, members: there, apps }).flatMap(([key, value]) => [
    "--set",
    `${key}=${JSON.stringify(value)}`,
  ]);

async function up(there: object): Promise<Run> {
  const run = await sandbox("up", ...shape(there));
  expect(run.code).toBe(0);
  return run;
}

/** Where the engine's lines tell of a resource that is created, updated or replaced. */
function told({ output }: Run, resource: string): number {
  const at = output.search(new RegExp(`^ *[\\d.]+s [+~-]+ \\S+ ${resource}\\b`, "m"));
  if (at < 0) throw new Error(`nothing was told of ${resource}`);
  return at;
}

/** `npm run e2e -- markets`: the stack of Pulumi.markets.yaml; a market leaves and comes back under users who never stop asking. */
describe("the markets stack", () => {
  ownBox("open");

  it("B1 B2 B3: three markets, two replicas each, a record for each region, four contexts", async () => {
    await up(members);
    expect(await readyReplicasOf("hugo", ["usa", "eur", "jpn"])).toEqual({ usa: 2, eur: 2, jpn: 2 });
    expect(await records()).toEqual({ "us-east-1": 300, "eu-west-1": 300, "ap-northeast-1": 300 });
    expect(await joined(context)).toEqual(["eur", "jpn", "usa"]);
  });

  it("B4 B6: the plan of Japan's leaving says who goes, what moves, and what it saves", async () => {
    const { code, output } = await sandbox("plan", ...shape(others));
    expect(code).toBe(0);
    const [, news] = /### Members\n\n([^]*?)\n\n/.exec(output) ?? [];
    expect(news).toMatch(/^- .*jpn.*$/m);
    expect(news).not.toMatch(/usa|eur/);
    const [, replicas] = /### Replicas\n\n(.*)\n/.exec(output) ?? [];
    for (const part of ["jpn 2→0", "usa 2→3", "eur 2→3"]) expect(replicas).toContain(part);
    expect(output).not.toContain("### Replaced");
  });

  it("B4 D7: Japan leaves, its record first; two markets run three each, and nobody anywhere misses an answer", async () => {
    let run: Run | undefined;
    let elsewhere: { failed: number; output: string } | undefined;
    const leave = async () => (run = await up(others));
    const { failed, output } = await asking("ap-northeast-1", NAME, async () => {
      elsewhere = await asking("eu-west-1", NAME, leave);
    });
    expect([failed, output]).toEqual([0, output]);
    expect([elsewhere!.failed, elsewhere!.output]).toEqual([0, elsewhere!.output]);
    expect(told(run!, "hugo-withdrawal-records")).toBeLessThan(told(run!, "hugo-policy"));
    for (const market of ["usa", "eur"]) expect(touched(run!, market)).toEqual([]);
    expect(await readyReplicasOf("hugo", ["usa", "eur"])).toEqual({ usa: 3, eur: 3 });
    expect(Object.keys(await records()).sort()).toEqual(["eu-west-1", "us-east-1"]);
    expect(await joined(context)).toEqual(["eur", "usa"]);
  });

  it("B5: Japan comes back, and of the others nothing changes but their shares", async () => {
    const run = await up({ ...others, jpn });
    for (const market of ["usa", "eur"]) expect(touched(run, market)).toEqual([]);
    expect(await readyReplicasOf("hugo", ["usa", "eur", "jpn"])).toEqual({ usa: 2, eur: 2, jpn: 2 });
    expect(Object.keys(await records()).sort()).toEqual(["ap-northeast-1", "eu-west-1", "us-east-1"]);
  });

  it("A14: destroy leaves nothing", () => leavesNothing("destroy"));
});
