import { ending } from "../../../sandbox/engine/ending";

describe("an engine that ended without telling of an error", () => {
  it("A14: was killed: said in one line, not with all that it had done", () => {
    const stderr = "Command was killed with SIGKILL (Forced termination): pulumi up\n + a\n + b";
    expect(ending(new Error(`code: -2\n stdout: \n stderr: ${stderr}`))).toMatch(
      /^the engine was killed \(SIGKILL\); the next run takes up .*$/,
    );
  });

  it("has its text shown otherwise", () => {
    expect(ending(new Error("failed to load checkpoint"))).toBe("failed to load checkpoint");
  });
});
