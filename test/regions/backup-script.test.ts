import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "fs";
import { tmpdir } from "os";
import { join } from "path";
import { runNodeFunctions } from "./node-functions";

interface Node {
  readonly bucket?: string;
  readonly leads?: boolean;
  readonly etcd?: "well" | "ill";
  /** Pods that asked, by the directories that the kubelet made for them. */
  readonly asking?: readonly string[];
}

/** What a node does when its timer (`backup`) or a request (`asked`) calls, and what is left on its disk. */
function run(todo: string, { bucket = "own", leads = true, etcd = "well", asking = [] }: Node = {}) {
  const root = mkdtempSync(join(tmpdir(), "backup-"));
  for (const folder of ["requests", "run", "tmp"]) mkdirSync(join(root, folder));
  for (const name of asking) mkdirSync(join(root, "requests", name));
  const replacements = `
retry() { shift; "$@" || failed 1 1 "$*"; }
sleep() { :; }
journalctl() { :; }
identity() { node_name=ip-10-3-0-10.us-west-2.compute.internal; }
parameter() { echo '{"bucket": "${bucket}", "restoreFrom": ""}'; }
etcd_image() { image=etcd; }
etcd_tool() { echo "$1 $2 $3"; }
etcdctl() {
  case $1 in
    endpoint) [[ $2 != health || ${etcd} == well ]] || { echo "etcd is ill"; return 1; }
      echo '[{"Status":{"leader":1,"header":{"member_id":${leads ? 1 : 2}}}}]' ;;
    snapshot) echo data >"$3" ;;
  esac
}
upload() { echo "upload $2: $(cat "$1")"; }
kube() { echo "kube $1 $2 \${*: -1}"; }`;
  const places = {
    "/var/lib/federation/backup-requests": `${root}/requests`,
    "/run/federation": `${root}/run/federation`,
    "/var/tmp": `${root}/tmp`,
  };
  const { status, lines } = runNodeFunctions("BACKUPS_PARAMETER=/backups", replacements, todo, places);
  const requests = readdirSync(join(root, "requests"));
  expect(existsSync(join(root, "tmp")) && readdirSync(join(root, "tmp"))).toEqual([]); // it holds every Secret
  rmSync(root, { recursive: true });
  const stamp = /\d{8}T\d{6}Z/;
  const done = lines.filter((line) => /^(upload|kube|etcdutl|another|backups are off|FAILED)/.test(line));
  return { status, requests, done: done.map((line) => line.replace(stamp, "TIME")) };
}

const key = "us-west/TIME-ip-10-3-0-10.db";
const told = (answer: string) =>
  `kube PATCH /api/v1/namespaces/kube-system/pods/backup-1 {"metadata":{"annotations":{"federation/backup":"${answer}"}}}`;

describe("the timer's backup", () => {
  it("is verified before it goes to the bucket", () => {
    expect(run("backup")).toEqual({
      status: 0,
      requests: [],
      done: ["etcdutl snapshot status", `upload ${key}: data`],
    });
  });

  it("is the leader's alone", () => {
    expect(run("backup", { leads: false }).done).toEqual(["another node leads etcd, and takes the snapshot"]);
  });

  it("is none where backups are off", () => {
    expect(run("backup", { bucket: "" })).toMatchObject({ status: 0, done: ["backups are off"] });
  });

  it("fails loudly where etcd is ill", () => {
    const { status, done } = run("backup", { etcd: "ill" });
    expect(status).toBe(1);
    expect(done.join("\n")).toContain("FAILED in step 'backup of etcd'");
  });
});

describe("a backup that a pod asks for", () => {
  it("is any node's, and its key is told by the pod", () => {
    const { status, done, requests } = run("asked", { asking: ["backup-1"], leads: false });
    expect([status, requests]).toEqual([0, []]);
    expect(done.slice(1)).toEqual([`upload ${key}: data`, told(`s3://own/${key}`)]);
  });

  it("is told to have failed, and is not tried again for ever", () => {
    const { status, done, requests } = run("asked", { asking: ["backup-1"], etcd: "ill" });
    expect([status, requests]).toEqual([1, []]);
    expect(done.at(-1)).toBe(
      told("failed: the console of ip-10-3-0-10.us-west-2.compute.internal tells why"),
    );
  });

  it("is told to be impossible where backups are off", () => {
    expect(run("asked", { asking: ["backup-1"], bucket: "" }).done.at(-1)).toBe(
      told("failed: backups are off"),
    );
  });

  it("is taken once, though the runtime makes its directory again when the pod starts", () => {
    const again = "(asked); mkdir $requests/backup-1; (asked)";
    const { done, requests } = run(again, { asking: ["backup-1"] });
    expect(done.filter((line) => line.startsWith("upload"))).toHaveLength(1);
    expect(requests).toEqual([]);
  });

  it("is none where nobody asks", () => {
    expect(run("asked; [[ -d $requests ]]")).toMatchObject({ status: 0, done: [] });
  });

  it("leaves those of others where they are", () => {
    expect(run("asked", { asking: ["backup-1", "backup-2"] }).requests).toHaveLength(1);
  });
});
