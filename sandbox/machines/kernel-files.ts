import * as fs from "node:fs";

/** Text of a file of /proc or /sys, read as bytes: Node's short cut for text hides errors that occur after opening. */
export function readText(file: string): string {
  return fs.readFileSync(file).toString();
}

/**
 * What `read` gives, or `gone` where its subject has vanished meanwhile: processes, control groups and devices end while
 * one looks at them. Any other error is passed on.
 */
export function unlessGone<T>(read: () => T, gone: T): T {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ENODEV", "ENXIO", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return gone;
    throw error;
  }
}
