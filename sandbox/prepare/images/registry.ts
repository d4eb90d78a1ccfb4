import * as fs from "node:fs";
import * as path from "node:path";
import type { Build } from "../step";
import { layoutImages } from "./build";
import { freePort, until, whileRunning } from "./server";
import { shareFiles } from "./share";
import { folder, repository } from "./table";

/** The registry's storage with every image in it. */
export const makeRegistry = (build: Build): Promise<void> => push(build, build.part("layouts"));

/** The same and the images of the Kubernetes release before. */
export async function makePreviousRegistry(build: Build): Promise<void> {
  // Links: the registry writes new files only, for tags that are not there yet.
  await build.run("cp", ["-al", `${build.part("registry")}/.`, build.partial]);
  await push(build, build.part("layouts-previous"));
}

/** Pushes every image of a part into a registry that runs for the occasion. */
async function push(build: Build, layouts: string): Promise<void> {
  const programs = build.part("go-registry");
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const config = path.join(build.partial, "push.yml");
  fs.writeFileSync(config, registryConfiguration(build.partial, address));
  const log = path.join(build.root, "logs", "registry.log");
  await whileRunning(path.join(programs, "registry"), ["serve", config], log, async () => {
    await until("the registry", 20, () =>
      fetch(`http://${address}/v2/`).then(
        (answer) => answer.ok,
        () => false,
      ),
    );
    for (const image of layoutImages(layouts)) {
      const { repository: name, tag } = repository(image.name);
      await build.run(path.join(programs, "crane"), [
        "push",
        path.join(layouts, folder(image.name)),
        `${address}/${name}:${tag}`,
      ]);
    }
  });
  fs.rmSync(config);
  shareFiles(build.partial, [layouts]);
}

/** JSON is YAML. */
function registryConfiguration(storage: string, address: string): string {
  return JSON.stringify({
    version: 0.1,
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage } },
    http: { addr: address, secret: "loopback only, for the time of the push" },
  });
}
