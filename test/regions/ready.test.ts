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

  const longAgo = async () => new Date(Date.now() - 3_600_000);

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
    const options = { consoleOf: async () => "", startOf: longAgo };
    await expect(waitUntilReady(args(made.url, { timeout: 1 }), options)).rejects.toThrow(/certificate/);
  });

  it("E5: a cluster that ran and is silent ends the wait soon, with what to declare", async () => {
    const began = Date.now();
    const failing = waitUntilReady(args("https://127.0.0.1:1", { timeout: 900 }), {
      silence: 1,
      startOf: longAgo,
      consoleOf: async () => "",
    });
    await expect(failing).rejects.toThrow(
      /not done after 1 s: [\s\S]*If us-east is gone for good, set members\.us-east\.lost: true/,
    );
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it("E5: where its region's AWS does not answer either, nobody asks for a console", async () => {
    const startOf = async () => Promise.reject(new Error("connect ETIMEDOUT"));
    const consoleOf = jest.fn();
    const failing = waitUntilReady(args("https://127.0.0.1:1", { timeout: 900 }), {
      silence: 1,
      startOf,
      consoleOf,
    });
    await expect(failing).rejects.toThrow(
      /AWS in us-east-2 does not tell either.*connect ETIMEDOUT\nIf us-east is gone for good/,
    );
    expect(consoleOf).not.toHaveBeenCalled();
  });

  it("the federation's host is not to be declared lost", async () => {
    const failing = waitUntilReady(args("https://127.0.0.1:1", { timeout: 900, host: true }), {
      silence: 1,
      startOf: longAgo,
      consoleOf: async () => "",
    });
    await expect(failing).rejects.toThrow(/^((?!lost)[\s\S])*$/);
  });

  it("nodes that were started a moment ago have all their time, counted from their start", async () => {
    let answers = 0;
    const made = await serve(ca, (_, response) => response.writeHead(++answers > 3 ? 200 : 500).end());
    server = made.server;
    const startOf = async () => new Date(Date.now() - 5_000);
    await waitUntilReady(args(made.url, { timeout: 60 }), { silence: 1, startOf });
    expect(answers).toBeGreaterThan(4);
  });

  it("ends in an error that names the member, the obstacle and the end of its nodes' console", async () => {
    const consoleOf = async (region: string, id: string) =>
      `${region} ${id}\nfederation[control-plane]: FAILED in step 'keys from SSM'`;
    const failing = waitUntilReady(args("https://127.0.0.1:1", { timeout: 1 }), {
      consoleOf,
      startOf: longAgo,
    });
    await expect(failing).rejects.toThrow(
      /The API of us-east: not done after 1 s: https:\/\/127\.0\.0\.1:1: .*ECONNREFUSED[\s\S]*timeouts\.api[\s\S]*Console of i-0abc:\n {2}\| us-east-2 i-0abc\n {2}\| federation\[control-plane\]: FAILED/,
    );
  });

  it("says so when the console cannot be read either", async () => {
    const consoleOf = async () => Promise.reject(new Error("UnauthorizedOperation"));
    const failing = waitUntilReady(args("https://127.0.0.1:1", { timeout: 1 }), {
      consoleOf,
      startOf: longAgo,
    });
    await expect(failing).rejects.toThrow(/cannot be read: UnauthorizedOperation/);
  });

  it("tells the whole reason at the member, once, and throws only that it failed", async () => {
    await useMocks();
    const logged = jest.spyOn(pulumi.log, "error").mockResolvedValue();
    const member = new pulumi.ComponentResource("a:b:C", "us-east");
    const unasked = { timeout: 1, instanceIds: [] };
    const failing = readyOrTold(args("https://127.0.0.1:1", unasked), member, { startOf: longAgo });
    await expect(failing).rejects.toThrow(
      /^the API of us-east does not answer: what is known of it is shown above$/,
    );
    expect(logged.mock.calls).toEqual([
      [expect.stringMatching(/^The API of us-east: not done after 1 s/), member],
    ]);
  });
});
