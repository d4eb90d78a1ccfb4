import { setTimeout as sleep } from "node:timers/promises";
import { aws, ec2, inMachine, Instance, instances, leavesNothing, ownBox, Run, sandbox } from "./sandbox";

const REGION = "us-west-2";
const MEMBER = "us-west";
const SHAPE = [
  "--set",
  `members={"${MEMBER}":{"region":"${REGION}","workers":{"count":1}}}`,
  "--set",
  'apps.nginx.placement={"*":{}}',
];

const kubectl = (...args: string[]): Promise<Run> => sandbox("kubectl", MEMBER, ...args);
const s3 = <T>(operation: string, input: object): Promise<T> => aws("s3", REGION, operation, input);
const controlPlane = async (): Promise<Instance> => (await instances(REGION, `${MEMBER}-control-plane-0`))[0];

/** Whether an object of the cluster is there. */
async function has(...what: string[]): Promise<boolean> {
  const run = await kubectl("get", ...what);
  if (run.code !== 0 && !run.output.includes("NotFound")) throw new Error(run.output);
  return run.code === 0;
}

/** Keys of the snapshots in the member's bucket. */
async function snapshots(Bucket: string): Promise<string[]> {
  const { Contents } = await s3<{ Contents?: { Key: string }[] }>("listObjectsV2", { Bucket });
  return (Contents ?? []).map(({ Key }) => Key);
}

/** What is noted of the cluster: whether it goes, and what it was restored from. */
async function noted(): Promise<string> {
  const Name = `/federation/sandbox/${MEMBER}/control-plane/begun-1`;
  const { Parameter } = await aws<{ Parameter: { Value: string } }>("ssm", REGION, "getParameter", {
    Name,
    WithDecryption: true,
  });
  return Parameter.Value;
}

/** `npm run e2e -- backups`: one member, its snapshots, its loss and its return; each test goes on from the one before. */
describe("A3: backups of a member", () => {
  let bucket = "";
  let key = "";

  ownBox("open");
  beforeAll(async () => {
    expect((await sandbox("up", ...SHAPE)).code).toBe(0);
    expect((await kubectl("create", "namespace", "before")).code).toBe(0);
    expect((await kubectl("create", "configmap", "kept", "--from-literal=since=before")).code).toBe(0);
  });

  it("a snapshot is taken on demand, and its key printed", async () => {
    const run = await sandbox("shell", "npm", "run", "--silent", "backup", "--", MEMBER);
    expect(run.code).toBe(0);
    [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/m.exec(run.output) ?? [];
    expect(key).toMatch(/^us-west\/\d{8}T\d{6}Z-ip-10-3-0-10\.db$/);
    expect(await snapshots(bucket)).toEqual([key]);
  });

  it("the bucket is private, encrypted, versioned and refuses who comes without TLS", async () => {
    const object = await s3<Record<string, string>>("headObject", { Bucket: bucket, Key: key });
    expect(object).toMatchObject({ ServerSideEncryption: "AES256", VersionId: expect.stringMatching(/./) });
    expect(Number(object.ContentLength)).toBeGreaterThan(100_000);
    expect(await s3("getBucketVersioning", { Bucket: bucket })).toMatchObject({ Status: "Enabled" });
    const { PublicAccessBlockConfiguration: block } = await s3<Record<string, object>>(
      "getPublicAccessBlock",
      { Bucket: bucket },
    );
    expect(Object.values(block)).toEqual([true, true, true, true]);
    const { Policy } = await s3<{ Policy: string }>("getBucketPolicy", { Bucket: bucket });
    expect(JSON.parse(Policy).Statement).toMatchObject([
      { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ]);
  });

  it("the timer's unit takes one as well, on the node that leads etcd, and leaves nothing behind there", async () => {
    const { InstanceId } = await controlPlane();
    const run = await inMachine(
      InstanceId,
      "systemctl start federation-backup.service; systemctl show -p Result federation-backup.service;" +
        "systemctl is-active federation-backup.timer federation-backup-asked.path; ls /var/tmp /var/lib/federation/backup-requests",
    );
    expect(run.stdout).toMatch(/^Result=success$/m);
    expect(run.stdout).toContain("active\nactive\n");
    expect(run.stdout).not.toContain("tmp.");
    expect(await snapshots(bucket)).toHaveLength(2);
  });

  it("a worker's role is refused, whatever it asks of the bucket", async () => {
    const [{ InstanceId }] = await instances(REGION, `${MEMBER}-worker`);
    const asked = (path: string, ...args: string[]) =>
      inMachine(
        InstanceId,
        `source <(sed '/^case /,$d' /usr/local/sbin/federation-node); set +e; trap - ERR;` +
          `as_role s3 -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' https://${bucket}.s3.${REGION}.amazonaws.com/${path} ${args.join(" ")} </dev/null; sleep 1`,
      );
    for (const run of [await asked(key), await asked(""), await asked("x", "-T", "/etc/hostname")])
      expect(run.stdout).toMatch(/AccessDenied.*us-west-workers/s);
    expect(await snapshots(bucket)).toHaveLength(2);
  });

  it("a failed one is told on the console, and is a failed unit", async () => {
    const { InstanceId } = await controlPlane();
    // The same unit, but its script asks SSM for a parameter that its role may not read.
    const drop = "/run/systemd/system/federation-backup.service.d";
    const run = await inMachine(
      InstanceId,
      "sed -e 's|^BACKUPS_PARAMETER=.*|BACKUPS_PARAMETER=/none|' -e 's/retry 240 backups/retry 1 backups/' " +
        `/usr/local/sbin/federation-node >/run/node; mkdir -p ${drop}; ` +
        `printf '[Service]\\nExecStart=\\nExecStart=bash /run/node backup\\n' >${drop}/test.conf; ` +
        "systemctl daemon-reload; systemctl start federation-backup.service; systemctl is-failed federation-backup.service; " +
        `rm -r ${drop}; systemctl daemon-reload; systemctl reset-failed federation-backup.service`,
    );
    expect(run.stdout).toContain("failed\n");
    let text = "";
    for (let look = 0; look < 10 && !text.includes("FAILED in step 'backup of etcd'"); look++) {
      const { Output } = await ec2<{ Output: string }>(REGION, "getConsoleOutput", {
        InstanceId,
        Latest: true,
      });
      text = Buffer.from(Output, "base64").toString();
      await sleep(1000);
    }
    expect(text).toContain("FAILED in step 'backup of etcd'");
    expect(text).toContain("is not authorized to perform: ssm:GetParameter");
    expect(await snapshots(bucket)).toHaveLength(2);
  });

  it("a cluster whose node and volume are lost comes back as the snapshot has it", async () => {
    expect((await kubectl("create", "configmap", "lost", "--from-literal=since=after")).code).toBe(0);
    const gone = await controlPlane();
    const volume = gone.BlockDeviceMappings.find(({ DeviceName }) => DeviceName === "/dev/sdf")?.Ebs.VolumeId;
    await ec2(REGION, "terminateInstances", { InstanceIds: [gone.InstanceId] });
    await ec2(REGION, "deleteVolume", { VolumeId: volume });
    const lost = [`${MEMBER}-control-plane-0`, `${MEMBER}-slots-0-etcd`];
    const targets = lost.flatMap((name) => ["--target", `**::${name}**`]);
    expect((await sandbox("refresh", ...targets)).code).toBe(0);
    expect((await sandbox("up", ...SHAPE, "--set", `members.${MEMBER}.restoreFrom=${key}`)).code).toBe(0);

    expect((await controlPlane()).InstanceId).not.toBe(gone.InstanceId);
    expect(await has("configmap", "kept")).toBe(true);
    expect(await has("namespace", "before")).toBe(true);
    expect(await has("configmap", "lost")).toBe(false);
    expect(await noted()).toBe(`yes ${key}`);
  });

  it("its nodes are Ready, its apps answer, and a second up changes nothing", async () => {
    const ready = ["nodes", "--all", "--for=condition=Ready", "--timeout=120s"];
    expect((await kubectl("wait", ...ready)).code).toBe(0);
    // Something new runs: scheduler, kubelets and controllers took the cluster's return for what it is.
    expect((await kubectl("create", "deployment", "fresh", "--image=nginx:1.29")).code).toBe(0);
    expect((await kubectl("rollout", "status", "deployment/fresh", "--timeout=120s")).code).toBe(0);
    expect((await kubectl("delete", "deployment", "fresh")).code).toBe(0);
    const status = await sandbox("status");
    expect(status.output.match(/^curl \S+ from \S+ +200 .* us-west-2 /gm)).toHaveLength(1);
    const restored = ["--set", `members.${MEMBER}.restoreFrom=${key}`];
    expect((await sandbox("preview", ...SHAPE, ...restored)).output).toMatch(/preview: \d+ same in/);
    const taken = await sandbox("shell", "npm", "run", "--silent", "backup", "--", MEMBER);
    expect(taken.output).toMatch(/^s3:\/\//m);
  });

  it("A14: goes without a trace, bucket and snapshots included", () => leavesNothing("destroy"));
});
