import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import { Haproxy } from "./haproxy";
import type { Keeper } from "./keep";
import { answerMetadata, type MetadataParts } from "./metadata";
import { METADATA, routerNamespace, socketDir } from "./names";
import { TOKEN_MARK } from "./routers";
import type { Tools } from "./tools";

const VPC_HEADER = "x-sandbox-vpc";
const SOURCE_HEADER = "x-sandbox-source";

/** Serves the metadata service on a unix socket; each VPC's {@link MetadataProxies proxy} tells who asks. */
export class MetadataServer {
  readonly socket: string;
  private server?: http.Server;

  constructor(
    runDir: string,
    private readonly parts: MetadataParts,
    private readonly log: (line: string) => void,
  ) {
    this.socket = path.join(socketDir(runDir), "metadata.sock");
  }

  async start(): Promise<void> {
    fs.mkdirSync(path.dirname(this.socket), { recursive: true, mode: 0o700 });
    fs.rmSync(this.socket, { force: true });
    this.server = http.createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve, reject) =>
      this.server!.once("error", reject).listen(this.socket, resolve),
    );
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((done) => (this.server ? this.server.close(done) : done(undefined)));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    request.resume();
    const { [VPC_HEADER]: vpc, [SOURCE_HEADER]: source, ...headers } = request.headers;
    const asked = {
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers,
      vpc: String(vpc),
      source: String(source),
    };
    try {
      const { status, body, headers } = await answerMetadata(this.parts, asked);
      response.writeHead(status, {
        "content-type": "text/plain",
        "content-length": Buffer.byteLength(body),
        server: "EC2ws",
        ...headers,
      });
      response.end(asked.method === "HEAD" ? undefined : body);
    } catch (error) {
      this.log(
        `metadata service: ${asked.method} ${asked.path} from ${source} in ${vpc}: ${(error as Error).message}`,
      );
      response.writeHead(500).end();
    }
  }
}

/** A small haproxy in each router, at the metadata service's address. */
export class MetadataProxies implements Keeper<string> {
  private readonly running = new Map<string, Haproxy>();

  constructor(
    private readonly tools: Tools,
    private readonly runDir: string,
    private readonly routerReady: (vpc: string) => Promise<void>,
    private readonly died: (vpc: string) => void,
  ) {}

  async apply(vpc: string, socket: string): Promise<void> {
    await this.routerReady(vpc);
    const haproxy = this.running.get(vpc) ?? this.make(vpc);
    this.running.set(vpc, haproxy);
    await haproxy.configure(proxyConfig(vpc, socket), []);
  }

  async remove(vpc: string): Promise<void> {
    await this.running.get(vpc)?.stop();
    this.running.delete(vpc);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.keys()].map((vpc) => this.remove(vpc)));
  }

  private make(vpc: string): Haproxy {
    const place = {
      netns: routerNamespace(vpc),
      dir: path.join(this.runDir, "cloud", `metadata-${vpc}`),
      sockets: socketDir(this.runDir),
      log: path.join(this.runDir, "logs", `metadata-${vpc}.log`),
    };
    return new Haproxy(this.tools, `metadata/${vpc}`, place, () => this.died(vpc));
  }
}

/** haproxy's configuration; exported for tests. */
export function proxyConfig(vpc: string, socket: string): string {
  return [
    "defaults",
    " mode http",
    " timeout connect 2s",
    " timeout client 60s",
    " timeout server 30s",
    " timeout http-request 10s",
    "frontend metadata",
    ` bind ${METADATA}:80`,
    ` http-request set-header ${VPC_HEADER} ${vpc}`,
    ` http-request set-header ${SOURCE_HEADER} %[src]`,
    " http-request set-var(txn.method) method",
    // From its mark on, the connection's packets live for as many hops as the firewall has for the instance.
    ` http-response set-mark ${TOKEN_MARK} if { var(txn.method) -m str PUT }`,
    " default_backend daemon",
    "backend daemon",
    ` server daemon unix@${socket}`,
    "",
  ].join("\n");
}
