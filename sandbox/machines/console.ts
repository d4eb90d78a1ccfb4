import * as fs from "node:fs";

/** How much of the console is kept readable, as on EC2: bytes. */
export const CONSOLE_BYTES = 64 * 1024;

/** The console as text: without what `script` writes around a recording, colours and carriage returns. */
export function plain(recorded: string): string {
  return recorded
    .replace(/^Script (started|done) on .*\n?/gm, "")
    .replace(/\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>78]/g, "")
    .replace(/\r+\n/g, "\n")
    .replace(/\r/g, "\n");
}

/** The last {@link CONSOLE_BYTES} of a console's file, beginning with a whole line; empty when there is none. */
export function readConsole(file: string): string {
  if (!fs.existsSync(file)) return "";
  const handle = fs.openSync(file, "r");
  try {
    const { size } = fs.fstatSync(handle);
    const buffer = Buffer.alloc(Math.min(size, CONSOLE_BYTES));
    fs.readSync(handle, buffer, 0, buffer.length, size - buffer.length);
    const text = buffer.toString();
    return plain(size > buffer.length ? text.slice(text.indexOf("\n") + 1) : text);
  } finally {
    fs.closeSync(handle);
  }
}

/** What the machine said since it was powered on last: its last `lines` lines, indented. */
export function lastBoot(file: string, lines = 25): string {
  const text = readConsole(file).trimEnd();
  const since = text.slice(Math.max(0, text.lastIndexOf(FIRST_LINE)));
  return since
    .split("\n")
    .slice(-lines)
    .map((line) => `  | ${line}`)
    .join("\n");
}

/** Cuts a console's file to what is kept readable, so that a machine powered on again and again does not fill the disk. */
export function trimConsole(file: string): void {
  if (fs.existsSync(file) && fs.statSync(file).size > 4 * CONSOLE_BYTES)
    fs.writeFileSync(file, readConsole(file));
}

const FIRST_LINE = "[    0.000000] Linux version";

/** What a kernel says first. */
export function kernelLines(version: string, hostname: string, memoryMiB: number): string {
  return [
    `[    0.000000] ${version.trim()}`, // begins with the words of FIRST_LINE
    `[    0.000000] Memory: ${memoryMiB * 1024}K available`,
    `[    0.000000] Machine ${hostname}: booting`,
    "",
  ].join("\n");
}
