import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { CONSOLE_BYTES, plain, readConsole, trimConsole } from "../../../sandbox/machines/console";

describe("the console", () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "console-"));
  const file = path.join(dir, "console.log");
  afterAll(() => fs.rmSync(dir, { recursive: true }));

  test("is plain text: no colours, no carriage returns, nothing of the recorder", () => {
    const recorded =
      'Script started on 2026-01-01 [COMMAND="x"]\n\x1b[0;32m  OK  \x1b[0m up\r\nlate\r\n\nScript done on 2026-01-01\n';
    expect(plain(recorded)).toBe("  OK   up\nlate\n\n");
  });

  test("is empty before the first boot", () => {
    expect(readConsole(path.join(dir, "none"))).toBe("");
  });

  test("is its last 64 KB, from the beginning of a line", () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${String(i).padStart(6, "0")}`);
    fs.writeFileSync(file, `${lines.join("\n")}\n`);
    const text = readConsole(file);
    expect(text.length).toBeLessThanOrEqual(CONSOLE_BYTES);
    expect(text.length).toBeGreaterThan(CONSOLE_BYTES - 20);
    expect(text.startsWith("line ")).toBe(true);
    expect(text.endsWith("line 019999\n")).toBe(true);
  });

  test("does not grow with every boot", () => {
    fs.writeFileSync(file, "x".repeat(79).concat("\n").repeat(10_000));
    trimConsole(file);
    expect(fs.statSync(file).size).toBeLessThanOrEqual(CONSOLE_BYTES);
  });
});
