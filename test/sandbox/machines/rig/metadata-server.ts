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
    "user-data": userData,
  };
}

function answer(path: string, all: Record<string, string>): string | undefined {
  if (path in all) return all[path];
  const prefix = path === "" || path.endsWith("/") ? path : `${path}/`;
  const below = Object.keys(all).filter((leaf) => leaf.startsWith(prefix)).map((leaf) => leaf.slice(prefix.length));
  const names = below.map((rest) => (rest.includes("/") ? `${rest.split("/")[0]}/` : rest));
  return names.length > 0 ? [...new Set(names)].join("\n") : undefined;
}

http
  .createServer((request, response) => {
    const reply = (status: number, text = ""): void => void response.writeHead(status, { "Content-Type": "text/plain" }).end(text);
    const instance = instances[request.socket.remoteAddress ?? ""];
    if (!instance) return reply(404);
    if (request.method === "PUT" && request.url === "/latest/api/token") return reply(200, token);
    if (request.headers["x-aws-ec2-metadata-token"] !== token) return reply(401);
    const [, path] = /^\/(?:latest|20\d\d-\d\d-\d\d)\/(.*)$/.exec(request.url ?? "") ?? [];
    const text = path === undefined ? undefined : answer(path, leaves(request.socket.remoteAddress!, instance));
    return text === undefined ? reply(404) : reply(200, text);
  })
  .listen(80, "169.254.169.254", () => console.log("listening"));
