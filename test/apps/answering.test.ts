import { createServer, Server } from "node:http";
import { createServer as createPlainServer, type AddressInfo } from "node:net";
import { silentEndpoints } from "../../apps/answering";

describe("load balancers", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const listen = async (status: number) => {
    server = createServer((_, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };

  test("answer when they send anything at all: what the app says is the health check's business", async () => {
    const port = await listen(404);
    expect(await silentEndpoints({ "us-west": "127.0.0.1" }, port)).toBeUndefined();
  });

  test("answer when what they speak is not HTTP", async () => {
    const other = createPlainServer((socket) => socket.end("-ERR unknown command\r\n"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    expect(await silentEndpoints({ "us-west": "127.0.0.1" }, port)).toBeUndefined();
    other.close();
  });

  test("that do not answer are told by member, address and reason", async () => {
    const port = await listen(200);
    server!.close();
    expect(await silentEndpoints({ "us-west": "127.0.0.1", "us-east": "127.0.0.1" }, port)).toMatch(
      new RegExp(
        `^member us-west: 127.0.0.1 does not answer on port ${port}: .*ECONNREFUSED.*\n` + "member us-east: ",
      ),
    );
  });

  test("of members without replicas are not asked", async () => {
    expect(await silentEndpoints({}, 80)).toBeUndefined();
  });
});
