import { answers, command, interrupt, leavesNothing, ownBox } from "./sandbox";

/** An `up` cut off by Ctrl-C, gone on with, and taken down: in a box of its own. `npm run e2e -- interrupt` */
describe("an interrupted run", () => {
  ownBox("closed");

  it("goes on after Ctrl-C in the middle of an up", async () => {
    // In the up itself, not in the preview before it: volumes are made early, while much else is under way.
    const moment = { when: /^preview: [^]*\+ aws:ebs\/volume/m, act: interrupt };
    const cut = await command("npm", ["start"], { moment });
    expect(cut.code).not.toBe(0);
    expect(cut.output).toContain("stopping:");
    expect(cut.output).not.toContain("without a result");
    const again = await command("npm", ["start"], { seconds: 1200 });
    expect(again.code).toBe(0);
    expect(again.output).not.toContain("interrupted while creating");
    expect(await answers()).toEqual({
      "us-west-2": "us-west-2",
      "us-east-2": "us-west-2",
      "ap-northeast-1": "ap-northeast-1",
    });
  });

  it("A14: what was interrupted once goes without a trace", () => leavesNothing("destroy"));

  it("A14: a second cycle in the same box is as the first", async () => {
    expect((await command("npm", ["start"], { seconds: 1200 })).code).toBe(0);
    await leavesNothing("down");
  });
});
