import { Feed } from "../../../sandbox/cloud/feed";
import { FakeEmulator } from "./live/fake-emulator";
import { sample } from "./sample";

async function until(good: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !good(); i++) await new Promise((done) => setTimeout(done, 10));
  expect(good()).toBe(true);
}

describe("the state feed", () => {
  it("hands on each new state as it comes, and no state twice", async () => {
    const emulator = new FakeEmulator(sample());
    const versions: number[] = [];
    const feed = new Feed(
      await emulator.start(),
      (state) => versions.push(state.version),
      () => undefined,
    );
    feed.start();
    await until(() => versions.length === 1);
    emulator.change((state) => (state.regions["us-west-2"].instances[0].state = "stopped"));
    await until(() => versions.length === 2);
    expect(versions).toEqual([1, 2]);
    await feed.stop();
    emulator.stop();
  });

  it("tells once that the emulator does not answer, and goes on when it does", async () => {
    const told: string[] = [];
    const feed = new Feed(
      "http://127.0.0.1:9",
      () => undefined,
      (line) => told.push(line),
    );
    feed.start();
    await until(() => told.length > 0);
    await new Promise((done) => setTimeout(done, 400));
    await feed.stop();
    expect(told).toEqual([expect.stringContaining("no state from the emulator at http://127.0.0.1:9")]);
  });
});
