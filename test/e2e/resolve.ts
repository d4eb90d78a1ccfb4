/**
 * Runs in the box, in a client's network: asks a DNS server for the addresses of a name some times by UDP and once by TCP,
 * and prints `{ udp: [[address, …], …], tcp: [address, …] }`. `resolve.ts SERVER:PORT NAME TIMES`
 */
import { promises as dns } from "node:dns";
import * as net from "node:net";
import * as packet from "dns-packet";

/** One question over TCP. */
function byTcp(server: string, name: string): Promise<string[]> {
  const [host, port] = server.split(":");
  return new Promise((done, fail) => {
    const socket = net.connect({ host, port: Number(port), timeout: 5000 });
    let seen = Buffer.alloc(0);
    socket.once("timeout", () => socket.destroy(new Error("no answer by TCP within 5 s")));
    socket.once("error", fail);
    socket.once("connect", () => {
      const questions = [{ type: "A" as const, name }];
      socket.write(packet.streamEncode({ type: "query", id: 1, flags: packet.RECURSION_DESIRED, questions }));
    });
    socket.on("data", (chunk) => {
      seen = Buffer.concat([seen, chunk]);
      if (seen.length < 2 || seen.length < seen.readUInt16BE(0) + 2) return;
      socket.end();
      done(packet.streamDecode(seen).answers!.flatMap((each) => (each.type === "A" ? [each.data] : [])));
    });
  });
}

async function main([server, name, times]: string[]): Promise<void> {
  const resolver = new dns.Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([server]);
  const udp: string[][] = [];
  for (let time = 0; time < Number(times); time++)
    udp.push(await resolver.resolve4(name).catch((error: NodeJS.ErrnoException) => [String(error.code)]));
  console.log(JSON.stringify({ udp, tcp: await byTcp(server, name) }));
}

void main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
