import { asking } from "./meanwhile";
import { answers, get, inBox, leavesNothing, ownBox, readyReplicas, records, Run, sandbox } from "./sandbox";

const NAME = "http://nginx.federation.example/";
/** Seconds in which an `up` that meets a dead member has to be over, its preview apart. */
const SOON = 90;

const one = (region: string, change: object = {}) => ({ region, workers: { count: 1 }, ...change });
const three = {
  "us-west": one("us-west-2"),
  "us-east": one("us-east-2"),
  "ap-northeast": one("ap-northeast-1"),
};
const nginx = {
  image: "nginx:1.29",
  replicas: 6,
  placement: { "*": { weight: 1 } },
  service: { port: 80 },
  dns: { name: "nginx", ttl: 5 },
};
const shape = (members: object): string[] => [
  "--set",
  `members=${JSON.stringify(members)}`,
  "--set",
  `apps=${JSON.stringify({ nginx })}`,
];

async function up(members: object): Promise<Run> {
  const run = await sandbox("up", ...shape(members));
  expect(run.code).toBe(0);
  return run;
}

/** What an `up` changed of Kubernetes and AWS, by the engine's own lines: `+ type name`. */
const touched = ({ output }: Run, member: string): string[] =>
  [...output.matchAll(/^ *[\d.]+s ([+~-]+) (aws|kubernetes|tls):\S+ (\S+)/gm)]
    .map((row) => `${row[1]} ${row[3]}`)
    .filter((row) => row.split(" ")[1].startsWith(`${member}-`));

/** Names of the members that the federation has, when it has nothing of any other. */
async function members(): Promise<string[]> {
  const residue = await inBox("operate/residue.ts", "aws-fed");
  expect([residue.code, residue.output]).toEqual([0, expect.stringMatching(/^0 left$/m)]);
  const { items } = await get<{ items: { metadata: { name: string } }[] }>(
    "aws-fed",
    "clusters.cluster.karmada.io",
  );
  return items.map(({ metadata }) => metadata.name).sort();
}

/** `npm run e2e -- members`: members come, go, die and come back, under users who never stop asking. */
describe("members that come and go", () => {
  const { "us-east": usEast, "ap-northeast": _, ...host } = three;
  const without = { ...host, "ap-northeast": three["ap-northeast"] };

  ownBox("open");

  it("D11: a federation of one", async () => {
    await up(host);
    expect(await readyReplicasOf(["us-west"])).toEqual({ "us-west": 6 });
  });

  it("B5 D11: others join it, and nothing of it is touched but its share; nobody misses an answer", async () => {
    let run: Run | undefined;
    const { asked, failed, output } = await asking("us-west-2", NAME, async () => (run = await up(three)));
    expect([failed, output]).toEqual([0, output]);
    expect(asked).toBeGreaterThan(100);
    expect(touched(run!, "us-west")).toEqual([]);
    expect(await readyReplicas()).toEqual({ "us-west": 2, "us-east": 2, "ap-northeast": 2 });
    expect(Object.keys(await records()).sort()).toEqual(["ap-northeast-1", "us-east-2", "us-west-2"]);
  });

  it("A15: a region that fails: its users are answered elsewhere, and by it again when it heals", async () => {
    const run = await sandbox("drill", "us-east-2");
    expect(run.code).toBe(0);
    expect(run.output).toMatch(/^us-east-2\s+\d+ s\s+\d+ s\s+95 s$/m);
  });

  it("E5: an up that meets a dead member ends soon and says what to declare", async () => {
    expect((await sandbox("fail", "us-east-2")).code).toBe(0);
    const began = Date.now();
    const run = await sandbox("up", ...shape(three));
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("members.us-east.lost: true");
    expect((Date.now() - began) / 1000).toBeLessThan(SOON + 60);
  });

  it("E5: declared lost, one up has its share run elsewhere, and keeps a clean state", async () => {
    const lost = { ...three, "us-east": { ...usEast, lost: true } };
    const { failed, output } = await asking("us-west-2", NAME, () => up(lost));
    expect([failed, output]).toEqual([0, output]);
    expect(Object.keys(await records()).sort()).toEqual(["ap-northeast-1", "us-west-2"]);
    expect(await members()).toEqual(["ap-northeast", "us-west"]);
    expect((await answers())["ap-northeast-1"]).toBe("ap-northeast-1");
    expect((await sandbox("preview", ...shape(lost))).output).toMatch(/preview: \d+ same in/);
  });

  it("E5: comes back when it is not lost any more, with its share", async () => {
    expect((await sandbox("heal", "us-east-2")).code).toBe(0);
    await up(three);
    expect(await readyReplicas()).toEqual({ "us-west": 2, "us-east": 2, "ap-northeast": 2 });
    expect(Object.keys(await records())).toContain("us-east-2");
  });

  it("B4 D7: leaves under the eyes of its own users, who miss nothing; nothing of it is left at the federation", async () => {
    let run: Run | undefined;
    const { failed, output } = await asking("us-east-2", NAME, async () => (run = await up(without)));
    expect([failed, output]).toEqual([0, output]);
    expect(touched(run!, "us-west")).toEqual([]);
    expect(await readyReplicasOf(["us-west", "ap-northeast"])).toEqual({ "us-west": 3, "ap-northeast": 3 });
    expect(await members()).toEqual(["ap-northeast", "us-west"]);
  });

  it("A14: destroy leaves nothing", () => leavesNothing("destroy"));
});

/** Ready replicas of nginx in some members. */
async function readyReplicasOf(members: readonly string[]): Promise<Record<string, number>> {
  type Deployment = { status: { readyReplicas?: number } };
  const counts = members.map(async (member) => {
    const { status } = await get<Deployment>(member, "deployment/nginx", "-n", "default");
    return [member, status.readyReplicas ?? 0] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}
