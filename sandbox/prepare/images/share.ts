import * as fs from "node:fs";
import * as path from "node:path";

/** Files smaller than this are not worth comparing, in bytes. */
const least = 1 << 20;

/**
 * Replaces big files below `target` by hard links to files of the same content below `sources`: the same program lies
 * in a program part, in a layer, in the registry and unpacked, and a gigabyte of the cache is copies. Only for
 * directories whose files are never written in place.
 * @returns bytes saved
 */
export function shareFiles(target: string, sources: readonly string[]): number {
  const bySize = new Map<number, string[]>();
  for (const file of sources.flatMap(bigFiles)) {
    const { size } = fs.statSync(file);
    bySize.set(size, [...(bySize.get(size) ?? []), file]);
  }
  let saved = 0;
  for (const file of bigFiles(target)) {
    const stat = fs.statSync(file);
    const same = bySize
      .get(stat.size)
      ?.find((source) => fs.statSync(source).ino !== stat.ino && sameContent(source, file));
    if (!same) continue;
    fs.linkSync(same, `${file}.shared`);
    fs.renameSync(`${file}.shared`, file);
    saved += stat.size;
  }
  return saved;
}

function bigFiles(directory: string): string[] {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(directory, entry.name);
    if (entry.isDirectory()) return bigFiles(full);
    return entry.isFile() && fs.statSync(full).size >= least ? [full] : [];
  });
}

/** Compares two files of one size, a megabyte at a time. */
function sameContent(one: string, other: string): boolean {
  const [left, right] = [fs.openSync(one, "r"), fs.openSync(other, "r")];
  const [a, b] = [Buffer.allocUnsafe(least), Buffer.allocUnsafe(least)];
  try {
    for (;;) {
      const read = fs.readSync(left, a, 0, least, null);
      if (fs.readSync(right, b, 0, least, null) !== read || a.compare(b, 0, read, 0, read) !== 0)
        return false;
      if (read === 0) return true;
    }
  } finally {
    fs.closeSync(left);
    fs.closeSync(right);
  }
}
