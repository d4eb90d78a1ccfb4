/** A Kubernetes control plane as plain processes on loopback: etcd, API server, controller manager. No nodes. */

import { ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as https from "node:https";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Props } from "../../../../sandbox/providers/runtime";
import { tls } from "../../../../sandbox/providers/tls/provider";

export interface ApiServer {
  kubeconfig: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 120_000;
/** Not an address: reached as 127.0.0.1 with `tls-server-name`. */
const SERVER_NAME = "kubernetes.test";

export async function startApiServer(bin: Record<string, string>): Promise<ApiServer> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "kube-test-"));
  const children: ChildProcess[] = [];
  const stop = async () => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    }
    fs.rmSync(dir, { recursive: true, force: true });
  };
  const run = (name: string, args: string[]) => {
    const log = fs.openSync(path.join(dir, `${name}.log`), "w");
    children.push(spawn(bin[name], args, { stdio: ["ignore", log, log] }));
    fs.closeSync(log);
  };
  try {
    const [client, peer, port, controllers] = await freePorts(4);
    const pki = await certificates(dir);
    const local = (at: number) => `http://127.0.0.1:${at}`;
    run("etcd", [
      ...[
        `--data-dir=${dir}/etcd`,
        `--listen-client-urls=${local(client)}`,
        `--advertise-client-urls=${local(client)}`,
      ],
      ...[
        `--listen-peer-urls=${local(peer)}`,
        `--initial-advertise-peer-urls=${local(peer)}`,
        `--initial-cluster=default=${local(peer)}`,
      ],
      "--unsafe-no-fsync",
    ]);
    run("kube-apiserver", [
      ...[
        `--etcd-servers=${local(client)}`,
        "--bind-address=127.0.0.1",
        `--secure-port=${port}`,
        "--service-cluster-ip-range=10.0.0.0/24",
      ],
      ...[
        `--tls-cert-file=${pki.server}`,
        `--tls-private-key-file=${pki.serverKey}`,
        `--client-ca-file=${pki.ca}`,
      ],
      ...[
        `--service-account-key-file=${pki.accountsPublic}`,
        `--service-account-signing-key-file=${pki.accounts}`,
      ],
      ...["--service-account-issuer=https://kubernetes.default.svc", "--authorization-mode=RBAC"],
    ]);
    const data = (file: string) => fs.readFileSync(file).toString("base64");
    const cluster = {
      server: `https://127.0.0.1:${port}`,
      "certificate-authority-data": data(pki.ca),
      "tls-server-name": SERVER_NAME,
    };
    const user = { "client-certificate-data": data(pki.admin), "client-key-data": data(pki.adminKey) };
    const kubeconfig = JSON.stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "test" },
      contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
      ...{ clusters: [{ name: "test", cluster }], users: [{ name: "admin", user }] },
    });
    fs.writeFileSync(path.join(dir, "kubeconfig"), kubeconfig);
    await ready(port, pki, path.join(dir, "kube-apiserver.log"));
    run("kube-controller-manager", [
      ...[
        `--kubeconfig=${dir}/kubeconfig`,
        `--secure-port=${controllers}`,
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
      ],
      ...[`--service-account-private-key-file=${pki.accounts}`, `--root-ca-file=${pki.ca}`],
    ]);
    return { kubeconfig, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function certificates(dir: string): Promise<Record<string, string>> {
  const make = async (type: string, inputs: Props) => {
    const ctx = { signal: new AbortController().signal } as never;
    return (
      await tls.resource(`tls:index/${type[0].toLowerCase()}${type.slice(1)}:${type}`)!.create(inputs, ctx)
    ).outputs;
  };
  const key = () => make("PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  const write = (name: string, content: string) => {
    fs.writeFileSync(path.join(dir, name), content, { mode: 0o600 });
    return path.join(dir, name);
  };
  const caKey = await key();
  const ca = await make("SelfSignedCert", {
    privateKeyPem: caKey.privateKeyPem,
    ...{
      subject: { commonName: "test-ca" },
      isCaCertificate: true,
      validityPeriodHours: 24,
      allowedUses: ["cert_signing"],
    },
  });
  const signed = async (subject: Props, use: string, dnsNames: string[] = []) => {
    const own = await key();
    const request = await make("CertRequest", { privateKeyPem: own.privateKeyPem, subject, dnsNames });
    const certificate = await make("LocallySignedCert", {
      ...{
        certRequestPem: request.certRequestPem,
        caCertPem: ca.certPem,
        caPrivateKeyPem: caKey.privateKeyPem,
      },
      ...{ allowedUses: ["digital_signature", use], validityPeriodHours: 24 },
    });
    return [certificate.certPem, own.privateKeyPem];
  };
  const [server, serverKey] = await signed({ commonName: "kube-apiserver" }, "server_auth", [SERVER_NAME]);
  const [admin, adminKey] = await signed(
    { commonName: "admin", organization: "system:masters" },
    "client_auth",
  );
  const accounts = await key();
  const contents = {
    ca: ca.certPem,
    server,
    serverKey,
    admin,
    adminKey,
    accounts: accounts.privateKeyPem,
    accountsPublic: accounts.publicKeyPem,
  };
  return Object.fromEntries(
    Object.entries(contents).map(([name, content]) => [name, write(`${name}.pem`, content)]),
  );
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<net.Server>((resolve) => {
          const server = net.createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function ready(port: number, pki: Record<string, string>, log: string): Promise<void> {
  const [ca, cert, key] = ["ca", "admin", "adminKey"].map((name) => fs.readFileSync(pki[name]));
  const ask = () =>
    new Promise<boolean>((resolve) => {
      const options = {
        host: "127.0.0.1",
        port,
        path: "/readyz",
        ca,
        cert,
        key,
        servername: SERVER_NAME,
        timeout: 2000,
      };
      const request = https.get(options, (response) => resolve(response.resume().statusCode === 200));
      request.on("timeout", () => request.destroy()).on("error", () => resolve(false));
    });
  for (const end = Date.now() + START_LIMIT_MS; !(await ask()); await sleep(250))
    if (Date.now() > end)
      throw new Error(`the API server is not ready:\n${fs.readFileSync(log, "utf8").slice(-3000)}`);
}
