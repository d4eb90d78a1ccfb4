// For the scripts that commands run with plain Node, beside the program.
import https from "node:https";
import { parse } from "yaml";

/** A call of the cluster's API by the first user and cluster of a kubeconfig. */
export function apiOf(kubeconfig) {
  const { clusters, users } = parse(kubeconfig);
  const { server, "certificate-authority-data": ca, "tls-server-name": servername } = clusters[0].cluster;
  const user = users[0].user;
  const decode = (text) => text && Buffer.from(text, "base64");
  return (method, path) =>
    new Promise((resolve, reject) => {
      const options = {
        method,
        ca: decode(ca),
        cert: decode(user["client-certificate-data"]),
        key: decode(user["client-key-data"]),
        timeout: 10_000,
        ...(servername ? { servername } : {}),
      };
      const request = https.request(new URL(path, server), options, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode < 300 || response.statusCode === 404) resolve(JSON.parse(text));
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 200)}`));
        });
      });
      request.on("timeout", () => request.destroy(new Error(`${method} ${path}: no answer within 10 s`)));
      request.on("error", reject);
      request.end();
    });
}
