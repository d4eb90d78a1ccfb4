import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Directory that holds everything prepared and every box's run directory. */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.FEDERATION_SANDBOX_CACHE) return path.resolve(environment.FEDERATION_SANDBOX_CACHE);
  return path.join(environment.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "federation-sandbox");
}

/** Twelve hex digits of a SHA-256 over `pins`; the lengths go in too, so that ["ab", "c"] and ["a", "bc"] differ. */
export function keyOf(pins: readonly string[]): string {
  const hash = createHash("sha256");
  for (const pin of pins) hash.update(`${Buffer.byteLength(pin)}:`).update(pin);
  return hash.digest("hex").slice(0, 12);
}

/** Contents of files, or of all files below directories, each with its path relative to `base`: pins for {@link keyOf}. */
export function filePins(base: string, files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const full = path.join(base, file);
    if (!fs.statSync(full).isDirectory()) return [file, fs.readFileSync(full, "latin1")];
    const names = fs.readdirSync(full).sort();
    return filePins(
      base,
      names.map((name) => path.join(file, name)),
    );
  });
}

/**
 * Makes the part at `final`, unless it is there: `make` fills `<final>.partial`, which takes its name only when whole,
 * so that whatever exists under a part's name is complete. The rest of an interrupted attempt is thrown away.
 * @returns whether it had to be made
 */
export async function makePart(final: string, make: (partial: string) => Promise<void>): Promise<boolean> {
  if (fs.existsSync(final)) return false;
  const partial = `${final}.partial`;
  if (fs.existsSync(partial)) discard(partial);
  fs.mkdirSync(partial, { recursive: true });
  await make(partial);
  fs.renameSync(partial, final);
  return true;
}

/**
 * Removes the rest of an interrupted attempt. Its children may outlive a killed preparation for a moment: they lose the
 * name first, so that they cannot write into the new attempt, and what they still write is removed again.
 */
function discard(partial: string): void {
  const old = `${partial}.old`;
  fs.rmSync(old, { recursive: true, force: true });
  fs.renameSync(partial, old);
  fs.rmSync(old, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
