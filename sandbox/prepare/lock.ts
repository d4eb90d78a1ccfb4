import * as fs from "node:fs";
import * as path from "node:path";

interface Holder {
  pid: number;
  /** Clock ticks from boot to the process's start: tells a recycled pid from the holder. */
  started: string;
  since: string;
}

/**
 * Takes `file` as a lock for this process.
 * @returns what gives it back
 * @throws when another living process holds it
 */
export function lock(file: string, purpose: string): () => void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const mine: Holder = {
    pid: process.pid,
    started: startOf(process.pid) ?? "",
    since: new Date().toISOString(),
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (tryLink(file, JSON.stringify(mine))) return () => fs.rmSync(file, { force: true });
    const holder = readHolder(file);
    if (holder && startOf(holder.pid) === holder.started) {
      throw new Error(
        `${purpose} is already under way in process ${holder.pid} (since ${holder.since}; lock ${file}): ` +
          `wait until it ends, then start again; what it has made will be there.`,
      );
    }
    // The holder died. Only one of those who see that can move the file away; the others try again.
    const stale = `${file}.stale-${process.pid}`;
    try {
      fs.renameSync(file, stale);
      fs.rmSync(stale);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new Error(`${file} cannot be taken: several processes try at once; start again.`);
}

/** Creates `file` with its content at one stroke (a reader never sees it empty); false when it exists. */
function tryLink(file: string, content: string): boolean {
  const own = `${file}.${process.pid}`;
  fs.writeFileSync(own, content);
  try {
    fs.linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined; // gone meanwhile, or not ours: counts as stale
  }
}

/** Start time of a living process (field 22 of its stat; the command name before may hold spaces), else undefined. */
function startOf(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
