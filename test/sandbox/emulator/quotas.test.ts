import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import type { Count } from "../../../regions/needs";
import { quotas } from "../../../regions/needs";
import { MemberOf, usageOf } from "../../../regions/usage";
import { OPERATOR } from "./emulator";
import { refused, Stage } from "./stage";

jest.setTimeout(60_000);

let stage: Stage;
beforeAll(async () => void (stage = await Stage.open()));
afterAll(() => stage?.emulator.stop());

const limit = async (region: string, service: string, code: string) => {
  const ask = new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code });
  return (await stage.emulator.clients(region).quotas.send(ask)).Quota!.Value;
};

describe("quotas", () => {
  test("every one that the program asks for has a figure, AWS's default for what does not grow by itself", async () => {
    for (const { service, code } of Object.values(quotas))
      expect(await limit("us-west-2", service, code)).toEqual(expect.any(Number));
    expect([
      await limit("us-west-2", "ec2", "L-0263D0A3"),
      await limit("us-west-2", "vpc", "L-F678F1CE"),
      await limit("us-west-2", "elasticloadbalancing", "L-E9E9831D"),
    ]).toEqual([5, 5, 20]);
  });

  test("can be lowered for one region; a code that is none is refused", async () => {
    await stage.emulator.send("PUT", "/sandbox/quotas", { "us-east-2": { "L-0263D0A3": 1 } });
    expect([
      await limit("us-east-2", "ec2", "L-0263D0A3"),
      await limit("us-west-2", "ec2", "L-0263D0A3"),
    ]).toEqual([1, 5]);
    await expect(
      stage.emulator.send("PUT", "/sandbox/quotas", { "us-east-2": { "L-0": 1 } }),
    ).rejects.toThrow("no quota has the code L-0");
    expect(await refused(limit("us-west-2", "vpc", "L-0263D0A3") as Promise<unknown>)).toBe(
      "NoSuchResourceException",
    );
  });
});

describe("what is counted against them", () => {
  const memberOf: MemberOf = (tags) => tags?.find(({ Key }) => Key === "member")?.Value;
  const tagged = (ResourceType: ec2.ResourceType) => [
    { ResourceType, Tags: [{ Key: "member", Value: "us-west" }] },
  ];

  const difference = (after: readonly Count[], before: readonly Count[]) => {
    const left = [...after];
    for (const one of before)
      left.splice(
        left.findIndex((each) => JSON.stringify(each) === JSON.stringify(one)),
        1,
      );
    return left;
  };

  test("each thing once, a member's by its tags or its VPC, others' as nobody's", async () => {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: stage.emulator.url,
      AWS_ACCESS_KEY_ID: OPERATOR.accessKeyId,
      AWS_SECRET_ACCESS_KEY: OPERATOR.secretAccessKey,
    });
    const look = () => usageOf("us-west-2", ["t3.large"], memberOf);
    const before = await look();
    expect(before.vcpusOf["t3.large"]).toBe(2);

    const { c, net } = stage;
    const Tags = tagged("vpc")[0].Tags;
    await c.ec2.send(new ec2.CreateTagsCommand({ Resources: [net.vpc], Tags }));
    const address = await c.ec2.send(
      new ec2.AllocateAddressCommand({ Domain: "vpc", TagSpecifications: tagged("elastic-ip") }),
    );
    await c.ec2.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }));
    await c.ec2.send(
      new ec2.CreateNatGatewayCommand({ SubnetId: net.subnets[0], AllocationId: address.AllocationId }),
    );
    await stage.run({ InstanceType: "t3.xlarge", SubnetId: net.subnets[0] });
    const gone = await stage.run({ InstanceType: "t3.xlarge", SubnetId: net.subnets[0] });
    await c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [gone] }));
    await c.elbv2.send(
      new elbv2.CreateLoadBalancerCommand({ Name: "api", Type: "network", Subnets: [net.subnets[0]] }),
    );
    await c.elb.send(
      new elb.CreateLoadBalancerCommand({
        LoadBalancerName: "app",
        Subnets: [net.subnets[0]],
        Listeners: [{ Protocol: "TCP", LoadBalancerPort: 80, InstancePort: 30080 }],
      }),
    );

    const member = "us-west";
    const after = await look();
    const { Subnets } = await c.ec2.send(new ec2.DescribeSubnetsCommand({ SubnetIds: [net.subnets[0]] }));
    const zone = Subnets![0].AvailabilityZone;
    const untagged = before.there.filter(
      (_, i) => i !== before.there.findIndex(({ quota }) => quota === "vpcs"),
    );
    const sorted = (counts: readonly Count[]) => counts.map((each) => JSON.stringify(each)).sort();
    expect(sorted(difference(after.there, untagged))).toEqual(
      sorted(
        JSON.parse(
          JSON.stringify([
            { quota: "vpcs", count: 1, member },
            { quota: "addresses", count: 1, member },
            { quota: "addresses", count: 1 },
            { quota: "standard", count: 4, member },
            { quota: "natGateways", count: 1, zone, member },
            { quota: "networkBalancers", count: 1, member },
            { quota: "classicBalancers", count: 1, member },
          ]),
        ),
      ),
    );
  });
});
