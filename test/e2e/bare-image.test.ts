import { ec2, inMachine, instances, leavesNothing, ownBox, sandbox } from "./sandbox";

const REGION = "us-west-2";

/** One member of one control-plane node and one worker on an image, as `--set` wants it. */
const shape = (image: string): string[] => [
  "--set",
  `members={"us-west":{"region":"${REGION}","image":"${image}","workers":{"count":1}}}`,
  "--set",
  'apps.nginx.placement={"*":{}}',
];

/** `npm run e2e -- bare-image`: nodes from an image that has neither Kubernetes nor a container runtime. */
describe("a bare image", () => {
  let image: string;

  ownBox("open");
  beforeAll(async () => {
    const Filters = [{ Name: "name", Values: ["*-bare"] }];
    const { Images } = await ec2<{ Images: { ImageId: string }[] }>(REGION, "describeImages", { Filters });
    image = Images[0].ImageId;
  });

  it("stops its boot at a file whose checksum is wrong, and the up shows the line", async () => {
    const pinned = [
      "--set",
      `versions.checksums={"runc.amd64":"${"0".repeat(64)}"}`,
      "--set",
      "timeouts.api=60",
    ];
    const run = await sandbox("up", ...shape(image), ...pinned);
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/runc\.amd64 has the checksum [0-9a-f]{64}.*, not 0{64}: not installing it/);
    expect((await sandbox("destroy")).code).toBe(0);
  });

  it("gets everything from its publishers' own addresses, and becomes a cluster", async () => {
    expect((await sandbox("up", ...shape(image))).code).toBe(0);
    const nodes = await instances(REGION);
    expect(nodes.map(({ ImageId }) => ImageId)).toEqual([image, image]);
    for (const { InstanceId } of nodes) {
      const { stdout } = await inMachine(
        InstanceId,
        "for p in kubelet containerd; do readlink /proc/$(pgrep -xo $p)/exe; done",
      );
      expect(stdout.trim().split("\n")).toEqual(["/usr/local/bin/kubelet", "/usr/local/bin/containerd"]);
    }
    const listed = await sandbox("kubectl", "us-west", "get", "nodes", "--no-headers");
    expect(listed.output.match(/ Ready /g)).toHaveLength(2);
  });

  it("goes without a trace", () => leavesNothing("destroy"));
});
