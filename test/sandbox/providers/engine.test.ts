/** The providers under the real engine: what the conformance tests assume of it is true. */

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { InlineProgramArgs, LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { installPlugins } from "../../../sandbox/providers/runtime/plugins";
import { binaries, describeWith } from "./binaries";
import { ApiServer, startApiServer } from "./kubernetes/api-server";

const VERSION = "3.246.0";
const needed = binaries("pulumi");
const cluster = binaries("etcd", "kube-apiserver", "kube-controller-manager");

let dir: string;
beforeEach(() => void (dir = fs.mkdtempSync(path.join(os.tmpdir(), "engine-test-"))));
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

async function stackOf(program: () => Promise<Record<string, unknown>>): Promise<Stack> {
  // A shim, so that an engine built without its version stamped in can be used too.
  const shim = path.join(dir, "root", "bin", "pulumi");
  fs.mkdirSync(path.dirname(shim), { recursive: true });
  fs.writeFileSync(
    shim,
    `#!/bin/sh\n[ "$1" = version ] && { echo v${VERSION}; exit; }\nexec ${needed!.pulumi} "$@"\n`,
    { mode: 0o755 },
  );
  for (const name of ["state", "home", "work"]) fs.mkdirSync(path.join(dir, name));
  installPlugins(path.join(dir, "home"));
  const backend = `file://${dir}/state`;
  const args: InlineProgramArgs = { stackName: "dev", projectName: "providers", program };
  return LocalWorkspace.createOrSelectStack(args, {
    pulumiCommand: await PulumiCommand.get({ root: path.join(dir, "root"), skipVersionCheck: true }),
    workDir: path.join(dir, "work"),
    projectSettings: { name: "providers", runtime: "nodejs", backend: { url: backend } },
    envVars: {
      PULUMI_BACKEND_URL: backend,
      PULUMI_HOME: path.join(dir, "home"),
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
  });
}

describeWith(needed, "random, tls and command", () => {
  test("up, no change, update, replace, refresh, destroy; secrets stay secret", async () => {
    const given = { length: 8, hours: 24, script: "echo hello" };
    const deleted = path.join(dir, "deleted");
    const stack = await stackOf(async () => {
      const text = new random.RandomString("text", { length: given.length, special: false });
      const password = new random.RandomPassword("password", { length: 20 });
      const key = new tls.PrivateKey("key", { algorithm: "ECDSA", ecdsaCurve: "P256" });
      const subject = { commonName: text.result };
      const ca = new tls.SelfSignedCert("ca", {
        ...{ privateKeyPem: key.privateKeyPem, subject, isCaCertificate: true },
        ...{ allowedUses: ["cert_signing"], validityPeriodHours: given.hours },
      });
      const request = new tls.CertRequest("request", {
        privateKeyPem: key.privateKeyPem,
        dnsNames: ["a.example"],
      });
      const leaf = new tls.LocallySignedCert("leaf", {
        ...{
          certRequestPem: request.certRequestPem,
          caCertPem: ca.certPem,
          caPrivateKeyPem: key.privateKeyPem,
        },
        ...{ allowedUses: ["server_auth"], validityPeriodHours: 24, earlyRenewalHours: 1 },
      });
      const run = new command.local.Command("run", {
        ...{ create: given.script, delete: `printf %s "$LEAF" > ${deleted}` },
        environment: { PASSWORD: password.result, LEAF: leaf.certPem },
      });
      return {
        text: text.result,
        password: password.result,
        stdout: run.stdout,
        leaf: leaf.certPem,
        key: key.privateKeyPem,
      };
    });
    const first = await stack.preview();
    expect(first.changeSummary).toEqual({ create: 8 });
    const up = await stack.up();
    expect(up.outputs.text.value).toMatch(/^\w{8}$/);
    expect(up.outputs.stdout).toEqual({ value: "hello", secret: true });
    expect(up.stdout).not.toMatch(/warning/);
    await stack.preview({ expectNoChanges: true });

    const state = fs.readFileSync(path.join(dir, "state/.pulumi/stacks/providers/dev.json"), "utf8");
    expect(state).not.toContain("BEGIN EC PRIVATE KEY");
    expect(state).not.toContain(up.outputs.password.value);

    given.script = "echo changed";
    const updated = await stack.up();
    expect(updated.summary.resourceChanges).toEqual({ same: 7, update: 1 });
    expect(updated.outputs.stdout.value).toBe("changed");

    given.length = 9;
    const replaced = await stack.up();
    // The name of the authority changed, so its certificate, what it signed and the command that was given it.
    expect(replaced.summary.resourceChanges).toEqual({ same: 4, replace: 3, update: 1 });
    expect(replaced.outputs.leaf.value).not.toBe(up.outputs.leaf.value);

    await stack.refresh({ expectNoChanges: true });
    await stack.destroy();
    expect(fs.readFileSync(deleted, "utf8")).toBe(replaced.outputs.leaf.value);
    expect((await stack.exportStack()).deployment.resources ?? []).toEqual([]);
  }, 600_000);
});

describeWith(needed && cluster, "kubernetes", () => {
  let server: ApiServer;
  beforeAll(async () => void (server = await startApiServer(cluster!)), 300_000);
  afterAll(() => server?.stop(), 30_000);

  test("an unknown kubeconfig previews creates; what is not ready is kept and mended by the next run; a new kubeconfig replaces nothing", async () => {
    const given = { replicas: 1, timeout: "2", kubeconfig: server.kubeconfig, data: "1" };
    const stack = await stackOf(async () => {
      const late = new random.RandomId("late", { byteLength: 1 });
      const kubeconfig = pulumi.secret(pulumi.all([given.kubeconfig, late.hex]).apply(([text]) => text));
      const provider = new k8s.Provider("member", {
        kubeconfig,
        clusterIdentifier: "dev/member/1",
        enableSecretMutable: true,
      });
      const namespace = new k8s.core.v1.Namespace("web", { metadata: { name: "web" } }, { provider });
      const metadata = { name: "app", namespace: namespace.metadata.name };
      const secret = new k8s.core.v1.Secret(
        "token",
        { metadata, stringData: { token: pulumi.secret(given.data) } },
        { provider },
      );
      const annotations = { "pulumi.com/timeoutSeconds": given.timeout };
      const app = new k8s.apps.v1.Deployment(
        "app",
        {
          metadata: { ...metadata, annotations },
          spec: {
            replicas: given.replicas,
            selector: { matchLabels: { app: "app" } },
            template: {
              metadata: { labels: { app: "app" } },
              spec: { containers: [{ name: "app", image: "app:1" }] },
            },
          },
        },
        { provider },
      );
      return { uid: app.metadata.uid, data: secret.data, seen: app.status.observedGeneration };
    });
    expect((await stack.preview()).changeSummary).toEqual({ create: 6 });
    await expect(stack.up()).rejects.toThrow(/Deployment web\/app is not ready: 0 of 1 pods ready/);
    const kept = (await stack.exportStack()).deployment.resources!.find(
      (item: { type: string }) => item.type === "kubernetes:apps/v1:Deployment",
    );
    expect(kept.initErrors[0]).toMatch(/is not ready/);

    given.replicas = 0;
    const mended = await stack.up();
    expect(mended.outputs.uid.value).toBe(kept.outputs.metadata.uid);
    expect(mended.outputs.data.secret).toBe(true);
    expect(mended.stdout).not.toMatch(/warning/);
    await stack.preview({ expectNoChanges: true });

    given.kubeconfig = given.kubeconfig.replaceAll('"admin"', '"renamed"');
    given.data = "2";
    expect((await stack.up()).summary.resourceChanges).toEqual({ same: 4, update: 2 });
    await stack.refresh({ expectNoChanges: true });
    await stack.destroy();
  }, 600_000);
});
