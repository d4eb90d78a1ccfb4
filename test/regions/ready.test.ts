import type { Server } from "https";
import type { TLSSocket } from "tls";
import * as pulumi from "@pulumi/pulumi";
import { ReadyArgs, readyOrTold, waitUntilReady } from "../../regions/ready";
import { kubeconfigOf, kubeconfigText } from "../../regions/kubeconfig";
import { useMocks } from "../mocks";
import { Authority, authority, Pair, serve } from "./certificates";

describe("waiting for a member's API", () => {
  let ca: Authority;
  let client: Pair;
  let server: Server | undefined;

  beforeAll(async () => {
    ca = await authority();
    client = await ca.issue("O=kubeadm:cluster-admins, CN=pulumi");
  });
  afterEach(() => server?.close());

  const args = (url: string, more: Partial<ReadyArgs> = {}): ReadyArgs => ({
    member: "us-east",
    region: "us-east-2",
    kubeconfig: kubeconfigText(
      kubeconfigOf({
        context: "us-east",
        server: url,
        caCertificate: ca.cert,
        clientCertificate: client.cert,
        clientKey: client.key,
      }),
    ),
    instanceIds: ["i-0abc"],
    timeout: 10,
    ...more,
  });

  it("ends when it is ready and lets the operator's certificate in", async () => {
    const seen: string[] = [];
    const made = await serve(ca, (request, response) => {
      const { authorized } = request.socket as TLSSocket;
      seen.push(`${request.method} ${request.url} ${authorized}`);
      response.writeHead(authorized ? 200 : 401).end();
    });
    server = made.server;
    await waitUntilReady(args(made.url));
    expect(seen).toEqual(["GET /readyz true", "GET /api/v1/nodes?limit=1 true"]);
  });

  it("goes on while it is up but does not let the operator in yet", async () => {
    let refusals = 2;
    const made = await serve(ca, (request, response) => {
      const allowed = request.url === "/readyz" || refusals-- <= 0;
      response.writeHead(allowed ? 200 : 403).end();
    });
    server = made.server;
    await waitUntilReady(args(made.url));
    expect(refusals).toBe(-1);
  });

  it("takes no other's answer for its own: the CA must be the member's", async () => {
    const other = await authority();
    const made = await serve(other, (_, response) => response.writeHead(200).end());
    server = made.server;
    const consoleOf = async () => "";
    await expect(waitUntilReady(args(made.url, { timeout: 1 }), { consoleOf })).rejects.toThrow(
      /certificate/,
    );
  });

  it("ends in an error that names the member, the obstacle and the end of its nodes' console", async () => {
    const consoleOf = async (region: string, id: string) =>
      `${region} ${id}\nfederation[control-plane]: FAILED in step 'keys from SSM'`;
    const failing = waitUntilReady(args("https://127.0.0.1:1", { timeout: 1 }), { consoleOf });
    await expect(failing).rejects.toThrow(
      /The API of us-east: not done after 1 s: https:\/\/127\.0\.0\.1:1: .*ECONNREFUSED[\s\S]*timeouts\.api[\s\S]*Console of i-0abc:\n {2}\| us-east-2 i-0abc\n {2}\| federation\[control-plane\]: FAILED/,
    );
  });

  it("says so when the console cannot be read either", async () => {
    const consoleOf = async () => Promise.reject(new Error("UnauthorizedOperation"));
    const failing = waitUntilReady(args("https://127.0.0.1:1", { timeout: 1 }), { consoleOf });
    await expect(failing).rejects.toThrow(/cannot be read: UnauthorizedOperation/);
  });

  it("tells the whole reason at the member, once, and throws only that it failed", async () => {
    await useMocks();
    const logged = jest.spyOn(pulumi.log, "error").mockResolvedValue();
    const member = new pulumi.ComponentResource("a:b:C", "us-east");
    const failing = readyOrTold(args("https://127.0.0.1:1", { timeout: 1, instanceIds: [] }), member);
    await expect(failing).rejects.toThrow(
      /^the API of us-east did not get ready: its console is shown above$/,
    );
    expect(logged.mock.calls).toEqual([
      [expect.stringMatching(/^The API of us-east: not done after 1 s/), member],
    ]);
  });
});
