import * as dgram from "dgram";
import * as net from "net";
import * as packet from "dns-packet";

/** One answer section, or a name that does not exist. */
export interface Answer {
  readonly records: packet.Answer[];
  readonly rcode: "NOERROR" | "NXDOMAIN" | "SERVFAIL";
}

/** Answers one question; `source` is the address that asked. */
export type Resolve = (name: string, type: string, source: string) => Answer;

const FLAG_AUTHORITATIVE = 1 << 10;
const FLAG_RECURSION_AVAILABLE = 1 << 7;
const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 } as const;
const UDP_LIMIT = 1232;

/** A DNS server on UDP and TCP port 53 of one address; resolves when both listen. */
export async function serveDns(address: string, resolve: Resolve, log: (line: string) => void, port = 53): Promise<() => void> {
  const reply = (query: Buffer, source: string): packet.Packet => {
    const request = packet.decode(query);
    const question = request.questions?.[0];
    const answer = question ? safely(() => resolve(question.name, question.type, source)) : { records: [], rcode: "SERVFAIL" as const };
    const recursion = (request.flags ?? 0) & packet.RECURSION_DESIRED;
    return {
      type: "response",
      id: request.id,
      flags: FLAG_AUTHORITATIVE | FLAG_RECURSION_AVAILABLE | recursion | RCODES[answer.rcode],
      questions: request.questions,
      answers: answer.records,
    };
  };
  const safely = (work: () => Answer): Answer => {
    try {
      return work();
    } catch (error) {
      log(`dns: ${(error as Error).stack}`);
      return { records: [], rcode: "SERVFAIL" };
    }
  };

  const udp = dgram.createSocket("udp4");
  udp.on("message", (query, from) => {
    try {
      const response = reply(query, from.address);
      let bytes = packet.encode(response);
      if (bytes.length > UDP_LIMIT) bytes = packet.encode({ ...response, flags: (response.flags ?? 0) | packet.TRUNCATED_RESPONSE, answers: [] });
      udp.send(bytes, from.port, from.address);
    } catch (error) {
      log(`dns: a query of ${from.address} could not be read: ${(error as Error).message}`);
    }
  });
  const tcp = net.createServer((socket) => {
    let pending = Buffer.alloc(0);
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const length = pending.readUInt16BE(0);
        const query = pending.subarray(2, 2 + length);
        pending = pending.subarray(2 + length);
        try {
          const bytes = packet.encode(reply(query, socket.remoteAddress ?? ""));
          const size = Buffer.alloc(2);
          size.writeUInt16BE(bytes.length);
          socket.write(Buffer.concat([size, bytes]));
        } catch {
          socket.destroy();
        }
      }
    });
  });
  await new Promise<void>((done, fail) => udp.once("error", fail).bind(port, address, done));
  await new Promise<void>((done, fail) => tcp.once("error", fail).listen(port, address, done));
  udp.on("error", (error) => log(`dns: ${error.message}`));
  return () => {
    udp.close();
    tcp.close();
  };
}
