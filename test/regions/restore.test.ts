import { execFileSync, spawn } from "child_process";
import { once } from "events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "fs";
import { createServer } from "net";
import { tmpdir } from "os";
import { join } from "path";
import { cacheRoot } from "../../sandbox/prepare/cache";
import { runNodeFunctions } from "./node-functions";

/** A directory with etcd and its tools, of what the sandbox prepared; `npm test` always has prepared it. */
const bin = (existsSync(cacheRoot()) ? readdirSync(cacheRoot()) : [])
  .filter((part) => part.startsWith("bin-"))
  .map((part) => join(cacheRoot(), part))
  .find((part) => existsSync(join(part, "etcdutl")));

const root = mkdtempSync(join(tmpdir(), "restore-"));
afterAll(() => rmSync(root, { recursive: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** Starts a real etcd on `data`, has `act` ask it by etcdctl, and stops it. */
async function withEtcd(data: string, act: (ctl: (...args: string[]) => string) => void, ...more: string[]) {
  const [client, peer] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`);
  const urls = [
    "--listen-client-urls",
    client,
    "--advertise-client-urls",
    client,
    "--listen-peer-urls",
    peer,
  ];
  const child = spawn(join(bin!, "etcd"), ["--data-dir", data, ...urls, ...more], { stdio: "ignore" });
  const ctl = (...args: string[]) =>
    execFileSync(join(bin!, "etcdctl"), ["--endpoints", client, ...args], {
      encoding: "utf8",
      stdio: "pipe",
    });
  try {
    for (let tries = 0; ; tries++) {
      try {
        ctl("endpoint", "health");
        break;
      } catch (error) {
        if (tries > 120) throw error;
        await new Promise((done) => setTimeout(done, 500));
      }
    }
    act(ctl);
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

(bin ? test : test.skip)(
  "the node's own restore, by the real etcdutl, gives a real etcd what the snapshot has, and ahead of all revisions seen",
  async () => {
    await withEtcd(join(root, "source"), (ctl) => {
      ctl("put", "kept", "before");
      ctl("snapshot", "save", join(root, "snapshot"));
      ctl("put", "lost", "after");
    });
    const settings = `restore_from=us-west/1.db bucket=own node_ip=10.0.1.10
ETCD_CLUSTER=control-plane-0=https://10.0.0.10:2380,control-plane-1=https://10.0.1.10:2380`;
    const replacements = `
retry() { shift; "$@"; }
etcd_image() { :; }
etcd_tool() { ${bin}/"$@"; }
s3() { cp ${root}/snapshot "$5"; }
note() { echo "noted $1"; }`;
    mkdirSync(join(root, "etcd"));
    const places = { "/var/lib/etcd": join(root, "etcd") };
    const { status, lines } = runNodeFunctions(settings, replacements, "restore", places);
    expect([status, lines.join("\n")]).toEqual([0, expect.stringContaining("noted restoring us-west/1.db")]);
    expect(readdirSync(join(root, "etcd"))).toEqual(["data"]);

    await withEtcd(
      join(root, "etcd/data"),
      (ctl) => {
        expect(ctl("get", "--prefix", "", "--print-value-only").trim()).toBe("before");
        const [{ Status }] = JSON.parse(ctl("endpoint", "status", "-w", "json"));
        expect(Status.header.revision).toBeGreaterThan(1e9);
      },
      // Alone it has no majority of the two that it was restored for.
      ...["--name", "control-plane-1", "--force-new-cluster"],
    );
  },
);
