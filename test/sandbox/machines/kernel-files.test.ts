import { readText, startTime, unlessGone } from "../../../sandbox/machines/kernel-files";

describe("files of the kernel", () => {
  test("give nothing where their subject has ended, and pass other errors on", () => {
    expect(unlessGone(() => readText("/proc/0/stat"), "gone")).toBe("gone");
    expect(() => unlessGone(() => readText("/proc"), "gone")).toThrow(/EISDIR/);
  });

  test("tell a process by its start, which stays while it lives", () => {
    expect(startTime(process.pid)).toMatch(/^\d+$/);
    expect(startTime(process.pid)).toBe(startTime(process.pid));
    expect(startTime(0)).toBeUndefined();
  });
});
