import * as dgram from "node:dgram";
import * as http from "node:http";

/**
 * A metadata service (version 2) for trials, run in a router's namespace: `argv[2]` is JSON, address → { id, hostname,
 * userData }. What it cannot know is answered with 404, as the real one does.
 */
interface Answered {
  id: string;
  hostname: string;
  userData: string;
}
const instances = JSON.parse(process.argv[2]) as Record<string, Answered>;
const token = "a-token-of-the-trial";

function leaves(address: string, { id, hostname, userData }: Answered): Record<string, string> {
  return {
    "meta-data/instance-id": id,
    "meta-data/local-hostname": hostname,
    "meta-data/hostname": hostname,
    "meta-data/local-ipv4": address,
    "meta-data/ami-id": "ami-0123456789abcdef0",
    "meta-data/placement/availability-zone": "us-west-2a",
    "meta-data/placement/region": "us-west-2",
    // cloud-init asks for these on EC2, again and again where they are missing
    "meta-data/network/interfaces/macs/02:00:00:00:00:0b/device-number": "0",
    "dynamic/instance-identity/document": JSON.stringify({
      instanceId: id,
      region: "us-west-2",
      privateIp: address,
    }),
    "user-data": userData,
  };
}

function answer(path: string, all: Record<string, string>): string | undefined {
  if (path in all) return all[path];
  const prefix = path === "" || path.endsWith("/") ? path : `${path}/`;
  const below = Object.keys(all)
    .filter((leaf) => leaf.startsWith(prefix))
    .map((leaf) => leaf.slice(prefix.length));
  const names = below.map((rest) => (rest.includes("/") ? `${rest.split("/")[0]}/` : rest));
  return names.length > 0 ? [...new Set(names)].join("\n") : undefined;
}

// A resolver that knows no name: without an answer every look-up would last until its time-out.
const resolver = dgram.createSocket("udp4");
resolver.on("message", (query, from) => {
  const answer = Buffer.from(query);
  answer.writeUInt16BE(0x8183, 2); // a response, "no such name"
  answer.writeUInt32BE(0, 8); // no additional records
  resolver.send(answer.subarray(0, query.indexOf(0, 12) + 5), from.port, from.address);
});
resolver.bind(53, "10.77.0.2");

http
  .createServer((request, response) => {
    const reply = (status: number, text = ""): void =>
      void response.writeHead(status, { "Content-Type": "text/plain" }).end(text);
    const instance = instances[request.socket.remoteAddress ?? ""];
    if (!instance) return reply(404);
    if (request.method === "PUT" && request.url === "/latest/api/token") return reply(200, token);
    if (request.headers["x-aws-ec2-metadata-token"] !== token) return reply(401);
    const [, path] = /^\/(?:latest|20\d\d-\d\d-\d\d)\/(.*)$/.exec(request.url ?? "") ?? [];
    const text =
      path === undefined ? undefined : answer(path, leaves(request.socket.remoteAddress!, instance));
    return text === undefined ? reply(404) : reply(200, text);
  })
  .listen(80, "169.254.169.254", () => console.log("listening"));
