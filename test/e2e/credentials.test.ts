import { setTimeout as sleep } from "node:timers/promises";
import { execFileSync } from "child_process";
import { gunzipSync } from "zlib";
import { place } from "../../sandbox/box/place";
import { ec2, inMachine, instances, ownBox, Run, sandbox, untilGone } from "./sandbox";

const REGION = "us-west-2";
const shape = (workers: number): string[] => [
  "--set",
  `members={"us-west":{"region":"${REGION}","workers":{"count":${workers}}}}`,
  "--set",
  'apps.nginx.placement={"*":{}}',
];

/** Another version of what nodes install is another user data; the box's image has it, so nothing is downloaded. */
const ROLLOUT = ["--set", "versions.runc=v1.5.1", "--set", "rollout=1"];

/** Ids of the running instances of a kind: `control-plane-0`, `worker`. */
const running = async (kind: string): Promise<string[]> =>
  (await instances(REGION, `us-west-${kind}`)).map(({ InstanceId }) => InstanceId);

const kubectl = (...args: string[]): Promise<Run> => sandbox("kubectl", "us-west", ...args);

/** `npm run e2e -- credentials`: certificates, tokens, roles and secrets of one small member. */
describe("a member's credentials", () => {
  let up: Run;
  let controlPlane: string;
  let worker: string;

  ownBox("open");
  beforeAll(async () => {
    up = await sandbox("up", ...shape(1));
    expect(up.code).toBe(0);
    [controlPlane] = await running("control-plane-0");
    [worker] = await running("worker");
  });

  it("secrets are in no user data, console, process list, log, output or plain state", async () => {
    const read = async (file: string) => (await inMachine(controlPlane, `cat ${file}`)).stdout;
    // One line of each key is enough to know it by, and is nothing that could be there by chance.
    const line = (pem: string) => pem.split("\n")[1];
    const keys = await Promise.all(
      ["ca.key", "sa.key", "etcd/ca.key", "front-proxy-ca.key"].map((name) =>
        read(`/etc/kubernetes/pki/${name}`),
      ),
    );
    const token = await inMachine(controlPlane, "kubeadm token list -o jsonpath='{.token}' | head -n 1");
    const secrets = [...keys.map(line), token.stdout.trim().split(".")[1]];
    expect(secrets.every((secret) => secret?.length >= 16)).toBe(true);

    const places: Record<string, string> = { "the output of up": up.output };
    for (const [name, id] of Object.entries({ "the control plane": controlPlane, "the worker": worker })) {
      type Data = { UserData: { Value: string } };
      const input = { InstanceId: id, Attribute: "userData" };
      const { UserData } = await ec2<Data>(REGION, "describeInstanceAttribute", input);
      places[`user data of ${name}`] = gunzipSync(Buffer.from(UserData.Value, "base64")).toString();
      const { Output } = await ec2<{ Output: string }>(REGION, "getConsoleOutput", { InstanceId: id });
      places[`console of ${name}`] = Buffer.from(Output, "base64").toString();
      places[`processes of ${name}`] = (
        await inMachine(id, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
      ).stdout;
      places[`journal of ${name}`] = (await inMachine(id, "journalctl --no-pager -o cat")).stdout;
    }
    for (const [where, text] of Object.entries(places)) {
      expect([where, text.length > 100]).toEqual([where, true]);
      expect([where, secrets.filter((secret) => text.includes(secret))]).toEqual([where, []]);
    }
    // The stack's state and whatever else the box keeps of the run, the machines' own disks aside.
    const grep = ["-rlF", ...secrets.flatMap((secret) => ["-e", secret])];
    const below = [
      "--exclude-dir=machines",
      "--exclude-dir=volumes",
      "--exclude=kubeconfig",
      "--exclude=outputs.json",
    ];
    const found = spawnGrep([...grep, ...below, place().dir]);
    expect(found).toBe("");
  });

  it("certificates that end soon are made anew on the node, and the API goes on with them", async () => {
    const serial = () =>
      inMachine(controlPlane, "cksum /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/etcd/server.crt");
    const before = await serial();
    const idle = await inMachine(
      controlPlane,
      "systemctl start federation-certificates; journalctl -u federation-certificates -o cat",
    );
    expect(idle.stdout).toContain("none is due");
    expect((await serial()).stdout).toBe(before.stdout);
    // A year passes: not by the clock, which is the host's, but by how early they are due.
    await inMachine(
      controlPlane,
      "sed -i \"s/^RENEWAL_HOURS=.*/RENEWAL_HOURS='9000'/\" /usr/local/sbin/federation-node",
    );
    const { stdout } = await inMachine(
      controlPlane,
      "systemctl start federation-certificates; journalctl -u federation-certificates -o cat",
    );
    expect(stdout).toContain("certificates renewed");
    expect((await serial()).stdout).not.toBe(before.stdout);
    const shown = await inMachine(
      controlPlane,
      "echo | openssl s_client -connect 127.0.0.1:6443 2>/dev/null | openssl x509 -noout -fingerprint; openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -fingerprint",
    );
    const [served, onDisk] = shown.stdout.trim().split("\n");
    expect(served).toBe(onDisk);
    expect((await kubectl("get", "nodes", "--no-headers")).output.match(/ Ready /g)).toHaveLength(2);
  });

  it("a worker that comes when the first token has ended joins with the next", async () => {
    // As after a day: the first token is gone, and the timer has its turn.
    await inMachine(
      controlPlane,
      "kubeadm token list -o jsonpath='{.token}' | xargs -r -n 1 kubeadm token delete",
    );
    const listed = await inMachine(
      controlPlane,
      "systemctl start federation-join-token || journalctl -u federation-join-token -o cat >&2; kubeadm token list",
    );
    expect([listed.stderr, listed.stdout]).toEqual(["", expect.stringContaining("authentication")]);
    expect((await sandbox("up", ...shape(2))).code).toBe(0);
    const waited = await kubectl("wait", "node", "--all", "--for=condition=Ready", "--timeout=120s");
    expect(waited.output.match(/condition met/g)).toHaveLength(3);
  });

  it("a rollout's preview replaces the nodes, and touches no object in the cluster", async () => {
    const run = await sandbox("preview", ...shape(2), ...ROLLOUT);
    expect(run.code).toBe(0);
    const changed = [...run.output.matchAll(/ ([+~-]+) (\S+) (\S+)(?: \[.*\])?$/gm)].map(
      ([, kind, type, name]) => [kind, type, name],
    );
    expect(
      changed.filter(([, type]) => type === "aws:ec2/instance:Instance").map(([kind]) => kind),
    ).toContain("+-");
    expect(changed.filter(([, type]) => /^kubernetes:|^pulumi:providers/.test(type))).toEqual([]);
  });

  it("a rollout rebuilds the control plane's node with its data, then the workers", async () => {
    expect((await kubectl("create", "configmap", "kept", "--from-literal=since=first")).code).toBe(0);
    const workers = await running("worker");
    expect((await sandbox("up", ...shape(2), ...ROLLOUT)).code).toBe(0);
    const [rebuilt] = await running("control-plane-0");
    expect(rebuilt).not.toBe(controlPlane);
    expect((await kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.since}")).output).toContain(
      "first",
    );
    await untilGone(REGION, workers);
    [controlPlane, worker] = [rebuilt, (await running("worker"))[0]];
    const ready = async () =>
      (await kubectl("get", "nodes", "--no-headers")).output
        .match(/^ip-\S+ +\w+ /gm)
        ?.map((line) => line.split(/ +/)[1]);
    // The nodes of the workers before go, too, soon after them.
    for (let looks = 30; looks > 0 && (await ready())?.join() !== "Ready,Ready,Ready"; looks--)
      await sleep(5000);
    expect(await ready()).toEqual(["Ready", "Ready", "Ready"]);
  });

  it("a kubelet renews its certificate by itself, before it ends", async () => {
    const manifest = "/etc/kubernetes/manifests/kube-controller-manager.yaml";
    const shorter = await inMachine(
      controlPlane,
      `sed -i 's/--cluster-signing-duration=.*/--cluster-signing-duration=5m/' ${manifest}
       for i in $(seq 60); do pgrep -f cluster-signing-duration=5m >/dev/null && break; sleep 1; done
       sleep 5; kubeadm token create --ttl 10m`,
    );
    const token = shorter.stdout.trim().split("\n").pop();
    expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
    // With nothing but a token it asks for a first certificate, which lives those five minutes.
    const joined = await inMachine(
      worker,
      `cd /etc/kubernetes && sed -e '/client-key:/d' -e 's|client-certificate: .*|token: ${token}|' kubelet.conf > bootstrap-kubelet.conf
       rm -f kubelet.conf /var/lib/kubelet/pki/kubelet-client-*; systemctl restart kubelet
       for i in $(seq 60); do readlink /var/lib/kubelet/pki/kubelet-client-current.pem && exit; sleep 1; done; exit 1`,
    );
    expect(joined.code).toBe(0);
    const renewed = await inMachine(
      worker,
      `for i in $(seq 140); do
         now=$(readlink /var/lib/kubelet/pki/kubelet-client-current.pem)
         [ "$now" = "${joined.stdout.trim()}" ] || { echo "$now"; exit; }
         sleep 2
       done; exit 1`,
    );
    expect(renewed.code).toBe(0);
    const ready = await kubectl("wait", "node", "--all", "--for=condition=Ready", "--timeout=60s");
    expect(ready.output.match(/condition met/g)).toHaveLength(3);
  });

  it("a worker's role may read the token to join with, and no key of the control plane", async () => {
    const ask = (name: string) =>
      inMachine(
        worker,
        `sed '/^case /,$d' /usr/local/sbin/federation-node > /tmp/node.sh && bash -c 'source /tmp/node.sh; ssm GetParameter "{\\"Name\\":\\"/federation/sandbox/us-west/${name}\\",\\"WithDecryption\\":true}" || true'`,
      );
    expect((await ask("workers/join")).stdout).toContain("token");
    for (const name of ["control-plane/ca", "control-plane/etcd-ca", "control-plane/service-account"]) {
      const { stdout } = await ask(name);
      expect(stdout).toContain("AccessDeniedException");
      expect(stdout).not.toContain("PRIVATE KEY");
    }
  });
});

/** Files that grep finds, one a line. */
function spawnGrep(args: readonly string[]): string {
  try {
    return execFileSync("grep", [...args], { encoding: "utf8" });
  } catch (error) {
    // 1 is grep's way to say that there is none.
    if ((error as { status?: number }).status === 1) return "";
    throw error;
  }
}
