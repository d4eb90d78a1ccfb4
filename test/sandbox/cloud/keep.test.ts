import { Keep } from "../../../sandbox/cloud/keep";

const silent = () => undefined;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
async function rest(keep: Keep<unknown>): Promise<void> {
  for (let i = 0; i < 3000 && keep.unsettled().length; i++) await pause(10);
}

describe("keeping objects as wanted", () => {
  it("applies what is new or changed, removes what is no longer wanted, and leaves the rest alone", async () => {
    const calls: string[] = [];
    const keep = new Keep<number>(
      "thing",
      {
        apply: async (id, want) => void calls.push(`${id}=${want}`),
        remove: async (id) => void calls.push(`-${id}`),
      },
      silent,
    );
    keep.sync(
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    );
    await rest(keep);
    keep.sync(
      new Map([
        ["b", 3],
        ["c", 4],
      ]),
    );
    await rest(keep);
    keep.sync(
      new Map([
        ["b", 3],
        ["c", 4],
      ]),
    );
    await rest(keep);
    expect(calls.sort()).toEqual(["-a", "a=1", "b=2", "b=3", "c=4"]);
  });

  it("tries one that fails again, tells it once, and does not keep the others waiting", async () => {
    const told: string[] = [];
    const done: string[] = [];
    let failures = 2;
    const apply = async (id: string) => {
      if (id === "bad" && failures-- > 0) throw new Error("not yet");
      done.push(id);
    };
    const keep = new Keep<number>("thing", { apply, remove: async () => undefined }, (line) =>
      told.push(line),
    );
    keep.sync(
      new Map([
        ["bad", 1],
        ["good", 1],
      ]),
    );
    for (let i = 0; i < 3000 && !(done.length && told.length); i++) await pause(1);
    expect(done).toEqual(["good"]);
    expect(keep.unsettled()).toEqual(["thing bad: not yet"]);
    await rest(keep);
    expect(done).toEqual(["good", "bad"]);
    expect(told).toEqual(["thing bad: not yet"]);
  });

  it("does only the newest of the changes that come while it works", async () => {
    const seen: number[] = [];
    let open = () => undefined as void;
    const gate = new Promise<void>((go) => (open = go));
    const apply = async (_id: string, want: number) => {
      seen.push(want);
      await gate;
    };
    const keep = new Keep<number>("thing", { apply, remove: async () => undefined }, silent);
    for (const want of [1, 2, 3, 4]) keep.sync(new Map([["a", want]]));
    open();
    await keep.applied("a");
    expect(seen).toEqual([1, 4]);
  });

  it("works on no more than its limit at once", async () => {
    let now = 0;
    let most = 0;
    const apply = async () => {
      most = Math.max(most, ++now);
      await pause(10);
      now--;
    };
    const keep = new Keep<number>("thing", { apply, remove: async () => undefined }, silent, 3);
    keep.sync(new Map(Array.from({ length: 10 }, (_, i) => [String(i), i])));
    await rest(keep);
    expect(most).toBe(3);
  });

  it("names what is not ready in time, with the reason", async () => {
    const keep = new Keep<number>(
      "thing",
      { apply: async () => Promise.reject(new Error("no luck")), remove: async () => undefined },
      silent,
    );
    keep.sync(new Map([["a", 1]]));
    await expect(keep.applied("a", 0.1)).rejects.toThrow("thing a not ready within 0.1 s");
    await expect(keep.applied("zzz")).rejects.toThrow("thing zzz is not there");
    await keep.stop();
    expect(keep.unsettled()).toEqual(["thing a: no luck"]);
  });

  it("takes one up again that was wanted away and back", async () => {
    const calls: string[] = [];
    const keep = new Keep<number>(
      "thing",
      {
        apply: async (id) => (await pause(10), void calls.push(id)),
        remove: async (id) => (await pause(10), void calls.push(`-${id}`)),
      },
      silent,
    );
    keep.sync(new Map([["a", 1]]));
    await rest(keep);
    keep.sync(new Map());
    keep.sync(new Map([["a", 1]]));
    await rest(keep);
    expect(calls.at(-1)).toBe("a");
  });
});
