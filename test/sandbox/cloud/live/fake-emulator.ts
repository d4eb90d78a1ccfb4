import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { CloudState } from "../../../../sandbox/cloud/state";

/** Answers as the emulator does to the daemon, from a state that the test changes. */
export class FakeEmulator {
  readonly consoles: Record<string, string> = {};
  readonly health: Record<string, Record<string, string>>[] = [];
  credentialRequests = 0;
  private waiting: (() => void)[] = [];
  private readonly server = http.createServer((request, response) => void this.answer(request, response));

  constructor(public state: CloudState) {}

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Changes the state as an API call would. */
  change(edit: (state: CloudState) => void): void {
    const next = structuredClone(this.state);
    edit(next);
    this.state = { ...next, version: this.state.version + 1 };
    for (const go of this.waiting.splice(0)) go();
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://emulator");
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    if (url.pathname === "/sandbox/state") {
      if (this.state.version <= Number(url.searchParams.get("after"))) {
        const seconds = Number(url.searchParams.get("wait"));
        await new Promise<void>((go) => (this.waiting.push(go), setTimeout(go, seconds * 1000).unref()));
      }
      return void response.end(JSON.stringify(this.state));
    }
    if (url.pathname.startsWith("/sandbox/console/")) this.consoles[url.pathname.split("/")[3]] = body;
    if (url.pathname === "/sandbox/target-health") this.health.push(JSON.parse(body));
    if (url.pathname === "/sandbox/credentials") {
      this.credentialRequests++;
      const Expiration = new Date(Date.now() + 3600_000).toISOString();
      return void response.end(
        JSON.stringify({
          AccessKeyId: "ASIA",
          SecretAccessKey: "s",
          Token: JSON.parse(body).role,
          Expiration,
        }),
      );
    }
    response.end("{}");
  }
}
