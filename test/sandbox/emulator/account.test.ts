import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as iam from "@aws-sdk/client-iam";
import * as route53 from "@aws-sdk/client-route-53";
import * as s3 from "@aws-sdk/client-s3";
import * as ssm from "@aws-sdk/client-ssm";
import { type Clients, type Emulator, startEmulator } from "./emulator";
import { network } from "./network";
import { UBUNTU } from "./nodes";
import { realistic } from "./realistic";
import { teardown } from "./teardown";

jest.setTimeout(60_000);

let emulator: Emulator;
let c: Clients;
const account = (): Promise<Record<string, object>> => emulator.get("/sandbox/account");

beforeAll(async () => {
  emulator = await startEmulator();
  c = emulator.clients("us-west-2");
});
afterAll(() => emulator?.stop());

/** Keys that are in the account now and were not before. */
async function added(before: Record<string, object>): Promise<string[]> {
  return Object.keys(await account()).filter((key) => !(key in before));
}

test("a new account is empty, in every region that one looks at", async () => {
  for (const region of ["us-west-2", "us-east-1", "ap-northeast-1"]) {
    const there = emulator.clients(region);
    expect((await there.ec2.send(new ec2.DescribeVpcsCommand({}))).Vpcs).toEqual([]);
    expect((await there.ec2.send(new ec2.DescribeSubnetsCommand({}))).Subnets).toEqual([]);
    expect((await there.ec2.send(new ec2.DescribeSecurityGroupsCommand({}))).SecurityGroups).toEqual([]);
    await there.ssm.send(new ssm.GetParameterCommand({ Name: UBUNTU }));
  }
  expect(await account()).toEqual({});
});

test("a whole member made and deleted leaves the account as it was, twice in a row (A14)", async () => {
  for (let round = 0; round < 2; round++) {
    const before = await account();
    const made = await realistic(c);
    expect((await added(before)).length).toBeGreaterThan(40);
    await teardown(c, made);
    expect(await account()).toEqual(before);
  }
});

describe("planted leftovers are found, of kinds that nobody listed too", () => {
  const plants: [string, RegExp, () => Promise<unknown>][] = [
    [
      "a volume",
      /ec2\/volumes/,
      () => c.ec2.send(new ec2.CreateVolumeCommand({ AvailabilityZone: "us-west-2a", Size: 1 })),
    ],
    [
      "a key pair",
      /ec2\/key_pairs\/left/,
      () => c.ec2.send(new ec2.CreateKeyPairCommand({ KeyName: "left" })),
    ],
    ["an Elastic IP", /ec2\/addresses/, () => c.ec2.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }))],
    ["a bucket", /s3\/buckets\/left$/, () => c.s3.send(new s3.CreateBucketCommand({ Bucket: "left" }))],
    [
      "an object",
      /s3\/objects\/left\/a/,
      () => c.s3.send(new s3.PutObjectCommand({ Bucket: "left", Key: "a/b", Body: "x" })),
    ],
    [
      "a parameter",
      /ssm\/_parameters\/left/,
      () => c.ssm.send(new ssm.PutParameterCommand({ Name: "/left", Value: "v", Type: "SecureString" })),
    ],
    ["a user", /iam\/users/, () => c.iam.send(new iam.CreateUserCommand({ UserName: "left" }))],
    [
      "a health check",
      /route53\/health_checks/,
      () =>
        c.route53.send(
          new route53.CreateHealthCheckCommand({
            CallerReference: "left",
            HealthCheckConfig: { Type: "TCP", IPAddress: "192.0.2.9", Port: 80 },
          }),
        ),
    ],
  ];
  test.each(plants)("%s", async (_, expected, plant) => {
    const before = await account();
    await plant();
    expect(await added(before)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  test("a TXT record in a zone, a rule in a group, a load balancer, an interface in a network that were there before", async () => {
    const net = await network(c, "us-west-2", "10.9");
    const zone = await c.route53.send(
      new route53.CreateHostedZoneCommand({ Name: "found.example", CallerReference: "found" }),
    );
    const before = await account();
    const record = {
      Name: "x.found.example",
      Type: "TXT" as const,
      TTL: 5,
      ResourceRecords: [{ Value: '"ours"' }],
    };
    await c.route53.send(
      new route53.ChangeResourceRecordSetsCommand({
        HostedZoneId: zone.HostedZone!.Id,
        ChangeBatch: { Changes: [{ Action: "CREATE", ResourceRecordSet: record }] },
      }),
    );
    await c.ec2.send(
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId: net.group,
        IpProtocol: "udp",
        FromPort: 1,
        ToPort: 2,
        CidrIp: "10.0.0.0/8",
      }),
    );
    await c.ec2.send(new ec2.CreateNetworkInterfaceCommand({ SubnetId: net.subnets[0] }));
    await c.elb.send(
      new elb.CreateLoadBalancerCommand({
        LoadBalancerName: "left",
        Subnets: net.subnets,
        SecurityGroups: [net.group],
        Listeners: [{ Protocol: "TCP", LoadBalancerPort: 80, InstancePort: 80 }],
      }),
    );
    const found = (await added(before)).join("\n");
    for (const kind of [
      /records\/.*x\.found\.example\.\/TXT/,
      /ingress_rules\/sg-/,
      /ec2\/enis\/eni-/,
      /elb\/load_balancers\/left/,
    ]) {
      expect(found).toMatch(kind);
    }
  });

  test("no secret is told", async () => {
    expect(JSON.stringify(await account())).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY/);
  });
});
