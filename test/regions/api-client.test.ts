import type { Server } from "https";
import type { TLSSocket } from "tls";
import { apiClient } from "../../regions/api-client";
import { kubeconfigOf, kubeconfigText } from "../../regions/kubeconfig";
import { Authority, authority, Pair, serve } from "./certificates";

describe("apiClient", () => {
  let ca: Authority;
  let client: Pair;
  let server: Server | undefined;
  beforeAll(async () => {
    ca = await authority();
    client = await ca.issue("CN=admin");
  });
  afterEach(() => server?.close());

  const kubeconfig = (url: string, caCertificate = ca.cert) =>
    kubeconfigText(
      kubeconfigOf({
        context: "us-west",
        server: url,
        caCertificate,
        clientCertificate: client.cert,
        clientKey: client.key,
      }),
    );

  test("shows the client certificate and reads JSON as an object, other text as it is", async () => {
    const made = await serve(ca, (request, response) => {
      const { authorized } = request.socket as TLSSocket;
      response.writeHead(authorized ? 200 : 401).end(request.url === "/readyz" ? "ok" : `{"kind":"Status"}`);
    });
    server = made.server;
    const get = apiClient(kubeconfig(made.url));
    expect(await get("/readyz")).toEqual({ status: 200, body: "ok" });
    expect(await get("/api/v1")).toEqual({ status: 200, body: { kind: "Status" } });
  });

  test("a bearer token goes along where there is one", async () => {
    const made = await serve(ca, (request, response) => response.end(request.headers.authorization));
    server = made.server;
    const config = JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters: [
        {
          name: "c",
          cluster: {
            server: made.url,
            "certificate-authority-data": Buffer.from(ca.cert).toString("base64"),
          },
        },
      ],
      users: [{ name: "u", user: { token: "abc" } }],
    });
    expect((await apiClient(config)("/")).body).toBe("Bearer abc");
  });

  test("does not take the answer of a server with another authority's certificate", async () => {
    const other = await authority();
    const made = await serve(other, (_, response) => response.end("ok"));
    server = made.server;
    await expect(apiClient(kubeconfig(made.url))("/readyz")).rejects.toThrow(/certificate/);
  });

  test("credentials it can't use are refused by name", () => {
    const text = kubeconfig("https://127.0.0.1:1").replace(/client-certificate-data/, "tokenFile");
    expect(() => apiClient(text)).toThrow(
      'user "us-west": only client-certificate-data, token, username and exec',
    );
  });
});
