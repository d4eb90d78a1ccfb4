import { get, inMachine, instances, leavesNothing, ownBox, Run, sandbox } from "./sandbox";

const REGIONS = { "us-west": "us-west-2", "us-east": "us-east-2" } as const;
type Side = keyof typeof REGIONS;
const SIDES = Object.keys(REGIONS) as Side[];
const SHAPE = [
  "--set",
  `members=${JSON.stringify(Object.fromEntries(SIDES.map((side) => [side, { region: REGIONS[side], workers: { count: 1 } }])))}`,
  "--set",
  'apps.nginx.placement={"*":{}}',
];
const PEERED = ["--set", 'peering=[["us-west","us-east"]]'];

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: { readonly podIP: string };
}

/** Every instance of both members: whoever is rebuilt has another id. */
const everyNode = async (): Promise<string[]> =>
  (await Promise.all(SIDES.map((side) => instances(REGIONS[side])))).flat().map((one) => one.InstanceId);

const workerOf = async (side: Side): Promise<string> =>
  (await instances(REGIONS[side], `${side}-worker`))[0].InstanceId;

/** The status that a command in a pod's network, or the node's own, gets from an address; 000 for none. */
async function ask(side: Side, who: "pod" | "node", address: string): Promise<string> {
  const inPod = 'nsenter -n -t "$(pgrep -o -x nginx)" ';
  const curl = `curl -s -m 4 -o /dev/null -w '%{http_code}' http://${address}/`;
  const run = await inMachine(await workerOf(side), `${who === "pod" ? inPod : ""}${curl} || true`);
  return run.stdout.trim();
}

/** Asks until the answer is the awaited one, for at most two and a half minutes: nodes look for their peers every minute. */
async function asked(side: Side, who: "pod" | "node", address: string, wanted: string): Promise<string> {
  for (const end = Date.now() + 150_000; ; await new Promise((done) => setTimeout(done, 5000))) {
    const answer = await ask(side, who, address);
    if (answer === wanted || Date.now() > end) return answer;
  }
}

/** `npm run e2e -- peering`: two members' networks joined and parted again while their nodes run. */
describe("peering between members", () => {
  let nodes: string[];
  let pods: Record<Side, Pod>;
  let joined: Run;

  ownBox("open");
  beforeAll(async () => {
    expect((await sandbox("up", ...SHAPE)).code).toBe(0);
    nodes = await everyNode();
    const first = async (side: Side) =>
      (await get<{ items: Pod[] }>(side, "pods", "-n", "default", "-l", "app.kubernetes.io/name=nginx"))
        .items[0];
    pods = { "us-west": await first("us-west"), "us-east": await first("us-east") };
  });

  it("D6: without it pods of one member reach no pod of another", async () => {
    expect(await ask("us-west", "pod", pods["us-east"].status.podIP)).toBe("000");
    expect(nodes).toHaveLength(4);
  });

  it("D6: is switched on while the nodes run: nothing is replaced, no node is another one", async () => {
    joined = await sandbox("up", ...SHAPE, ...PEERED);
    expect(joined.code).toBe(0);
    expect(joined.output).not.toMatch(/\d+ replace/);
    expect(await everyNode()).toEqual(nodes);
  });

  it("D6: pods reach pods by their own addresses both ways, and the other side sees who asks", async () => {
    expect(await asked("us-west", "pod", pods["us-east"].status.podIP, "200")).toBe("200");
    expect(await asked("us-east", "pod", pods["us-west"].status.podIP, "200")).toBe("200");
    for (const [side, other] of [SIDES, [...SIDES].reverse()]) {
      const log = await sandbox("kubectl", side, "logs", "-n", "default", pods[side].metadata.name);
      const ranges = { "us-west": "10.67", "us-east": "10.65" };
      expect(log.output).toMatch(new RegExp(`^${ranges[other]}\\.\\d+\\.\\d+ .*"GET / `, "m"));
    }
  });

  it("D6: nodes reach pods, as their own pods' bridge", async () => {
    expect(await asked("us-west", "node", pods["us-east"].status.podIP, "200")).toBe("200");
  });

  it("D6: a second up changes nothing", async () => {
    expect((await sandbox("preview", ...SHAPE, ...PEERED)).output).toMatch(/preview: \d+ same in/);
  });

  it("D6: is switched off again: no pod is reached, and nodes keep nothing of it", async () => {
    expect((await sandbox("up", ...SHAPE)).code).toBe(0);
    expect(await asked("us-west", "pod", pods["us-east"].status.podIP, "000")).toBe("000");
    const residue = "ip -o link show peers; ip route show | grep peers; nft list table ip federation-peers";
    const left = async (id: string) =>
      (await inMachine(id, `(${residue}) 2>/dev/null || true`)).stdout.trim();
    // Each node looks by its own clock, once a minute.
    for (const id of nodes) {
      for (const end = Date.now() + 90_000; (await left(id)) && Date.now() < end;)
        await new Promise((done) => setTimeout(done, 5000));
      expect([id, await left(id)]).toEqual([id, ""]);
    }
    expect(await everyNode()).toEqual(nodes);
  });

  it("D6: joined once more, goes without a trace", async () => {
    expect((await sandbox("up", ...SHAPE, ...PEERED)).code).toBe(0);
    await leavesNothing("destroy");
  });
});
