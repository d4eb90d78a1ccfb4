import * as fs from "node:fs";
import * as path from "node:path";
import { unpack } from "../debian/unpack";
import { moduleFolder } from "../go";
import type { Build } from "../step";

/**
 * Builds the programs that need C: runc (libseccomp, since the cluster's own pods ask for the default filter) and the pause
 * program, both static. The compiler is Debian's, unpacked for the occasion and entered by chroot, so the host needs none;
 * Go comes in by bind mounts that end with their namespace.
 */
export async function makeNative(build: Build): Promise<void> {
  const cwd = moduleFolder("runc");
  const environment = JSON.parse(
    await build.run("go", ["env", "-json", "GOROOT", "GOMODCACHE", "GOCACHE"], { cwd }),
  ) as Record<"GOROOT" | "GOMODCACHE" | "GOCACHE", string>;
  await build.run("go", ["mod", "download"], { cwd });
  const root = path.join(build.partial, "toolchain");
  await unpack(build, "toolchain", root);
  const output = path.join(build.partial, "out");
  fs.mkdirSync(output);
  const mounts = {
    go: environment.GOROOT,
    modules: environment.GOMODCACHE,
    cache: environment.GOCACHE,
    runc: cwd,
    native: __dirname,
    out: output,
    dev: "/dev",
  };
  for (const name of Object.keys(mounts)) fs.mkdirSync(path.join(root, name), { recursive: true });
  fs.mkdirSync(path.join(root, "tmp"), { recursive: true });
  fs.mkdirSync(environment.GOCACHE, { recursive: true });
  const script = [
    "set -e",
    ...Object.entries(mounts).map(([name, source]) => `mount --bind '${source}' '${root}/${name}'`),
    `chroot '${root}' gcc -O2 -static -s -o /out/pause /native/pause.c`,
    `chroot '${root}' sh -ec 'cd /runc; /go/bin/go build -trimpath -buildvcs=false -tags "seccomp netgo osusergo"` +
      ` -ldflags "-s -w -linkmode external -extldflags -static" -o /out/ tool'`,
  ].join("\n");
  const env = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/tmp",
    CGO_ENABLED: "1",
    GOFLAGS: "",
    GOPROXY: "off",
    GOTOOLCHAIN: "local",
    GOROOT: "/go",
    GOMODCACHE: "/modules",
    GOCACHE: "/cache",
  };
  await build.run("unshare", ["--mount", "--propagation", "private", "sh", "-c", script], { env });
  fs.rmSync(root, { recursive: true });
  for (const name of fs.readdirSync(output))
    fs.renameSync(path.join(output, name), path.join(build.partial, name));
  fs.rmdirSync(output);
}
