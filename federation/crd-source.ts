import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import * as path from "node:path";

const TRIES = 3;
/** Milliseconds one try may take. */
const TRY_TIMEOUT = 15_000;

/** Where a release of Karmada keeps the definition `<plural>.<group>`. */
export function crdUrl(version: string, crd: string): string {
  const dot = crd.indexOf(".");
  const [plural, group] = [crd.slice(0, dot), crd.slice(dot + 1)];
  const file = `${group.split(".")[0]}/${group}_${plural}.yaml`;
  return `https://raw.githubusercontent.com/karmada-io/karmada/${version}/charts/karmada/_crds/bases/${file}`;
}

/** Where fetched definitions are kept, so that only the first run needs the network. */
export function crdCachePath(version: string, crd: string): string {
  return path.resolve(__dirname, "..", "node_modules", ".cache", "karmada-crds", version, `${crd}.yaml`);
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * The text of one custom resource definition, from the cache or from its release, and byte for byte what was pinned.
 * @throws Error that names the address and what to do, when it can't be fetched or is not what was pinned.
 */
export async function fetchCrd(version: string, crd: string, pin: string): Promise<string> {
  const kept = crdCachePath(version, crd);
  const cached = await readFile(kept, "utf8").catch(() => undefined);
  if (cached !== undefined && sha256(cached) === pin) return cached;

  const url = crdUrl(version, crd);
  const text = await download(url, kept);
  const found = sha256(text);
  if (found !== pin) {
    throw new Error(
      `${url} has SHA-256 ${found}, pinned is ${pin} (federation/crds.ts). ` +
        "Something between here and there changed it; do not go on before you know what.",
    );
  }
  await mkdir(path.dirname(kept), { recursive: true });
  // By way of a name of its own, since a preview and an `up` may run at the same time.
  const partial = `${kept}.${process.pid}.partial`;
  await writeFile(partial, text);
  await rename(partial, kept);
  return text;
}

async function download(url: string, kept: string): Promise<string> {
  let reason = "";
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(TRY_TIMEOUT) });
      if (answer.ok) return await answer.text();
      reason = `HTTP ${answer.status}`;
      if (answer.status < 500) break;
    } catch (error) {
      reason = describe(error as Error);
    }
    if (attempt < TRIES) await new Promise((resolve) => setTimeout(resolve, attempt * 1000));
  }
  throw new Error(`can't fetch ${url}: ${reason}. Check the way to that host, or save the file as ${kept}`);
}

/** fetch hides the reason ("fetch failed") in `cause`. */
function describe(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
