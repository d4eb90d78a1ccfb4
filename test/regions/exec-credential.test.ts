import type { Server } from "https";
import type { TLSSocket } from "tls";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { apiClient } from "../../regions/api-client";
import { execCredential, ExecPlugin } from "../../regions/exec-credential";
import { Authority, authority, serve } from "./certificates";
import { encode } from "./given";

const apiVersion = "client.authentication.k8s.io/v1";
const sh = (script: string, more: Partial<ExecPlugin> = {}): ExecPlugin => ({
  apiVersion,
  command: "sh",
  args: ["-c", script],
  ...more,
});
const credential = (status: object) => JSON.stringify({ apiVersion, kind: "ExecCredential", status });

describe("an exec plugin", () => {
  it("D2: gives a token, or a certificate with its key, and is told what it may want to know", async () => {
    expect(await execCredential(sh(`echo '${credential({ token: "t" })}'`), {})).toEqual({ token: "t" });
    const certificate = {
      clientCertificateData: "C",
      clientKeyData: "K",
      expirationTimestamp: "2026-11-21T00:00:00Z",
    };
    expect(await execCredential(sh(`echo '${credential(certificate)}'`), {})).toEqual({
      certificate: "C",
      key: "K",
      end: Date.UTC(2026, 10, 21),
    });
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "exec-")), "info");
    const env = [{ name: "OUT", value: file }];
    const telling = `echo "$KUBERNETES_EXEC_INFO" > "$OUT"; echo '${credential({ token: "t" })}'`;
    await execCredential(sh(telling, { env, provideClusterInfo: true }), { server: "https://munich" });
    expect(JSON.parse(fs.readFileSync(file, "utf8"))).toEqual({
      apiVersion,
      kind: "ExecCredential",
      spec: { interactive: false, cluster: { server: "https://munich" } },
    });
  });

  it.each([
    ["fails", sh("echo 'session ended' >&2; echo trace >&2; exit 2"), "exec plugin sh failed: session ended"],
    ["fails without a word", sh("exit 2"), "exec plugin sh failed: exit 2"],
    [
      "is missing",
      sh("", { command: "no-such-plugin" }),
      "exec plugin no-such-plugin is not on this machine: install it",
    ],
    [
      "is missing, with a hint",
      sh("", { command: "no-such-plugin", installHint: "get it from example.com\nthen again" }),
      "exec plugin no-such-plugin is not on this machine: get it from example.com",
    ],
    ["prints something else", sh("echo hello"), "exec plugin sh printed no JSON"],
    ["prints another kind", sh("echo '{}'"), "exec plugin sh printed no ExecCredential"],
    [
      "gives nothing",
      sh(`echo '${credential({})}'`),
      "exec plugin sh gave neither a token nor a client certificate",
    ],
    [
      "answers in another version",
      sh(`echo '${credential({}).replace("/v1", "/v1alpha1")}'`),
      "exec plugin sh answered in client.authentication.k8s.io/v1alpha1, asked in client.authentication.k8s.io/v1",
    ],
  ])("that %s is reported by its cause, in one line", async (_, plugin, message) => {
    const failing = execCredential(plugin, {});
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toThrow(/^.*$/);
  });
});

describe("apiClient with a plugin or a password", () => {
  let ca: Authority;
  let server: Server | undefined;
  beforeAll(async () => void (ca = await authority()));
  afterEach(() => server?.close());

  const kubeconfig = (url: string, user: object) =>
    stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: url, "certificate-authority-data": encode(ca.cert) } }],
      users: [{ name: "u", user }],
    });
  const authorization = async (user: (url: string) => object, times = 1) => {
    const made = await serve(ca, (request, response) =>
      response.end(request.headers.authorization ?? String((request.socket as TLSSocket).authorized)),
    );
    server = made.server;
    const call = apiClient(kubeconfig(made.url, user(made.url)));
    const answers = [];
    for (let i = 0; i < times; i++) answers.push((await call("/")).body);
    return answers;
  };

  it("C1: shows a password, a plugin's token, a plugin's certificate", async () => {
    expect(await authorization(() => ({ username: "me", password: "pass" }))).toEqual([
      `Basic ${encode("me:pass")}`,
    ]);
    server?.close();
    expect(await authorization(() => ({ exec: sh(`echo '${credential({ token: "t" })}'`) }))).toEqual([
      "Bearer t",
    ]);
    server?.close();
    const { cert, key } = await ca.issue("CN=me");
    const status = { clientCertificateData: cert, clientKeyData: key };
    expect(await authorization(() => ({ exec: sh(`cat <<'END'\n${credential(status)}\nEND`) }))).toEqual([
      true,
    ]);
  });

  it("asks a plugin once, and again when what it gave ends", async () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "exec-")), "calls");
    const exec = (status: object) => ({ exec: sh(`echo x >> ${file}; echo '${credential(status)}'`) });
    const calls = () => fs.readFileSync(file, "utf8").trim().split("\n").length;
    await authorization(() => exec({ token: "t" }), 3);
    expect(calls()).toBe(1);
    server?.close();
    await authorization(() => exec({ token: "t", expirationTimestamp: new Date().toISOString() }), 3);
    expect(calls()).toBe(4);
  });

  it("keeps the path of a server behind another", async () => {
    const made = await serve(ca, (request, response) => response.end(request.url));
    server = made.server;
    const call = apiClient(kubeconfig(`${made.url}/k8s/clusters/c-1/`, { token: "t" }));
    expect((await call("/version")).body).toBe("/k8s/clusters/c-1/version");
  });
});
