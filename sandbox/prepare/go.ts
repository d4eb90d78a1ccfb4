import * as fs from "node:fs";
import * as path from "node:path";
import { filePins } from "./cache";
import type { GoModule } from "./go-modules";
import type { Build, Step } from "./step";

/** Folder of a module. */
export function moduleFolder(name: string): string {
  return path.join(__dirname, "go", name);
}

/** Flags of every build: no paths of this machine in the program, no symbols (half the size). */
export function buildFlags(module: GoModule): string[] {
  const versions = Object.entries(module.versions ?? {}).map(
    ([variable, value]) => ` -X ${variable}=${value}`,
  );
  return ["-trimpath", "-buildvcs=false", "-ldflags", `-s -w${versions.join("")}`];
}

/** A step for each module; Go's own build cache makes an interrupted one go on where it was. */
export function goSteps(modules: readonly GoModule[]): Step[] {
  return modules.map((module) => ({
    name: `go-${module.name}`,
    estimate: module.estimate,
    pins: () => [...filePins(moduleFolder(module.name), ["."]), ...buildFlags(module), module.prefix ?? ""],
    make: (build) => makeModule(build, module),
  }));
}

async function makeModule(build: Build, module: GoModule): Promise<void> {
  const cwd = moduleFolder(module.name);
  // A module with a main package of its own is that program; the others name theirs by `tool` lines.
  const target = fs.existsSync(path.join(cwd, "main.go")) ? "." : "tool";
  const output = target === "." ? path.join(build.partial, module.name) : `${build.partial}/`;
  await build.run("go", ["build", ...buildFlags(module), "-o", output, target], {
    cwd,
    env: { CGO_ENABLED: "0", GOFLAGS: "" },
  });
  for (const name of module.prefix ? fs.readdirSync(build.partial) : []) {
    fs.renameSync(path.join(build.partial, name), path.join(build.partial, `${module.prefix}${name}`));
  }
}

/** Every program of the parts it needs in one directory, by hard links. */
export async function makeBin(build: Build, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    for (const name of fs.readdirSync(build.part(part))) {
      fs.linkSync(path.join(build.part(part), name), path.join(build.partial, name));
    }
  }
}

/** Karmada's resource definitions out of its module, under the paths they have there. */
export async function makeCrds(build: Build): Promise<void> {
  const list = ["list", "-m", "-f", "{{.Dir}}", "github.com/karmada-io/karmada"];
  const module = (await build.run("go", list, { cwd: moduleFolder("karmada"), env: { GOFLAGS: "" } })).trim();
  const below = path.join("charts", "karmada", "_crds");
  fs.cpSync(path.join(module, below), path.join(build.partial, below), { recursive: true });
}
