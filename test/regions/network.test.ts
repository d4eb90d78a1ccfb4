import type * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "../../config";
import { Recorded, Rig, useMocks } from "../mocks";

jest.mock("../../regions/ready");
jest.mock("../../regions/poll", () => ({ until: async () => undefined }));

const zones = ["us-west-2a", "us-west-2b"];
const clusterTag = "kubernetes.io/cluster/federation-test-us-west";

async function build(change: object) {
  const rig = await useMocks();
  const aws = await import("@pulumi/aws");
  const tls = await import("@pulumi/tls");
  const command = await import("@pulumi/command");
  const { createHost } = await import("../../regions/member");
  const config = parseConfig({
    domain: "k8s.example.com",
    host: "us-west",
    apiAccess: ["203.0.113.0/24"],
    members: { "us-west": { region: "us-west-2", ...change } },
  });
  const providers = [new aws.Provider("aws"), new tls.Provider("tls"), new command.Provider("command")];
  const member = createHost(config, { zones: { "us-west": zones }, peers: {} }, { providers })!;
  await rig.settle();
  return { rig, member };
}

const value = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

const inNetwork = ({ name, custom }: Recorded): boolean => custom && name.startsWith("us-west-network-");

/** What a resource is known by in the state, and its inputs without the tags that all have. */
const told = ({ urn, inputs: { region, tags, ...inputs } }: Recorded) => {
  const { Name, "federation/stack": stack, "federation/member": member, ...own } = tags ?? {};
  return [urn.split("::").slice(2).join("::").replace("federation:regions:Network$", ""), inputs, own];
};

describe("a network of public nodes", () => {
  let rig: Rig;
  beforeAll(async () => ({ rig } = await build({})), 60_000);

  // A stack that is up has exactly these: another name, place, input or tag would change or replace what runs.
  it("is made of these, under these names", () => {
    const owned = { [clusterTag]: "owned" };
    const subnet = (letter: string, cidrBlock: string) => [
      `aws:ec2/subnet:Subnet::us-west-network-public-${letter}`,
      {
        vpcId: "Vpc/us-west-network-vpc",
        availabilityZone: `us-west-2${letter}`,
        cidrBlock,
        mapPublicIpOnLaunch: true,
      },
      { ...owned, "kubernetes.io/role/elb": "1" },
    ];
    const association = (letter: string) => [
      `aws:ec2/routeTableAssociation:RouteTableAssociation::us-west-network-public-${letter}-routes`,
      {
        subnetId: `Subnet/us-west-network-public-${letter}`,
        routeTableId: "RouteTable/us-west-network-routes",
      },
      {},
    ];
    const found = rig.resources.filter(inNetwork).map(told);
    expect(found).toHaveLength(9);
    expect(found).toEqual(
      expect.arrayContaining([
        [
          "aws:ec2/vpc:Vpc::us-west-network-vpc",
          { cidrBlock: "10.3.0.0/16", enableDnsSupport: true, enableDnsHostnames: true },
          owned,
        ],
        [
          "aws:ec2/internetGateway:InternetGateway::us-west-network-gateway",
          { vpcId: "Vpc/us-west-network-vpc" },
          {},
        ],
        [
          "aws:ec2/routeTable:RouteTable::us-west-network-routes",
          { vpcId: "Vpc/us-west-network-vpc" },
          owned,
        ],
        [
          "aws:ec2/route:Route::us-west-network-route-internet",
          {
            routeTableId: "RouteTable/us-west-network-routes",
            destinationCidrBlock: "0.0.0.0/0",
            gatewayId: "InternetGateway/us-west-network-gateway",
          },
          {},
        ],
        subnet("a", "10.3.0.0/20"),
        subnet("b", "10.3.16.0/20"),
        association("a"),
        association("b"),
        ["aws:ec2/eip:Eip::us-west-network-address-0", { domain: "vpc" }, {}],
      ]),
    );
  });

  it("gives the slot its Elastic IP", () => {
    expect(rig.named("us-west-slots-0-address").inputs).toMatchObject({
      allocationId: "eipalloc-uswestnetworkaddress0",
      networkInterfaceId: "NetworkInterface/us-west-slots-0-interface",
    });
  });
});

describe("a network of private nodes", () => {
  let rig: Rig;
  let member: import("../../regions/member").Host;
  const subnetsOf = (letters: string, kind: string) =>
    [...letters].map((letter) => `Subnet/us-west-network-${kind}-${letter}`);

  beforeAll(async () => {
    const change = { network: { nat: "one" }, controlPlane: { nodes: 3 } };
    ({ rig, member } = await build(change));
  }, 60_000);

  it("has one NAT gateway, one Elastic IP, one route table more, and a private subnet in each zone", () => {
    const counts: Record<string, number> = {};
    for (const { type } of rig.resources.filter(inNetwork)) counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toEqual({
      "aws:ec2/eip:Eip": 1,
      "aws:ec2/internetGateway:InternetGateway": 1,
      "aws:ec2/natGateway:NatGateway": 1,
      "aws:ec2/route:Route": 2,
      "aws:ec2/routeTable:RouteTable": 2,
      "aws:ec2/routeTableAssociation:RouteTableAssociation": 4,
      "aws:ec2/subnet:Subnet": 4,
      "aws:ec2/vpc:Vpc": 1,
      "aws:ec2/vpcEndpoint:VpcEndpoint": 1,
    });
    expect(rig.ofType("aws:ec2/eip:Eip")).toHaveLength(1);
    expect(rig.ofType("aws:ec2/eipAssociation:EipAssociation")).toEqual([]);
  });

  it("leaves the public subnets where they are", () => {
    const cidrs = rig.ofType("aws:ec2/subnet:Subnet").map(({ name, inputs }) => [name, inputs.cidrBlock]);
    expect(Object.fromEntries(cidrs)).toEqual({
      "us-west-network-public-a": "10.3.0.0/20",
      "us-west-network-public-b": "10.3.16.0/20",
      "us-west-network-private-a": "10.3.128.0/20",
      "us-west-network-private-b": "10.3.144.0/20",
    });
  });

  it("gives no machine a public address", () => {
    for (const letter of "ab") {
      const { inputs } = rig.named(`us-west-network-private-${letter}`);
      expect(inputs.mapPublicIpOnLaunch ?? false).toBe(false);
    }
    const interfaces = rig.ofType("aws:ec2/networkInterface:NetworkInterface").map(({ inputs }) => inputs);
    expect(interfaces.map(({ subnetId, privateIps }) => [subnetId, ...privateIps])).toEqual([
      ["Subnet/us-west-network-private-a", "10.3.128.10"],
      ["Subnet/us-west-network-private-b", "10.3.144.10"],
      ["Subnet/us-west-network-private-a", "10.3.128.11"],
    ]);
    const [group] = rig.ofType("aws:autoscaling/group:Group");
    expect(group.inputs.vpcZoneIdentifiers).toEqual(subnetsOf("ab", "private"));
  });

  it("has its load balancer in the public subnets, whose role is the internet's", () => {
    const [balancer] = rig.ofType("aws:lb/loadBalancer:LoadBalancer");
    expect(balancer.inputs.subnets).toEqual(subnetsOf("ab", "public"));
    const needed = rig.needs(balancer.urn);
    for (const name of ["us-west-network-route-internet", "us-west-network-public-b-routes"])
      expect([name, needed.has(rig.named(name).urn)]).toEqual([name, true]);
    const roles = rig.ofType("aws:ec2/subnet:Subnet").map(({ name, inputs }) => {
      const keys = Object.keys(inputs.tags).filter((key) => key.startsWith("kubernetes.io/role/"));
      return [name.split("-").at(-2), inputs.tags[clusterTag], ...keys];
    });
    expect([...new Set(roles.map((role) => role.join(" ")))].sort()).toEqual([
      "private owned kubernetes.io/role/internal-elb",
      "public owned kubernetes.io/role/elb",
    ]);
  });

  it("has the cluster's tag on the nodes' route table alone, which leads out by the NAT gateway and to S3 beside it", () => {
    const tables = rig.ofType("aws:ec2/routeTable:RouteTable");
    expect(tables.filter(({ inputs }) => inputs.tags[clusterTag]).map(({ name }) => name)).toEqual([
      "us-west-network-private-routes",
    ]);
    const routeTableId = "RouteTable/us-west-network-private-routes";
    expect(rig.named("us-west-network-private-route-internet").inputs).toEqual({
      region: "us-west-2",
      routeTableId,
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: "NatGateway/us-west-network-private-nat-a",
    });
    for (const letter of "ab")
      expect(rig.named(`us-west-network-private-${letter}-routes`).inputs).toMatchObject({
        routeTableId,
        subnetId: `Subnet/us-west-network-private-${letter}`,
      });
    expect(rig.named("us-west-network-private-s3").inputs).toMatchObject({
      vpcEndpointType: "Gateway",
      serviceName: "com.amazonaws.us-west-2.s3",
      routeTableIds: [routeTableId],
    });
  });

  it("stands its NAT gateway into the first zone's public subnet, when that has its way out", () => {
    const nat = rig.named("us-west-network-private-nat-a");
    expect(nat.inputs).toMatchObject({
      subnetId: "Subnet/us-west-network-public-a",
      allocationId: "eipalloc-uswestnetworkprivatenataaddress",
    });
    const needed = rig.needs(nat.urn);
    for (const name of ["us-west-network-route-internet", "us-west-network-public-a-routes"])
      expect([name, needed.has(rig.named(name).urn)]).toEqual([name, true]);
    expect(rig.needs(rig.named("us-west-network-private-nat-a-address").urn)).toContain(
      rig.named("us-west-network-gateway").urn,
    );
  });

  it("starts no node before its way out is there, and keeps that until no node is left", () => {
    const way = ["nat-a", "nat-a-address", "route-internet", "a-routes", "b-routes", "s3"];
    for (const node of ["us-west-control-plane-0", "us-west-workers"]) {
      const needed = rig.needs(
        rig.ofType(/workers/.test(node) ? "aws:autoscaling/group:Group" : "aws:ec2/instance:Instance")[0].urn,
      );
      for (const part of way)
        expect([node, part, needed.has(rig.named(`us-west-network-private-${part}`).urn)]).toEqual([
          node,
          part,
          true,
        ]);
    }
  });

  it("is seen outside with the NAT gateway's address, which its own API lets in as the federation's host", async () => {
    const { publicIp } = rig.named("us-west-network-private-nat-a-address").outputs;
    expect(await value(member.egress)).toEqual([`${publicIp}/32`]);
    expect(member.egressRanges).toHaveLength(1);
    const rules = rig.resources.filter(({ name }) => name.startsWith("us-west-security-api-from-host-"));
    expect(rules.map(({ inputs }) => inputs.cidrIpv4)).toEqual([`${publicIp}/32`]);
  });

  it("tags all that can be tagged, so that an audit finds it", () => {
    const tagged = rig.resources.filter(inNetwork).filter(({ type }) => !/:Route$|Association/.test(type));
    for (const { name, inputs } of tagged)
      expect([name, inputs.tags]).toEqual([
        name,
        expect.objectContaining({ "federation/stack": "federation/test", "federation/member": "us-west" }),
      ]);
  });
});
