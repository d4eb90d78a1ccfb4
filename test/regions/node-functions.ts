import { spawnSync } from "child_process";
import { readFileSync } from "fs";
import { join } from "path";
import { scripts } from "../../regions/user-data";

const folder = join(__dirname, "../../regions/scripts");

/**
 * Runs the functions of the control plane's real scripts: `settings` before them, `replacements` of those that ask AWS,
 * etcd or Kubernetes after them, then what is to be done.
 *
 * @param directories node's path → one of the test's.
 */
export function runNodeFunctions(
  settings: string,
  replacements: string,
  todo: string,
  directories: Record<string, string>,
): { status: number | null; lines: string[] } {
  let text = scripts["control-plane"]
    .map((name) => readFileSync(join(folder, `${name}.sh`), "utf8"))
    .join("\n")
    .replace(/\ncase \$\{1:-bootstrap\}[^]*/, "\n");
  for (const [theirs, ours] of Object.entries(directories)) text = text.replaceAll(theirs, ours);
  const input = [
    `ROLE=control-plane MEMBER=us-west REGION=us-west-2 ${settings}`,
    text,
    replacements,
    todo,
  ].join("\n");
  const { stdout, stderr, status } = spawnSync("bash", [], { input, encoding: "utf8", timeout: 30_000 });
  return { status, lines: (stdout + stderr).replaceAll("federation[control-plane]: ", "").split("\n") };
}
