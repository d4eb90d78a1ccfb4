import { existsSync, mkdirSync, mkdtempSync, rmSync } from "fs";
import { tmpdir } from "os";
import { join } from "path";
import { runNodeFunctions } from "./node-functions";

/** What a blank or a used slot finds: the marker in SSM, the snapshot that is asked for, whether the others answer. */
interface Found {
  readonly begun: string;
  readonly restoreFrom?: string;
  readonly data?: boolean;
  readonly peers?: "none" | "silent" | "answering";
}

/**
 * What the real scripts do in it: their functions, with those that ask AWS or etcd replaced. Tells the state in which etcd
 * starts, what was restored by which arguments, and what was noted, in the order of doing.
 */
function start({ begun, restoreFrom = "", data = false, peers = "none" }: Found) {
  const root = mkdtempSync(join(tmpdir(), "etcd-"));
  if (data) mkdirSync(join(root, "data/member"), { recursive: true });
  const settings = `
BACKUPS_PARAMETER=/backups BEGUN_PARAMETER=/begun
ETCD_CLUSTER=control-plane-0=https://10.0.0.10:2380,control-plane-1=https://10.0.1.10:2380
PEERS='${peers === "none" ? "" : "10.0.0.10"}'`;
  const replacements = `
noted='${begun}'
retry() { shift; "$@"; }
sleep() { ((SECONDS += 60)); }
parameter() {
  [[ $1 != /backups ]] || echo '{"bucket": "own", "restoreFrom": "${restoreFrom}"}'
  [[ $1 != /begun ]] || echo "$noted"
}
note() { noted=$1; echo "noted $1"; }
etcd_members() { [[ ${peers} == answering ]]; }
etcd_join() { etcd_members || return 1; echo joined; }
kubeadm() { echo registry.k8s.io/etcd:3.6.8-0; }
ctr() {
  case "$*" in
    *"images ls"*) echo there ;;
    *"etcdutl snapshot restore"*)
      local all="$*"
      mkdir -p "$folder/data/member" && echo "etcdutl \${all#*etcdutl }"
      ;;
  esac
}
s3() { echo "download $1 $2"; : >"$5"; }`;
  const todo = `
node_ip=10.0.1.10
etcd_start
[[ -d ${root}/data/member ]] && echo "has data"
echo "state $etcd_state"
note_begun`;
  const { status, lines } = runNodeFunctions(settings, replacements, todo, { "/var/lib/etcd": root });
  const left = existsSync(join(root, "restored"));
  rmSync(root, { recursive: true });
  const done = lines.filter((line) => /^(noted|joined|download|etcdutl|has data|state)/.test(line));
  return { status, done: done.map((line) => line.replaceAll(root, "")), left, said: lines.join("\n") };
}

const key = "us-west/20261121T180000Z-ip-10-3-0-10.db";
const restored = (from: string, path: string) => [
  `download ${from} ${path}`,
  "etcdutl snapshot restore",
  `noted restoring ${from === "own" ? path : `s3://${from}/${path}`}`,
  "has data",
  "state new",
  `noted yes ${from === "own" ? path : `s3://${from}/${path}`}`,
];
const short = (done: readonly string[]) => done.map((line) => line.replace(/(snapshot restore).*/, "$1"));

describe("the etcd of a slot", () => {
  it.each<[string, Found, string[]]>([
    ["founds where none was begun", { begun: "no" }, ["state new", "noted yes"]],
    ["goes on with its data", { begun: "yes", data: true }, ["has data", "state new"]],
    [
      "goes on with its data, whatever is to be restored",
      { begun: "yes", data: true, restoreFrom: key, peers: "silent" },
      ["has data", "state new"],
    ],
    ["joins the others", { begun: "yes", peers: "answering" }, ["joined", "state existing"]],
    [
      "joins the others rather than restore: they have what is newer",
      { begun: "yes", restoreFrom: key, peers: "answering" },
      ["joined", "state existing"],
    ],
    ["restores where it was the only one", { begun: "yes", restoreFrom: key }, restored("own", key)],
    [
      "restores where none of the others answers",
      { begun: "yes", restoreFrom: key, peers: "silent" },
      restored("own", key),
    ],
    [
      "restores beside another slot that does",
      { begun: `restoring ${key}`, restoreFrom: key, peers: "silent" },
      restored("own", key),
    ],
    [
      "joins others that restored before it came",
      { begun: `restoring ${key}`, restoreFrom: key, peers: "answering" },
      ["joined", "state existing", `noted yes ${key}`],
    ],
    [
      "restores another snapshot than the last time",
      { begun: "yes us-west/old.db", restoreFrom: key },
      restored("own", key),
    ],
    ["begins from a snapshot at once", { begun: "no", restoreFrom: key }, restored("own", key)],
    [
      "restores from another bucket",
      { begun: "no", restoreFrom: `s3://another/${key}` },
      restored("another", key),
    ],
    [
      "joins the others when it loses its volume after a restore",
      { begun: `yes ${key}`, restoreFrom: key, peers: "answering" },
      ["joined", "state existing"],
    ],
  ])("%s", (_, found, wanted) => {
    const { status, done, left, said } = start(found);
    expect([short(done), status, said]).toEqual([wanted, 0, said]);
    expect(left).toBe(false);
  });

  it.each<[string, Found]>([
    ["its volume is lost and nothing is asked for", { begun: "yes" }],
    [
      "the snapshot was restored once and its volume is lost again",
      { begun: `yes ${key}`, restoreFrom: key },
    ],
  ])("does not start when %s", (_, found) => {
    const { status, done, said } = start(found);
    expect([done, status]).toEqual([[], 1]);
    expect(said).toContain("This slot has lost etcd's data");
  });

  it("is restored as its own slot of the whole first membership, ahead of every revision that clients saw", () => {
    const { done } = start({ begun: "yes", restoreFrom: key });
    const call = done.find((line) => line.startsWith("etcdutl"));
    for (const part of [
      "--name control-plane-1",
      "--initial-cluster control-plane-0=https://10.0.0.10:2380,control-plane-1=https://10.0.1.10:2380",
      "--initial-advertise-peer-urls https://10.0.1.10:2380",
      "--bump-revision 1000000000 --mark-compacted",
    ])
      expect(call).toContain(part);
  });
});
