import { instances, leavesNothing, ownBox, sandbox } from "./sandbox";

const REGION = "us-west-2";
const SHAPE = [
  "--set",
  `members={"us-west":{"region":"${REGION}","network":{"nat":"one"},"workers":{"count":1}}}`,
  "--set",
  'apps.nginx.placement={"*":{}}',
];

/** `npm run e2e -- private-nodes`: a member whose nodes have no public address, behind one NAT gateway. */
describe("private nodes", () => {
  ownBox("open");

  it("become a cluster through the NAT gateway, and serve through load balancers in public subnets", async () => {
    expect((await sandbox("up", ...SHAPE)).code).toBe(0);
    const addresses = (await instances(REGION)).map((one) => one.PublicIpAddress);
    expect(addresses).toEqual([undefined, undefined]);
    const status = await sandbox("status");
    expect(status.output.match(/^curl \S+ from \S+ +200 .* us-west-2 /gm)).toHaveLength(1);
  });

  it("a second up changes nothing", async () => {
    expect((await sandbox("preview", ...SHAPE)).output).toMatch(/preview: \d+ same in/);
  });

  it("goes without a trace", () => leavesNothing("destroy"));
});
