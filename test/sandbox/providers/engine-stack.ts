/** A stack of the real engine with our providers, its program inside the test, in a folder of its own. */

import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { LocalWorkspace, type PulumiFn, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { cacheRoot } from "../../../sandbox/prepare/cache";
import { plan } from "../../../sandbox/prepare/step";
import { steps } from "../../../sandbox/prepare/steps";
import { installPlugins } from "../../../sandbox/providers/runtime/plugins";

/** Runs of the engine that print nothing. */
export const quiet = { suppressOutputs: true, suppressProgress: true, color: "never" as const };

export interface EngineStack {
  readonly stack: Stack;
  /** Removes the folder with all that the engine keeps; what the program made is not destroyed. */
  remove(): void;
}

/** A new stack `project/test`; throws where no engine was prepared. */
export async function engineStack(project: string, program: PulumiFn): Promise<EngineStack> {
  const bin = plan(steps, cacheRoot()).find((one) => one.name === "bin")!.path;
  if (!existsSync(path.join(bin, "pulumi")))
    throw new Error(`no engine at ${bin}/pulumi: run \`npm start\` once`);
  process.env.PATH = `${bin}:${process.env.PATH}`;
  const dir = mkdtempSync(path.join(os.tmpdir(), "engine-"));
  const home = path.join(dir, "home");
  mkdirSync(path.join(dir, "state"));
  installPlugins(home);
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "test", projectName: project, program },
    {
      workDir: dir,
      pulumiCommand: await PulumiCommand.get({ skipVersionCheck: true }),
      envVars: {
        PULUMI_BACKEND_URL: `file://${dir}/state`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_HOME: home,
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    },
  );
  return { stack, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
