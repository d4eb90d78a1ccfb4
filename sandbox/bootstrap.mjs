/**
 * Runs a TypeScript file of this project from a fresh clone: installs the npm packages when they are missing or are
 * not those of package-lock.json, then runs the file as it stands (nothing is compiled ahead, so nothing can be stale).
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  console.error(`Node ${process.versions.node} is too old: install Node 20 or newer.`);
  process.exit(1);
}

const stamp = path.join(root, "node_modules", ".installed-lock");
const lock = createHash("sha256").update(fs.readFileSync(path.join(root, "package-lock.json"))).digest("hex");
if (!fs.existsSync(stamp) || fs.readFileSync(stamp, "utf8") !== lock) {
  console.log("npm packages: installing (about a minute the first time)");
  // `npm ci` refuses a lock file without every platform's optional packages, and npm writes none of those that it could
  // not see when it made the file. Install scripts would only fetch provider plugins, which the engine's user brings.
  const result = spawnSync("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (result.status !== 0) process.exit(result.status ?? 1);
  fs.writeFileSync(stamp, lock);
}

const [file, ...args] = process.argv.slice(2);
const child = spawn(process.execPath, ["--import", "tsx", path.join(root, file), ...args], { cwd: root, stdio: "inherit" });
// The terminal sends Ctrl-C to both; this process only waits for what the child makes of it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => signal !== "SIGINT" && child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 1 : code ?? 1));
