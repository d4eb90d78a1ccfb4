import * as fs from "node:fs";
import * as path from "node:path";
import type { Build } from "../step";
import { release, trees, type Tree } from "./packages";

/** One package file that apt would fetch. */
export interface Package {
  /** Name in the archives' directory, an epoch's colon written `%3a`. */
  file: string;
  uri: string;
  /** Bytes. */
  size: number;
}

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Lines of `apt-get --print-uris`: `'<uri>' <file> <size> <hash>`; the others are talk. */
export function parseUris(output: string): Package[] {
  return output.split("\n").flatMap((line) => {
    const found = /^'([^']+)' (\S+) (\d+)(?: |$)/.exec(line);
    return found ? [{ uri: found[1], file: found[2], size: Number(found[3]) }] : [];
  });
}

/**
 * apt's configuration: a world of its own with nothing installed, so that a closure is complete whatever the host has
 * and the host's lists, archives and hooks stay untouched. Only how the host fetches (proxy, certificates, retries) is kept.
 * @param acquire the host's `apt-config dump Acquire`
 */
export function configuration(directory: string, acquire: string): string {
  const fetching = acquire
    .split("\n")
    .filter((line) => /^Acquire::(http|https|ftp|Retries|Check-)/i.test(line));
  return [
    ...fetching,
    `Dir::State "${directory}";`,
    `Dir::State::status "${directory}/status";`,
    `Dir::State::lists "${directory}/lists";`,
    `Dir::Cache "${directory}";`,
    `Dir::Cache::archives "${directory}/archives";`,
    `Dir::Etc::main "/dev/null";`,
    `Dir::Etc::parts "/dev/null";`,
    `Dir::Etc::sourcelist "${directory}/sources.list";`,
    `Dir::Etc::sourceparts "/dev/null";`,
    `Dir::Etc::preferences "/dev/null";`,
    `Dir::Etc::preferencesparts "/dev/null";`,
    `APT::Architecture "amd64";`,
    `APT::Install-Recommends "false";`,
    `APT::Sandbox::User "root";`, // the cache may lie below a home directory that apt's own user cannot enter
    `Acquire::Languages "none";`,
    `Acquire::Retries "3";`,
    "",
  ].join("\n");
}

function sourcesList(): string {
  const line = (suite: string, archive: string): string =>
    `deb [signed-by=${keyring}] http://deb.debian.org/${archive} ${suite} main\n`;
  return (
    line(release, "debian") +
    line(`${release}-updates`, "debian") +
    line(`${release}-security`, "debian-security")
  );
}

/**
 * Fetches the packages of every tree into `archives/` of the part and writes down, in `trees.json`, which files make up
 * each. What apt fetched before an interruption is kept in the downloads' directory and not fetched again.
 */
export async function makeDebian(build: Build): Promise<void> {
  const directory = path.join(build.root, "downloads", "debian");
  for (const part of ["lists/partial", "archives/partial", "none/partial"]) {
    fs.mkdirSync(path.join(directory, part), { recursive: true });
  }
  fs.writeFileSync(path.join(directory, "status"), "");
  fs.writeFileSync(path.join(directory, "sources.list"), sourcesList());
  const config = path.join(directory, "apt.conf");
  fs.writeFileSync(config, configuration(directory, await build.run("apt-config", ["dump", "Acquire"])));
  const apt = (args: string[]): Promise<string> =>
    build.run("apt-get", args, { env: { APT_CONFIG: config, LC_ALL: "C" } });

  await apt(["update"]);
  const archives = path.join(build.partial, "archives");
  fs.mkdirSync(archives);
  const files = {} as Record<Tree, string[]>;
  for (const tree of Object.keys(trees) as Tree[]) {
    // Asked with an empty archive, since apt leaves out what it has already fetched.
    const empty = ["-o", `Dir::Cache::archives=${directory}/none`];
    const packages = parseUris(await apt([...empty, "--yes", "--print-uris", "install", ...trees[tree]]));
    await apt(["--yes", "--download-only", "install", ...trees[tree]]); // checks sizes and checksums against the signed index
    for (const { file, size } of packages) {
      const source = path.join(directory, "archives", file);
      if (fs.statSync(source).size !== size)
        throw new Error(
          `${source} has not the ${size} bytes that the index names: delete it and start again`,
        );
      if (!fs.existsSync(path.join(archives, file))) fs.linkSync(source, path.join(archives, file));
    }
    files[tree] = packages.map(({ file }) => file);
  }
  fs.writeFileSync(path.join(build.partial, "trees.json"), JSON.stringify(files, null, 2));
}

/** Paths of the package files of a tree, from a part that {@link makeDebian} made. */
export function packageFiles(debian: string, tree: Tree): string[] {
  const files = JSON.parse(fs.readFileSync(path.join(debian, "trees.json"), "utf8")) as Record<
    Tree,
    string[]
  >;
  return files[tree].map((file) => path.join(debian, "archives", file));
}
