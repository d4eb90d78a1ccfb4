import { Entry, Findings, ReadFile } from "./findings";

/** Names by which only the machine itself is reached. */
const loopback = /^(localhost|127\.|0\.0\.0\.0$|\[::1?\]$)/;

/** A cluster's entry as our kubeconfig has it, and what it says. Undefined where there are findings. */
export function readServer(cluster: Entry | undefined, readFile: ReadFile, findings: Findings) {
  if (!cluster) return undefined;
  const server = serverOf(cluster.server, findings);
  for (const [key, why] of Object.entries({
    "proxy-url": "the federation's host goes straight to the API",
    "tls-server-name": "Karmada checks the server's own name: give an address that its certificate has",
  })) {
    if (cluster[key]) findings.fault(`cluster: ${key} can't be used: ${why}`);
  }
  const insecure = cluster["insecure-skip-tls-verify"] === true;
  if (insecure) {
    findings.warning(
      "insecure-skip-tls-verify: whoever sits between can read and change all that is sent to it",
    );
  }
  const ca = insecure ? "" : findings.pem(cluster, "certificate-authority", "CERTIFICATE", readFile);
  if (server === undefined || ca === undefined) return undefined;
  const data = ca && { "certificate-authority-data": Buffer.from(ca).toString("base64") };
  const entry = { server, ...data, ...(insecure && { "insecure-skip-tls-verify": true }) };
  return { server, caCertificate: ca, insecure, entry };
}

function serverOf(server: unknown, findings: Findings): string | undefined {
  if (typeof server !== "string" || server === "") {
    findings.fault("cluster: has no server: give the API's address, https://host:port");
    return undefined;
  }
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol !== "https:" || url.username || url.password) {
    findings.fault("cluster: server is no https:// address: credentials would be open to all on the way");
    return undefined;
  }
  if (loopback.test(url.hostname)) {
    findings.fault(
      `cluster: server ${url.host} is this machine alone: give an address at which the federation's host reaches it too`,
    );
    return undefined;
  }
  return server.replace(/\/+$/, "");
}
