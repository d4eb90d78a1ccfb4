/** Makes our providers known to the engine under the versions of the SDKs in use. */

import * as fs from "node:fs";
import * as path from "node:path";

const PROVIDERS = ["aws", "kubernetes", "tls", "random", "command"] as const;

/** The version of the SDK in `node_modules`; the engine looks for a plugin of that version. */
export function sdkVersion(name: string): string {
  const file = require.resolve(`@pulumi/${name}/package.json`);
  return (JSON.parse(fs.readFileSync(file, "utf8")) as { version: string }).version.replace(/^v/, "");
}

/**
 * Puts links to our executables where the engine keeps its plugins (`<PULUMI_HOME>/plugins`). Found on PATH they would
 * work as well, but every resource operation would carry a warning about it.
 */
export function installPlugins(pulumiHome: string): void {
  for (const name of PROVIDERS) {
    const dir = path.join(pulumiHome, "plugins", `resource-${name}-v${sdkVersion(name)}`);
    fs.mkdirSync(dir, { recursive: true });
    const link = path.join(dir, `pulumi-resource-${name}`);
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.resolve(__dirname, "../bin", `pulumi-resource-${name}`), link);
  }
}
