import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import { crdCachePath, crdUrl } from "../../federation/crd-source";
import { pinnedCrds } from "../../federation/crds";
import { prepared } from "../../sandbox/prepare";

/**
 * Puts Karmada's definitions where the program looks before it asks the network: from what `npm start` prepared, or
 * from the Go modules of this machine. Where there is neither, the program fetches them.
 */
export function keepCrds(): void {
  const root = moduleRoots().find((each) => existsSync(each));
  if (!root) return;
  for (const [version, pins] of Object.entries(pinnedCrds)) {
    for (const crd of Object.keys(pins)) {
      const kept = crdCachePath(version, crd);
      const source = path.join(root, crdUrl(version, crd).split(`/${version}/`)[1]);
      if (existsSync(kept) || !existsSync(source)) continue;
      mkdirSync(path.dirname(kept), { recursive: true });
      copyFileSync(source, kept);
    }
  }
}

function moduleRoots(): string[] {
  const modules =
    process.env.GOMODCACHE ?? path.join(process.env.GOPATH ?? path.join(homedir(), "go"), "pkg", "mod");
  const fromGo = path.join(modules, "github.com", "karmada-io", "karmada@v1.16.0");
  try {
    return [prepared().crds, fromGo];
  } catch {
    return [fromGo]; // nothing prepared: `npm start` was never run here
  }
}
