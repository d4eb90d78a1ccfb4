import * as net from "net";
import * as tls from "tls";

/** Where a TLS name's plain bytes go: a loopback port of the box, or nowhere. */
export type Upstream = (name: string) => number | undefined;

const IMAGE_REGISTRIES = ["registry.k8s.io", "registry-1.docker.io", "docker.io", "index.docker.io"];
const FILES = ["raw.githubusercontent.com", "github.com", "dl.k8s.io"];

/** The ports, on the box's loopback, of what stands behind the edge. */
export interface EdgePorts {
  readonly cloud: number;
  readonly images: number;
  readonly files: number;
}

/** The real names that the box answers for, and what answers; everything else does not exist in the box. */
export function upstreamOf(ports: EdgePorts): Upstream {
  return (name) => {
    if (/(^|\.)amazonaws\.com$/.test(name) && !isMachineOrBalancer(name)) return ports.cloud;
    if (IMAGE_REGISTRIES.includes(name)) return ports.images;
    if (FILES.includes(name)) return ports.files;
    return undefined;
  };
}

/** Load balancers' and instances' names are under amazonaws.com too, but stand for addresses, not for the AWS API. */
export function isMachineOrBalancer(name: string): boolean {
  return /\.(elb(\.[a-z0-9-]+)?|compute|compute-1)\.amazonaws\.com$/.test(name);
}

/** One TLS listener for all real names: a certificate by SNI, then the bytes, untouched, to what stands behind. */
export async function serveEdge(
  address: string,
  certificate: (name: string) => Promise<tls.SecureContext>,
  upstream: Upstream,
  log: (line: string) => void,
  port = 443,
): Promise<() => void> {
  const server = tls.createServer({
    ALPNProtocols: ["http/1.1"],
    SNICallback: (name, done) => {
      if (upstream(name) === undefined) {
        done(new Error(`the box has no ${name}`));
        return;
      }
      certificate(name).then(
        (context) => done(null, context),
        (error: Error) => done(error),
      );
    },
  });
  server.on("secureConnection", (client) => {
    const name = client.servername || "";
    const target = upstream(name);
    if (target === undefined) {
      client.destroy();
      return;
    }
    const behind = net.connect({ port: target, host: "127.0.0.1", noDelay: true });
    client.setNoDelay(true);
    client.pipe(behind).pipe(client);
    const end = () => {
      client.destroy();
      behind.destroy();
    };
    client.on("error", end).on("close", () => behind.destroy());
    behind.on("error", (error) => {
      log(`edge: ${name}: ${error.message}`);
      end();
    });
  });
  server.on("tlsClientError", (error) => log(`edge: ${error.message}`));
  await new Promise<void>((done, fail) => server.once("error", fail).listen(port, address, done));
  return () => server.close();
}
