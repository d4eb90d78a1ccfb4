import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import { engineOnAccount } from "../engine-on-account";
import { quiet } from "../engine-stack";

jest.setTimeout(300_000);

let stack: Stack;
/** What of the program the test changes between runs. */
const wanted = { type: "t3.medium", cidr: "10.5.0.0/16" };

/** A network, a group of rules and a machine: the real SDK, the real engine, our provider. */
async function program() {
  const provider = new aws.Provider("aws", { region: "us-east-1", defaultTags: { tags: { Stack: "test" } } });
  const opts = { provider };
  const region = "us-east-2";
  const vpc = new aws.ec2.Vpc("vpc", { region, cidrBlock: wanted.cidr, enableDnsHostnames: true }, opts);
  const gateway = new aws.ec2.InternetGateway("gateway", { region, vpcId: vpc.id }, opts);
  const table = new aws.ec2.RouteTable("table", { region, vpcId: vpc.id }, opts);
  new aws.ec2.Route(
    "out",
    { region, routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
    opts,
  );
  const cidrBlock = vpc.cidrBlock.apply((cidr) => cidr.replace("/16", "/24"));
  const subnet = new aws.ec2.Subnet(
    "subnet",
    { region, vpcId: vpc.id, cidrBlock, availabilityZone: "us-east-2a" },
    opts,
  );
  new aws.ec2.RouteTableAssociation(
    "association",
    { region, routeTableId: table.id, subnetId: subnet.id },
    opts,
  );
  const group = new aws.ec2.SecurityGroup("nodes", { region, vpcId: vpc.id }, opts);
  new aws.vpc.SecurityGroupEgressRule(
    "out",
    { region, securityGroupId: group.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" },
    opts,
  );
  const image = aws.ec2.getAmiOutput({ region, owners: ["099720109477"], mostRecent: true }, opts);
  const node = new aws.ec2.Instance(
    "node",
    {
      region,
      ami: image.id,
      instanceType: wanted.type,
      subnetId: subnet.id,
      vpcSecurityGroupIds: [group.id],
    },
    opts,
  );
  const parameter = new aws.ssm.Parameter(
    "key",
    { region, name: "/test/key", type: aws.ssm.ParameterType.SecureString, value: pulumi.secret("the key") },
    opts,
  );
  return { vpc: vpc.id, node: node.id, address: node.privateIp, key: parameter.value, tags: vpc.tagsAll };
}

const stage = engineOnAccount("test", program);
beforeAll(() => void (stack = stage.engine.stack));

test("A10: the real engine makes, keeps, changes, replaces and destroys through the provider", async () => {
  const before = await stage.account.emulator.get("/sandbox/account");
  const up = await stack.up(quiet);
  expect(up.summary.resourceChanges).toEqual({ create: 12 });
  expect(up.outputs.tags.value).toEqual({ Stack: "test" });
  expect(up.outputs.key).toEqual({ value: "the key", secret: true });
  // An export says secrets in the clear, each in a wrapper of its own; nowhere else may the value stand.
  expect(JSON.stringify(await stack.exportStack()).includes('"value":"the key"')).toBe(false);

  expect((await stack.preview(quiet)).changeSummary).toEqual({ same: 12 });
  const refreshed = await stack.refresh(quiet);
  expect(refreshed.summary.resourceChanges).toEqual({ same: 12 });

  wanted.type = "t3.large";
  expect((await stack.preview(quiet)).changeSummary).toEqual({ same: 11, update: 1 });
  const changed = await stack.up(quiet);
  expect(changed.outputs.node.value).toBe(up.outputs.node.value);

  wanted.cidr = "10.6.0.0/16";
  expect((await stack.preview(quiet)).changeSummary).toMatchObject({ replace: expect.any(Number) });
  const replaced = await stack.up(quiet);
  expect(replaced.outputs.vpc.value).not.toBe(up.outputs.vpc.value);
  expect(replaced.outputs.address.value).toMatch(/^10\.6\.0\./);
  expect((await stack.preview(quiet)).changeSummary).toEqual({ same: 12 });

  const destroyed = await stack.destroy(quiet);
  expect(destroyed.summary.resourceChanges).toEqual({ delete: 12 });
  expect(await stage.account.emulator.get("/sandbox/account")).toEqual(before);
});
