import * as ec2 from "@aws-sdk/client-ec2";
import * as s3 from "@aws-sdk/client-s3";
import * as ssm from "@aws-sdk/client-ssm";
import { UNKNOWN } from "../../../../sandbox/providers/runtime";
import { initFailureOf } from "../runtime/harness";
import { Account, type Resource } from "./account";
import { oneOfEach } from "./fixture";

// Every call goes to a Python process that other tests may share two cores with.
jest.setTimeout(120_000);

let account: Account;
let made: Record<string, Resource>;
beforeAll(async () => {
  account = await Account.open();
  made = await oneOfEach(account);
});
afterAll(() => account?.close());

const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";

describe("security group", () => {
  test("lets nothing out by itself (aws_security_group, note on egress rules)", async () => {
    const group = await account.create(SECURITY_GROUP, { vpcId: made.vpc.id, name: "silent" });
    const found = await account.aws.ec2.send(new ec2.DescribeSecurityGroupsCommand({ GroupIds: [group.id] }));
    expect(found.SecurityGroups![0].IpPermissionsEgress).toEqual([]);
    expect(group.outputs).toMatchObject({ description: "Managed by Pulumi", egress: [], ingress: [] });
    await group.delete();
  });

  test("inline rules are made, changed and quiet on a second preview", async () => {
    const web = { protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["0.0.0.0/0"], description: "web" };
    const own = { protocol: "-1", fromPort: 0, toPort: 0, self: true };
    const group = await account.create(SECURITY_GROUP, {
      vpcId: made.vpc.id,
      name: "inline",
      ingress: [web, own],
      egress: [own],
    });
    expect((await group.diff()).changes).toBe("DIFF_NONE");
    expect((await group.refresh()).inputs).toEqual([]);
    await group.update({ ingress: [{ ...web, toPort: 81 }] });
    expect(group.outputs.ingress).toEqual([{ ...web, toPort: 81 }]);
    expect((await group.diff()).changes).toBe("DIFF_NONE");
    await group.delete();
  });
});

describe("parameter", () => {
  test("its value is secret, a change by someone else shows as drift", async () => {
    const { parameter } = made;
    const checked = await account.provider.check(parameter.token, {
      ...parameter.inputs,
      name: "/federation/test/second",
    });
    const second = await account.provider.create(parameter.token, checked.inputs);
    expect(second.secrets).toContain("value");
    await account.aws.ssm.send(
      new ssm.PutParameterCommand({
        Name: parameter.id,
        Value: "another",
        Type: "SecureString",
        Overwrite: true,
      }),
    );
    expect((await parameter.refresh()).inputs).toEqual(["value"]);
    expect(parameter.outputs).toMatchObject({ value: "another", version: 2 });
    expect(await parameter.preview({ value: "a third" })).toMatchObject({ version: UNKNOWN });
    await expect(account.create(parameter.token, parameter.inputs)).rejects.toThrow("ParameterAlreadyExists");
  });

  test("an open value is changed in place, and quiet on a second preview (insecure_value)", async () => {
    const open = await account.create("aws:ssm/parameter:Parameter", {
      name: "/federation/test/peers",
      type: "String",
      insecureValue: "none",
    });
    expect(await open.diff({ insecureValue: "10.65.0.0/16" })).toMatchObject({
      changes: "DIFF_SOME",
      replaces: [],
    });
    await open.update({ insecureValue: "10.65.0.0/16" });
    const found = await account.aws.ssm.send(new ssm.GetParameterCommand({ Name: open.id }));
    expect(found.Parameter).toMatchObject({ Type: "String", Value: "10.65.0.0/16" });
    expect((await open.diff()).changes).toBe("DIFF_NONE");
    expect(await open.refresh()).toEqual({ there: true, inputs: [], outputs: [] });
    await open.delete();
  });
});

describe("NAT gateway", () => {
  const NAT = "aws:ec2/natGateway:NatGateway";

  test("one that AWS fails after its call is an error with AWS's reason, and not forgotten", async () => {
    const inputs = { subnetId: made.subnet.id, allocationId: made.natEip.id, connectivityType: "public" };
    const failure = await account.create(NAT, inputs).then(() => undefined, initFailureOf);
    expect(failure?.getReasonsList()[0]).toMatch(
      /is failed: Resource.AlreadyAssociated: Elastic IP address \[eipalloc-/,
    );
    const failed = await account.aws.ec2.send(
      new ec2.DescribeNatGatewaysCommand({ Filter: [{ Name: "state", Values: ["failed"] }] }),
    );
    expect(failed.NatGateways!.map(({ NatGatewayId }) => NatGatewayId)).toEqual([failure?.getId()]);
  });

  test("deleted by someone else in the meantime, it goes without an error, and its Elastic IP after it", async () => {
    const eip = await account.create("aws:ec2/eip:Eip", { domain: "vpc" });
    const nat = await account.create(NAT, { subnetId: made.subnet.id, allocationId: eip.id });
    expect(nat.outputs).toMatchObject({ publicIp: eip.outputs.publicIp, vpcId: made.vpc.id });
    await account.aws.ec2.send(new ec2.DeleteNatGatewayCommand({ NatGatewayId: nat.id }));
    await nat.delete();
    expect((await nat.refresh()).there).toBe(false);
    await eip.delete();
  });

  test("its Elastic IP shows whose it is on a refresh, as another's association", async () => {
    expect((await made.natEip.refresh()).inputs).toEqual([]);
    expect(made.natEip.outputs).toMatchObject({
      associationId: made.nat.outputs.associationId,
      networkInterface: made.nat.outputs.networkInterfaceId,
      publicIp: made.nat.outputs.publicIp,
    });
    expect((await made.natEip.diff()).changes).toBe("DIFF_NONE");
  });
});

describe("VPC peering", () => {
  const PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection";

  test("one that AWS fails after its call is an error with AWS's reason (D6)", async () => {
    const near = await account.create("aws:ec2/vpc:Vpc", { cidrBlock: "10.7.128.0/17" });
    const inputs = { vpcId: made.vpc.id, peerVpcId: near.id };
    const failure = await account.create(PEERING, inputs).then(() => undefined, initFailureOf);
    expect(failure?.getReasonsList()[0]).toMatch(/is failed: .* overlapping CIDR range/);
    await near.delete();
  });

  test("an option that someone else switched off shows on a refresh, and is switched on again in place", async () => {
    const off = { AllowDnsResolutionFromRemoteVpc: false };
    await account.aws.ec2.send(
      new ec2.ModifyVpcPeeringConnectionOptionsCommand({
        VpcPeeringConnectionId: made.peering.id,
        RequesterPeeringConnectionOptions: off,
      }),
    );
    const { peeringOptions } = made;
    expect((await peeringOptions.refresh()).inputs).toEqual(["requester"]);
    const on = { requester: { allowRemoteVpcDnsResolution: true } };
    expect(await peeringOptions.diff(on)).toMatchObject({ changes: "DIFF_SOME", replaces: [] });
    await peeringOptions.update(on);
    expect(await peeringOptions.refresh()).toMatchObject({ there: true, inputs: [] });
  });

  test("parted by its other side in the meantime, it goes without an error", async () => {
    const peer = await account.create("aws:ec2/vpc:Vpc", { cidrBlock: "10.9.0.0/16" });
    const peering = await account.create(PEERING, { vpcId: made.vpc.id, peerVpcId: peer.id });
    const VpcPeeringConnectionId = peering.id;
    await account.aws.ec2.send(new ec2.DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
    expect((await peering.refresh()).there).toBe(false);
    await peering.delete();
    await peer.delete();
  });
});

describe("bucket", () => {
  test("one that holds objects goes only with forceDestroy, versions included (force_destroy)", async () => {
    const bucket = await account.create("aws:s3/bucket:Bucket", { bucket: "federation-full" });
    await account.aws.s3.send(
      new s3.PutObjectCommand({ Bucket: bucket.id, Key: "etcd/1", Body: "snapshot" }),
    );
    await expect(bucket.delete(1)).rejects.toThrow("BucketNotEmpty");
    // An object deleted in a versioned bucket is still there, below a marker.
    const versioned = { Bucket: bucket.id, VersioningConfiguration: { Status: "Enabled" as const } };
    await account.aws.s3.send(new s3.PutBucketVersioningCommand(versioned));
    for (const Body of ["newer", "newest"])
      await account.aws.s3.send(new s3.PutObjectCommand({ Bucket: bucket.id, Key: "etcd/1", Body }));
    await account.aws.s3.send(new s3.DeleteObjectCommand({ Bucket: bucket.id, Key: "etcd/1" }));
    await expect(bucket.delete(1)).rejects.toThrow("BucketNotEmpty");
    await bucket.update({ forceDestroy: true });
    await bucket.delete();
    expect((await bucket.refresh()).there).toBe(false);
  });
});

describe("region", () => {
  test("each resource stands in the region it names, else in the provider's", async () => {
    const there = await account.create("aws:ec2/vpc:Vpc", {
      cidrBlock: "10.8.0.0/16",
      region: "ap-northeast-1",
    });
    expect(there.outputs).toMatchObject({
      region: "ap-northeast-1",
      arn: expect.stringContaining(":ap-northeast-1:"),
    });
    expect(made.vpc.outputs.region).toBe("us-west-2");
    const found = await account.emulator
      .clients("ap-northeast-1")
      .ec2.send(new ec2.DescribeVpcsCommand({ VpcIds: [there.id] }));
    expect(found.Vpcs).toHaveLength(1);
    expect(await there.imported()).toMatchObject({ id: "" });
    expect(await there.imported(`${there.id}@ap-northeast-1`)).toMatchObject({
      id: there.id,
      inputs: { region: "ap-northeast-1" },
    });
    await there.delete();
  });
});

test("the identity and look-ups of the account", async () => {
  const { functions } = await import("../../../../sandbox/providers/aws/functions");
  const ctx = { signal: new AbortController().signal } as never;
  const call = (name: string, args = {}) => functions[name](args, ctx);
  expect(
    await call("aws:index/getAvailabilityZones:getAvailabilityZones", {
      region: "us-east-2",
      state: "available",
    }),
  ).toMatchObject({
    names: ["us-east-2a", "us-east-2b", "us-east-2c"],
  });
  expect(await call("aws:index/getCallerIdentity:getCallerIdentity")).toMatchObject({
    accountId: "123456789012",
  });
  expect(await call("aws:index/getRegion:getRegion")).toMatchObject({
    name: "us-west-2",
    endpoint: "ec2.us-west-2.amazonaws.com",
  });
  expect(await call("aws:index/getPartition:getPartition")).toMatchObject({
    partition: "aws",
    dnsSuffix: "amazonaws.com",
  });
  const name = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";
  const image = await call("aws:ssm/getParameter:getParameter", { name });
  expect(await call("aws:ec2/getAmi:getAmi", { owners: ["099720109477"], mostRecent: true })).toMatchObject({
    id: image.value,
  });
  const offered = await call("aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", {
    locationType: "availability-zone",
    filters: [{ name: "instance-type", values: ["t3.medium"] }],
  });
  expect(offered.locations).toContain("us-west-2a");
  expect(await call("aws:ec2/getInstanceType:getInstanceType", { instanceType: "t3.medium" })).toMatchObject({
    defaultVcpus: 2,
    memorySize: 4096,
  });
  expect(
    await call("aws:servicequotas/getServiceQuota:getServiceQuota", {
      serviceCode: "ec2",
      quotaCode: "L-0263D0A3",
    }),
  ).toMatchObject({ quotaName: "EC2-VPC Elastic IPs", value: 5, adjustable: true });
  expect(await call("aws:route53/getZone:getZone", { name: "fed.example.com" })).toMatchObject({
    zoneId: made.zone.id,
  });
  await expect(call("aws:route53/getZone:getZone", { name: "none.example.com" })).rejects.toThrow(
    "0 hosted zones",
  );
  expect(await call("aws:lb/getHostedZoneId:getHostedZoneId", { loadBalancerType: "network" })).toMatchObject(
    { id: made.balancer.outputs.zoneId },
  );
  expect(await call("aws:ec2/getVpc:getVpc", { id: made.vpc.id })).toMatchObject({
    cidrBlock: "10.7.0.0/16",
  });
  expect(
    await call("aws:ec2/getSubnets:getSubnets", { filters: [{ name: "vpc-id", values: [made.vpc.id] }] }),
  ).toMatchObject({ ids: [made.subnet.id] });
});
