import { execFileSync, spawnSync } from "child_process";
import { randomBytes } from "crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "fs";
import { tmpdir } from "os";
import { delimiter, join } from "path";
import { gunzipSync } from "zlib";
import { parseAllDocuments } from "yaml";
import { versionsSchema } from "../../config/schema";
import { controlPlaneConfig, marks, workerConfig } from "../../regions/kubeadm-config";
import { ControlPlaneNodeArgs, controlPlaneUserData, packed, workerUserData } from "../../regions/user-data";
import { cacheRoot } from "../../sandbox/prepare/cache";

const node = {
  member: "us-west",
  region: "us-west-2",
  apiName: "api.us-west.internal",
  slots: ["10.3.0.10"],
  vpc: "10.3.0.0/16",
  pods: "10.67.0.0/16",
  inside: ["10.3.0.0/16", "10.67.0.0/16", "10.1.0.0/16", "10.65.0.0/16"],
  joinParameter: "/federation/test/us-west/workers/join",
  peersParameter: "/federation/test/us-west/peers",
  versions: { ...versionsSchema.parse({}), checksums: { "runc.amd64": "0".repeat(64) } },
};

const controlPlane: ControlPlaneNodeArgs = {
  ...node,
  cluster: "federation-test-us-west",
  kubernetes: "v1.36.3",
  services: "10.131.0.0/16",
  slot: 0,
  certificateNames: ["us-west-api-0123456.elb.us-west-2.amazonaws.com", "api.us-west.k8s.example.com"],
  volumes: [
    { id: "vol-0abc", device: "/dev/sdf", path: "/var/lib/etcd" },
    { id: "vol-0def", device: "/dev/sdg", path: "/var/lib/federation/etcd" },
  ],
  keyParameters: ["/federation/test/us-west/control-plane/ca"],
  validity: 8760,
  renewal: 720,
  begunParameter: "/federation/test/us-west/control-plane/begun-1",
  backupsParameter: "/federation/test/us-west/control-plane/backups",
  backupEvery: 6,
};

const three = ["10.3.0.10", "10.3.16.10", "10.3.0.11"];

const scripts = { "control plane": controlPlaneUserData(controlPlane), worker: workerUserData(node) };

/** kubeadm from PATH or from what the sandbox prepared; `npm test` always has prepared it. */
function findKubeadm(): string | undefined {
  const root = cacheRoot();
  const cached = existsSync(root) ? execFileSync("ls", [root], { encoding: "utf8" }).split("\n") : [];
  const places = [
    ...cached.filter((part) => part.startsWith("bin-")).map((part) => join(root, part)),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  return places.map((place) => join(place, "kubeadm")).find((file) => existsSync(file));
}

const kubeadm = findKubeadm();

function validate(config: string): { status: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), "kubeadm-"));
  try {
    const file = join(folder, "config.yaml");
    const filled = config
      .replaceAll(marks.nodeName, "ip-10-3-0-10.us-west-2.compute.internal")
      .replaceAll(marks.nodeIp, "10.3.0.10")
      .replaceAll(marks.token, "abcdef.0123456789abcdef")
      .replaceAll(marks.caHash, `sha256:${"0".repeat(64)}`)
      .replaceAll(marks.etcdCluster, "control-plane-0=https://10.3.0.10:2380")
      .replaceAll(marks.etcdState, "new");
    writeFileSync(file, filled);
    const { status, stdout, stderr } = spawnSync(kubeadm!, ["config", "validate", "--config", file], {
      encoding: "utf8",
    });
    return { status, said: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.each(Object.entries(scripts))("user data of a %s", (_, text) => {
  it("is a script that bash can read", () => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(text.startsWith("#!/bin/bash\n")).toBe(true);
  });

  it("leaves room below EC2's 16 KB, and comes out of its packing as it went in", () => {
    const data = Buffer.from(packed(text), "base64");
    expect(data.length).toBeLessThan(12000);
    expect(gunzipSync(data).toString()).toBe(text);
    expect(packed(text)).toBe(packed(text));
  });

  it("hands secrets to curl by standard input only", () => {
    const calls = text.split("\n").filter((line) => /\bcurl\b.*http|\| curl/.test(line));
    expect(calls.length).toBeGreaterThan(1);
    for (const call of calls) expect(call).not.toMatch(/ -u |--user|Security-Token: \$|SecretAccessKey/);
  });

  it("leaves no mark but those that the node fills in", () => {
    const known = Object.values(marks) as string[];
    expect((text.match(/@[A-Z_]+@/g) ?? []).filter((mark) => !known.includes(mark))).toEqual([]);
  });

  it("D6: looks for its member's peers every minute, whether there are any or not", () => {
    expect(text).toContain("PEERS_PARAMETER='/federation/test/us-west/peers'");
    expect(text).toContain("OVERLAY_PORT='4789'");
    expect(text).toMatch(/federation-peers\.timer <<UNIT\n(.*\n)*?OnUnitActiveSec=1min/);
    expect(text).toMatch(/^ {2}peers\) peers ;;$/m);
  });

  it("lets pods leave the members' networks with their node's address, and asks the VPC's resolver with it", () => {
    expect(text).toContain("INSIDE='10.3.0.0/16, 10.67.0.0/16, 10.1.0.0/16, 10.65.0.0/16'");
    expect(text).toContain("RESOLVER='10.3.0.2'");
  });
});

describe("user data", () => {
  it.each([
    [6, "00,06,12,18"],
    [12, "00,12"],
    [24, "00"],
  ])("has a snapshot taken every %d hours at %s", (backupEvery, hours) => {
    const text = controlPlaneUserData({ ...controlPlane, backupEvery });
    expect(text).toContain(`BACKUP_HOURS='${hours}'`);
    expect(text).toContain("OnCalendar=*-*-* $BACKUP_HOURS:00:00 UTC");
  });

  it("knows no bucket and no snapshot: it is frozen, and those may change", () => {
    const text = controlPlaneUserData(controlPlane);
    expect(text).toContain("BACKUPS_PARAMETER='/federation/test/us-west/control-plane/backups'");
    expect(workerUserData(node)).not.toContain("backup");
  });

  it("quotes what could break out of a shell word", () => {
    const text = workerUserData({ ...node, joinParameter: "/a'; echo broken; '" });
    const { stdout } = spawnSync("bash", [], {
      input: `${text.split("kubeadm_config()")[0]}\necho "$JOIN_PARAMETER"`,
      encoding: "utf8",
    });
    expect(stdout).toBe("/a'; echo broken; '\n");
  });

  it("is refused when it is too long for EC2, naming what to shorten", () => {
    expect(() => packed(randomBytes(20000).toString("hex"))).toThrow(
      /has \d+ bytes compressed, EC2 takes 16384: shorten regions\/scripts/,
    );
  });

  it("waits in bounded loops only", () => {
    const folder = join(__dirname, "../../regions/scripts");
    const text = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .join("\n");
    expect(text).not.toMatch(/\bwhile (true|:)/);
    const waits = [...text.matchAll(/\buntil\b.*; do\n((?:.*\n){2})/g)];
    expect(waits).toHaveLength(2);
    for (const [, body] of waits) expect(body).toContain("((SECONDS < deadline)) ||");
  });
});

describe("kubeadm's config", () => {
  (kubeadm ? it : it.skip).each([
    ["a control plane of one", controlPlaneConfig(controlPlane)],
    [
      "the second node of a control plane of three",
      controlPlaneConfig({ ...controlPlane, slots: three, slot: 1 }),
    ],
    ["a worker", workerConfig(node)],
  ])("of %s is accepted by the real kubeadm", (_, config) => {
    const { status, said } = validate(config);
    expect(said).toMatch(/^ok/m);
    expect(status).toBe(0);
  });

  (kubeadm ? it : it.skip)(
    "with a key that kubeadm does not know is refused by it: the proof can fail",
    () => {
      expect(validate(workerConfig(node).replace("discovery:", "discovry: {}\ndiscovery:")).said).toMatch(
        /unknown field "discovry"/,
      );
    },
  );

  it("is the same for every slot but for its own name and address: none comes first", () => {
    const configs = three.map((own, slot) =>
      controlPlaneConfig({ ...controlPlane, slots: three, slot })
        .replaceAll(`advertiseAddress: ${own}`, "advertiseAddress: OWN")
        .replaceAll(`value: ${own}`, "value: OWN")
        .replaceAll(`value: control-plane-${slot}\n`, "value: NAME\n")
        .replace(/https:\/\/127\.0\.0\.1:2379.*/, "SERVERS"),
    );
    expect(new Set(configs).size).toBe(1);
    expect(controlPlaneUserData({ ...controlPlane, slots: three })).toContain(
      "ETCD_CLUSTER='control-plane-0=https://10.3.0.10:2380,control-plane-1=https://10.3.16.10:2380,control-plane-2=https://10.3.0.11:2380'\nPEERS='10.3.16.10 10.3.0.11'",
    );
  });

  it("has the API server ask its own etcd first, then the others", () => {
    expect(controlPlaneConfig({ ...controlPlane, slots: three, slot: 1 })).toContain(
      "https://127.0.0.1:2379,https://10.3.0.10:2379,https://10.3.0.11:2379",
    );
  });

  it("has every name by which the API is called in its certificate", () => {
    const [, cluster] = parseAllDocuments(controlPlaneConfig(controlPlane)).map((document) =>
      document.toJS(),
    );
    expect(cluster.apiServer.certSANs).toEqual([
      "api.us-west.internal",
      "us-west-api-0123456.elb.us-west-2.amazonaws.com",
      "api.us-west.k8s.example.com",
    ]);
    expect(cluster.controlPlaneEndpoint).toBe("api.us-west.internal:6443");
  });

  it("A14: tells the kubelet its node's name, address and instance, so that an up cut off before the cloud controller goes on", () => {
    for (const config of [controlPlaneConfig(controlPlane), workerConfig(node)]) {
      const documents = parseAllDocuments(config).map((document) => document.toJS());
      const { name, kubeletExtraArgs } = documents[0].nodeRegistration;
      expect(name).toBe(marks.nodeName);
      const given = Object.fromEntries(
        kubeletExtraArgs.map((arg: { name: string; value: string }) => [arg.name, arg.value]),
      );
      expect(given).toEqual({
        "cloud-provider": "external",
        "node-ip": expect.stringMatching(/^10\.|^@NODE_IP@$/),
        "provider-id": marks.providerId,
      });
    }
  });
});
