import { Nodes, NodesOptions, untilNodes } from "../../regions/nodes-wait";

const nodes: Nodes = { member: "us-east", region: "us-east-2", instanceIds: ["i-0abc"], timeout: 300 };
const anHourAgo: NodesOptions = {
  silence: 0,
  startOf: async () => new Date(Date.now() - 3_600_000),
  consoleOf: async () => "federation[control-plane]: the volume at /var/lib/etcd (vol-1) is full to 100%",
};
const failure = (whom: Nodes, options: NodesOptions = anHourAgo): Promise<string> =>
  untilNodes(whom, "us-east: control-plane node a (i-0abc)", async () => "it does not answer", options).then(
    () => "no failure",
    (error: Error) => error.message,
  );

describe("waiting for nodes", () => {
  it("E5: ends soon where they ran for long, with what is missing, their console and how to go on without them", async () => {
    const began = Date.now();
    const text = await failure(nodes);
    expect(Date.now() - began).toBeLessThan(3000);
    expect(text).toContain("us-east: control-plane node a (i-0abc): not done after 0 s: it does not answer");
    expect(text).toContain("Console of i-0abc:\n  | federation[control-plane]: the volume at /var/lib/etcd");
    expect(text).toMatch(/lost: true/);
  });

  it("does not tell to go on without the federation's host", async () => {
    expect(await failure({ ...nodes, host: true })).not.toMatch(/lost: true/);
  });

  it("goes on while they can still be starting", async () => {
    let looks = 0;
    const look = async () => (++looks < 3 ? "not yet" : undefined);
    await untilNodes(nodes, "a node", look, { ...anHourAgo, startOf: async () => new Date() });
    expect(looks).toBe(3);
  });

  it("says so when the region tells nothing of them", async () => {
    const startOf = () => Promise.reject(new Error("no route to host"));
    expect(await failure(nodes, { ...anHourAgo, startOf })).toMatch(
      /AWS in us-east-2 does not tell either; .*no route to host\n.*lost: true/s,
    );
  });
});
