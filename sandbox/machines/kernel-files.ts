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
    if (["ENOENT", "ENODEV", "ENXIO", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return gone;
    throw error;
  }
}

/**
 * When a process started, in clock ticks since the host's boot (field 22 of its stat); with its id it is unique, while an
 * id alone may have been given to another process since. Undefined when it has ended.
 */
export function startTime(pid: number): string | undefined {
  const stat = unlessGone(() => readText(`/proc/${pid}/stat`), "");
  // The second field is the program's name in brackets and may itself contain spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}
