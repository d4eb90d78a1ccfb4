import * as fs from "node:fs";
import * as path from "node:path";
import type { Build } from "./step";

/** The emulator's virtual environment, filled from the pinned list beside this file. */
export async function makePython(build: Build): Promise<void> {
  await build.run("python3", ["-m", "venv", build.partial]);
  const python = path.join(build.partial, "bin", "python");
  const list = path.join(__dirname, "requirements.txt");
  await build.run(python, [
    "-m",
    "pip",
    "install",
    "--no-input",
    "--no-deps",
    "--disable-pip-version-check",
    "-r",
    list,
  ]);
  await build.run(python, ["-m", "pip", "check"]);
  // Compiled at installation, so that the first start of the emulator need not write into the cache.
  await build.run(python, ["-c", "import moto.server, moto.moto_server.werkzeug_app, cheroot.wsgi"]);
  // The scripts name the interpreter under its unfinished path: only `python -m …` is right after the rename.
  for (const name of fs.readdirSync(path.join(build.partial, "bin"))) {
    if (!name.startsWith("python")) fs.rmSync(path.join(build.partial, "bin", name), { recursive: true });
  }
}
