import * as fs from "fs";
import * as path from "path";
import { LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import * as yaml from "yaml";
import { checkout, place } from "../box/place";
import { installPlugins } from "../providers/runtime/plugins";

/** The stack that the sandbox runs: the same program and the same shape of config as the `dev` stack. */
export const STACK = "sandbox";

/** Nothing in the box is a secret of anybody; the passphrase only lets the engine treat secrets as it does elsewhere. */
const PASSPHRASE = "sandbox";

/**
 * The stack in a project folder of the box's own: links to the checkout's files, but its own copy of the stack's
 * config, since the engine writes the passphrase's salt into it and a run must not change the user's files.
 */
export async function stackOf(overrides: ConfigOverrides = {}): Promise<Stack> {
  const here = place();
  const state = path.join(here.dir, "state");
  fs.mkdirSync(state, { recursive: true });
  const home = path.join(here.dir, "pulumi-home");
  installPlugins(home);
  const workDir = projectFolder(path.join(here.dir, "project"), overrides);
  const program = async () => {
    // The program's module, found anew in the checkout: what runs is what stands in its files.
    const entry = (await import(path.join(checkout, "index"))) as { default: () => Promise<Record<string, unknown>> };
    return entry.default();
  };
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: STACK, projectName: "federation", program },
    {
      workDir,
      pulumiCommand: await PulumiCommand.get({ skipVersionCheck: true }),
      envVars: {
        // No `.attrs` beside each file: an engine killed between such a file's beginning and its text leaves a stack that
        // no pulumi can read again ("failed to load checkpoint: EOF").
        PULUMI_BACKEND_URL: `file://${state}?metadata=skip`,
        PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_HOME: home,
      },
    },
  );
  return stack;
}

/** Changes to the stack's config for one run, as dotted paths below `federation:`, for instance `apps.nginx.replicas`. */
export type ConfigOverrides = Readonly<Record<string, unknown>>;

function projectFolder(dir: string, overrides: ConfigOverrides): string {
  fs.mkdirSync(dir, { recursive: true });
  const own = ["Pulumi.yaml", `Pulumi.${STACK}.yaml`];
  for (const name of fs.readdirSync(dir)) if (!own.includes(name)) fs.rmSync(path.join(dir, name), { recursive: true });
  for (const name of fs.readdirSync(checkout)) {
    if (!name.startsWith(".") && !own.includes(name)) fs.symlinkSync(path.join(checkout, name), path.join(dir, name));
  }
  fs.copyFileSync(path.join(checkout, own[0]), path.join(dir, own[0]));
  const file = path.join(dir, own[1]);
  const salt = fs.existsSync(file) ? (yaml.parse(fs.readFileSync(file, "utf8")) as { encryptionsalt?: string }).encryptionsalt : undefined;
  const settings = yaml.parse(fs.readFileSync(path.join(checkout, own[1]), "utf8")) as { config: Record<string, unknown>; encryptionsalt?: string };
  for (const [dotted, value] of Object.entries(overrides)) set(settings.config, dotted.split("."), value);
  fs.writeFileSync(file, yaml.stringify(salt ? { ...settings, encryptionsalt: salt } : settings));
  return dir;
}

function set(config: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  let at = config;
  const steps = [`federation:${keys[0]}`, ...keys.slice(1)];
  for (const key of steps.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
  at[steps[steps.length - 1]] = value;
}
