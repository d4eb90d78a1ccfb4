import { Rig, useMocks } from "../mocks";

/** Two members' ends joined, the second one's nodes private. */
async function joined(second = "us-east-2"): Promise<Rig> {
  const rig = await useMocks();
  const pulumi = await import("@pulumi/pulumi");
  const aws = await import("@pulumi/aws");
  const { Peering } = await import("../../regions/peering");
  const { namesOf } = await import("../../regions/names");
  const end = (member: string, region: string, slot: number, labels: ("nodes" | "public")[]) => ({
    names: namesOf(member, region),
    vpc: `10.${slot}.0.0/16`,
    pods: `10.${slot + 64}.0.0/16`,
    vpcId: pulumi.output(`vpc-${member}`),
    routeTables: labels.map((label) => ({ label, id: pulumi.output(`rtb-${member}-${label}`) })),
    nodesGroup: pulumi.output(`sg-${member}`),
  });
  new Peering(
    "pair",
    {
      requester: end("us-west", "us-west-2", 3, ["nodes"]),
      accepter: end("us-east", second, 1, ["nodes", "public"]),
    },
    { providers: [new aws.Provider("aws")] },
  );
  await rig.settle();
  return rig;
}

describe("a peering", () => {
  let rig: Rig;
  beforeAll(async () => void (rig = await joined()), 60_000);
  const inputsOf = (name: string) => rig.named(`pair-${name}`).inputs;

  it("D6: is asked for in one region and accepted in the other", () => {
    expect(inputsOf("connection")).toMatchObject({
      region: "us-west-2",
      vpcId: "vpc-us-west",
      peerVpcId: "vpc-us-east",
      peerRegion: "us-east-2",
    });
    expect(inputsOf("accepter")).toMatchObject({
      region: "us-east-2",
      vpcPeeringConnectionId: "VpcPeeringConnection/pair-connection",
      autoAccept: true,
    });
  });

  it("D6: leads from every route table of either network to the other's range, and to no pods", () => {
    const routes = rig.ofType("aws:ec2/route:Route").map(({ inputs }) => inputs);
    const told = routes.map(({ region, routeTableId, destinationCidrBlock }) =>
      [region, routeTableId, destinationCidrBlock].join(" "),
    );
    expect(told.sort()).toEqual([
      "us-east-2 rtb-us-east-nodes 10.3.0.0/16",
      "us-east-2 rtb-us-east-public 10.3.0.0/16",
      "us-west-2 rtb-us-west-nodes 10.1.0.0/16",
    ]);
  });

  it("D6: lets each side's nodes hear the other's, by ranges: a group of another region cannot be named", () => {
    const rules = rig
      .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .map(({ inputs }) => inputs);
    const told = rules.map(({ region, securityGroupId, ipProtocol, cidrIpv4 }) =>
      [region, securityGroupId, ipProtocol, cidrIpv4].join(" "),
    );
    expect(told.sort()).toEqual([
      "us-east-2 sg-us-east -1 10.67.0.0/16",
      "us-east-2 sg-us-east icmp 10.3.0.0/16",
      "us-east-2 sg-us-east udp 10.3.0.0/16",
      "us-west-2 sg-us-west -1 10.65.0.0/16",
      "us-west-2 sg-us-west icmp 10.1.0.0/16",
      "us-west-2 sg-us-west udp 10.1.0.0/16",
    ]);
    for (const { description } of rules) expect(description.length).toBeGreaterThan(5);
  });

  it("D6: has each side's public names resolved to private addresses, each side's option in its region", () => {
    const on = { allowRemoteVpcDnsResolution: true };
    expect(inputsOf("requester-options")).toMatchObject({ region: "us-west-2", requester: on });
    expect(inputsOf("accepter-options")).toMatchObject({ region: "us-east-2", accepter: on });
  });

  it("D6: sends nothing and says nothing before it is accepted; goes when nothing leads to it", () => {
    const accepter = rig.named("pair-accepter").urn;
    const later = [
      ...rig.ofType("aws:ec2/route:Route"),
      ...rig.ofType("aws:ec2/peeringConnectionOptions:PeeringConnectionOptions"),
    ];
    expect(later).toHaveLength(5);
    for (const { urn, name } of later) expect([name, rig.needs(urn).has(accepter)]).toEqual([name, true]);
  });

  it("is tagged alike on both sides, so that two members of one region do not undo each other's tags", () => {
    expect(inputsOf("accepter").tags).toEqual(inputsOf("connection").tags);
    expect(inputsOf("connection").tags).toMatchObject({ "federation/stack": "federation/test" });
  });

  it("joins two members of one region by the same resources", async () => {
    const near = await joined("us-west-2");
    expect(near.named("pair-connection").inputs.peerRegion).toBe("us-west-2");
    expect(near.resources.length).toBe(rig.resources.length);
  }, 60_000);
});
