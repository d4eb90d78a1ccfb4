import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { place } from "../../sandbox/box/place";
import { Given, makeGiven, removeGiven } from "./given";
import { NETWORKS, REGION } from "./given-cluster";
import { get, inBox, inMachine, leavesNothing, ownBox, Run, sandbox } from "./sandbox";

const kubeconfigFile = (name: string): string => path.join(place().dir, name);

/** A stack of one own member and the given cluster, an app without load balancers over both. */
const shape = (file: string, app: object = {}, joins = true): string[] => {
  const given = {
    kind: "external",
    kubeconfig: { file },
    region: REGION,
    zones: [`${REGION}a`],
    network: NETWORKS.given,
  };
  const own = { "us-west": { region: "us-west-2", workers: { count: 1 } } };
  const members = joins ? { ...own, given } : own;
  const nginx = { image: "nginx:1.29", replicas: 4, placement: { "*": {} }, ...app };
  return ["--set", `members=${JSON.stringify(members)}`, "--set", `apps=${JSON.stringify({ nginx })}`];
};

/** Changes a kubeconfig's only user. */
const withUser = (text: string, user: object): string => {
  const config = parse(text);
  return stringify({ ...config, users: [{ name: config.users[0].name, user }] });
};

/** `npm run e2e -- external`: a cluster that somebody else made joins, runs its share, and is left as it was. */
describe("a cluster that is there already", () => {
  let cluster: Given;
  let before: string[];

  const kubectl = (args: string): Promise<string> => cluster.kubectl(args);

  /** The node's own firewall, which nobody but its owner sees: with it, only the operator's machine gets in. */
  const firewall = async (on: boolean): Promise<void> => {
    const rule = `tcp dport 6443 ip saddr != { 198.18.0.0/15, ${Object.values(NETWORKS.given).join(", ")}, 127.0.0.0/8 } drop`;
    const chain = `chain input { type filter hook input priority -10; ${rule}; }`;
    const script = on ? `nft -f - <<<'table ip owner { ${chain}; }'` : "nft delete table ip owner";
    expect(await inMachine(cluster.instance, script)).toMatchObject({ code: 0 });
  };

  const write = (name: string, text: string): string => {
    fs.writeFileSync(kubeconfigFile(name), text, { mode: 0o600 });
    return kubeconfigFile(name);
  };

  ownBox("open");
  beforeAll(async () => {
    cluster = await makeGiven("given");
    await kubectl("create serviceaccount weak");
    before = await cluster.everything();
    write("given", await cluster.kubeconfig());
  });

  /** An `up` that must end before anything is made, within the seconds that a preflight takes. */
  const refused = async (file: string): Promise<Run> => {
    const began = Date.now();
    const run = await sandbox("up", ...shape(file));
    expect(run.code).not.toBe(0);
    expect(run.output).not.toMatch(/^ *[\d.]+s [+~-] (?!pulumi:pulumi:Stack)/m);
    expect((Date.now() - began) / 1000).toBeLessThan(60);
    return run;
  };

  it("D2: an outdated exec API is refused with the remedy", async () => {
    const apiVersion = "client.authentication.k8s.io/v1alpha1";
    const given = fs.readFileSync(kubeconfigFile("given"), "utf8");
    const { output } = await refused(write("old", withUser(given, { exec: { apiVersion, command: "aws" } })));
    expect(output).toMatch(
      /members\.given\.kubeconfig: .*aws speaks client\.authentication\.k8s\.io\/v1alpha1/,
    );
    expect(output).toContain("aws eks update-kubeconfig");
  });

  it("D2: an exec plugin that fails is reported by the first line of what it says", async () => {
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      interactiveMode: "Never",
      command: "sh",
      args: ["-c", "echo 'the session has ended: log in' >&2; echo more >&2; exit 3"],
    };
    const given = fs.readFileSync(kubeconfigFile("given"), "utf8");
    const { output } = await refused(write("failing", withUser(given, { exec })));
    expect(output).toMatch(/member given: .*exec plugin sh failed: the session has ended: log in/);
  });

  it("credentials without rights end the up soon, with every right that is missing", async () => {
    const token = (await kubectl("create token weak --duration=1h")).trim();
    const given = fs.readFileSync(kubeconfigFile("given"), "utf8");
    const { output } = await refused(write("weak", withUser(given, { token })));
    for (const resource of [
      "namespaces",
      "serviceaccounts",
      "secrets",
      "clusterroles",
      "clusterrolebindings",
    ])
      expect(output).toMatch(new RegExp(`member given: its credentials may not create, .* ${resource}`));
    expect(output).not.toContain(token);
  });

  it("E6: an API that the host's pods do not reach is named, with whom to let in", async () => {
    await firewall(true);
    const run = await sandbox("up", ...shape(kubeconfigFile("given")), "--set", "timeouts.federation=120");
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(
      new RegExp(
        `member given joining the federation: not done after 120 s: .*let [\\d.]+/32 in at https://${cluster.address}:6443`,
      ),
    );
  });

  it("E1 D2: joins once it is reached, now by an exec plugin, and runs its share", async () => {
    await firewall(false);
    const given = fs.readFileSync(kubeconfigFile("given"), "utf8");
    const { user } = parse(given).users[0];
    const apiVersion = "client.authentication.k8s.io/v1";
    const pem = (key: string) => Buffer.from(user[key], "base64").toString();
    const issued = {
      clientCertificateData: pem("client-certificate-data"),
      clientKeyData: pem("client-key-data"),
    };
    const credential = write(
      "credential",
      JSON.stringify({ apiVersion, kind: "ExecCredential", status: issued }),
    );
    const exec = { apiVersion, interactiveMode: "Never", command: "cat", args: [credential] };
    const run = await sandbox("up", ...shape(write("plugin", withUser(given, { exec }))));
    expect(run.code).toBe(0);
    // Other credentials are no other cluster.
    expect(run.output).not.toMatch(/^ *[\d.]+s \+- /m);
    const pods = await kubectl("get pods -l app.kubernetes.io/name=nginx --no-headers");
    expect(pods.match(/ 1\/1 +Running /g)).toHaveLength(2);
    type Cluster = {
      spec: Record<string, unknown>;
      status: { conditions: { type: string; status: string }[] };
    };
    const { spec, status } = await get<Cluster>("aws-fed", "cluster", "given");
    expect(spec).toMatchObject({ region: REGION, zones: [`${REGION}a`] });
    expect(status.conditions.find(({ type }) => type === "Ready")?.status).toBe("True");
    expect((await sandbox("kubectl", "given", "get", "nodes", "--no-headers")).output).toMatch(/ Ready /);
  });

  it("a second preview changes nothing", async () => {
    const run = await sandbox("preview", ...shape(kubeconfigFile("plugin")));
    expect(run.output).toMatch(/preview: \d+ same in/);
  });

  it("keeps its kubeconfig out of the stack's plain state", () => {
    const { users } = parse(fs.readFileSync(kubeconfigFile("given"), "utf8"));
    const key = users[0].user["client-key-data"];
    const state = path.join(place().dir, "state");
    const files = fs
      .readdirSync(state, { recursive: true, encoding: "utf8" })
      .map((name) => path.join(state, name));
    const holding = files.filter(
      (file) => fs.statSync(file).isFile() && fs.readFileSync(file, "utf8").includes(key),
    );
    expect(files.length).toBeGreaterThan(1);
    expect(holding).toEqual([]);
  });

  it("D7 B4: with onRemove: keep it leaves the federation and runs on, without a mark of it", async () => {
    const kept = { adopt: true, onRemove: "keep" };
    const pods = async () =>
      (
        await kubectl(
          "get pods -l app.kubernetes.io/name=nginx --no-headers -o custom-columns=U:.metadata.uid",
        )
      )
        .trim()
        .split("\n")
        .sort();
    const ran = await pods();
    expect(ran).toHaveLength(2);
    expect((await sandbox("up", ...shape(kubeconfigFile("plugin"), kept))).code).toBe(0);
    expect((await sandbox("up", ...shape(kubeconfigFile("plugin"), kept, false))).code).toBe(0);
    expect(await pods()).toEqual(ran);
    expect(await cluster.everything()).toEqual([...before, "Deployment default nginx"].sort());
    expect(await kubectl("get deployment nginx --show-labels --no-headers")).not.toContain("karmada");
    expect((await inBox("operate/residue.ts", "aws-fed")).output).toMatch(/^0 left$/m);
    await kubectl("delete deployment nginx");
  });

  it("E7: the destroy leaves the account as it was, the given cluster's machine and network among it", () =>
    leavesNothing("destroy"));

  it("E7: it outlives the stack with nothing of it left, and goes on answering", async () => {
    expect(await cluster.everything()).toEqual(before);
    expect(await kubectl("get --raw /readyz")).toBe("ok");
  });

  it("goes when its owner takes it away", () => removeGiven("given"));
});
