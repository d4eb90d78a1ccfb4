import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as route53 from "@aws-sdk/client-route-53";
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
const RECORD = "aws:route53/record:Record";

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
    const group = await account.create(SECURITY_GROUP, { vpcId: made.vpc.id, name: "inline", ingress: [web, own], egress: [own] });
    expect((await group.diff()).changes).toBe("DIFF_NONE");
    expect((await group.refresh()).inputs).toEqual([]);
    await group.update({ ingress: [{ ...web, toPort: 81 }] });
    expect(group.outputs.ingress).toEqual([{ ...web, toPort: 81 }]);
    expect((await group.diff()).changes).toBe("DIFF_NONE");
    await group.delete();
  });
});

describe("launch template", () => {
  test("a change makes a version, which the preview does not know yet; the default stays (update_default_version)", async () => {
    const { template } = made;
    const first = template.outputs.latestVersion;
    expect(await template.preview({ instanceType: "t3.large" })).toMatchObject({ latestVersion: UNKNOWN, defaultVersion: 1 });
    await template.update({ instanceType: "t3.large" });
    expect(template.outputs).toMatchObject({ latestVersion: first + 1, defaultVersion: 1 });
    await template.update({ instanceType: "t3.medium", updateDefaultVersion: true });
    expect(template.outputs).toMatchObject({ latestVersion: first + 2, defaultVersion: first + 2 });
  });
});

describe("auto-scaling group", () => {
  const members = async () => {
    const found = await account.aws.asg.send(new asg.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [made.scaling.id] }));
    return found.AutoScalingGroups![0].Instances!.filter((one) => one.LifecycleState === "InService").length;
  };

  test("create and change of size wait for the capacity (wait_for_capacity_timeout)", async () => {
    expect(await members()).toBe(2);
    await made.scaling.update({ desiredCapacity: 3 });
    expect(await members()).toBe(3);
    await made.scaling.update({ desiredCapacity: 1 });
    expect(await members()).toBe(1);
  });

  test("another template version starts a refresh, another size does not (instance_refresh)", async () => {
    const refreshes = async () =>
      (await account.aws.asg.send(new asg.DescribeInstanceRefreshesCommand({ AutoScalingGroupName: made.scaling.id }))).InstanceRefreshes!.length;
    expect(await refreshes()).toBe(0);
    await made.template.update({ description: "another" });
    const version = String(made.template.outputs.latestVersion);
    await made.scaling.update({ launchTemplate: { ...made.scaling.inputs.launchTemplate, version } });
    expect(await refreshes()).toBe(1);
    expect((await made.scaling.diff()).changes).toBe("DIFF_NONE");
  });

  test("what cannot be filled is an error that names the count; the group stays in the state to be deleted", async () => {
    const token = "aws:autoscaling/group:Group";
    const inputs = { minSize: 1, maxSize: 1, launchTemplate: { id: made.template.id }, vpcZoneIdentifiers: [made.subnet.id], name: "empty" };
    const checked = await account.provider.check(token, { ...inputs, waitForCapacityTimeout: "1s", suspendedProcesses: ["Launch"] });
    const error = await account.provider.create(token, checked.inputs).then(
      () => undefined,
      (reason) => reason,
    );
    if (!error) return account.provider.delete(token, "empty", checked.inputs); // the emulator launches all the same
    const failure = initFailureOf(error)!;
    expect(failure.getId()).toBe("empty");
    expect(failure.getReasonsList().join()).toMatch(/1 instances of auto-scaling group empty/);
    await account.provider.delete(token, "empty", checked.inputs);
  });
});

describe("instance", () => {
  test("new user data restarts the same instance, its public address unknown meanwhile (user_data)", async () => {
    const { ami, instanceType } = made.instance.inputs;
    const token = "aws:ec2/instance:Instance";
    const node = await account.create(token, { ami, instanceType, subnetId: made.subnet.id, userData: "#!/bin/sh\ntrue\n" });
    const change = { userData: "#!/bin/sh\nfalse\n" };
    expect((await node.diff(change)).replaces).toEqual([]);
    expect(await node.preview(change)).toMatchObject({ publicIp: UNKNOWN, publicDns: UNKNOWN, privateIp: node.outputs.privateIp });
    await node.update(change);
    const data = await account.aws.ec2.send(new ec2.DescribeInstanceAttributeCommand({ InstanceId: node.id, Attribute: "userData" }));
    expect(Buffer.from(data.UserData!.Value!, "base64").toString()).toBe(change.userData);
    expect(node.outputs).toMatchObject({ ...change, instanceState: "running" });
    await node.update({ instanceType: "t3.large" });
    expect(node.outputs).toMatchObject({ instanceType: "t3.large", instanceState: "running" });
    await node.delete();
  });

  test("on a pre-made interface it has that interface's address, groups and check (primary_network_interface)", async () => {
    const { ami, instanceType } = made.instance.inputs;
    const eni = await account.create("aws:ec2/networkInterface:NetworkInterface", { subnetId: made.subnet.id, privateIps: ["10.7.0.30"], sourceDestCheck: false });
    const inputs = { ami, instanceType, primaryNetworkInterface: { networkInterfaceId: eni.id } };
    const node = await account.create("aws:ec2/instance:Instance", inputs);
    expect(node.outputs).toMatchObject({ privateIp: "10.7.0.30", primaryNetworkInterfaceId: eni.id, sourceDestCheck: false });
    expect((await node.diff()).changes).toBe("DIFF_NONE");
    expect((await node.refresh()).inputs).toEqual([]);
    await node.delete();
    const again = await account.create("aws:ec2/instance:Instance", inputs);
    expect(again.outputs).toMatchObject({ privateIp: "10.7.0.30", primaryNetworkInterfaceId: eni.id });
    await again.delete();
    await eni.delete();
  });

  test("one terminated by someone else is gone on a refresh", async () => {
    const { ami, instanceType } = made.instance.inputs;
    const node = await account.create("aws:ec2/instance:Instance", { ami, instanceType, subnetId: made.subnet.id });
    await account.aws.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [node.id] }));
    expect((await node.refresh()).there).toBe(false);
    await node.delete();
  });
});

describe("record", () => {
  const inputs = () => ({ zoneId: made.zone.id, name: "twice", type: "A", ttl: 60, records: ["192.0.2.1"] });

  test("a record of someone else is refused, unless allowOverwrite (allow_overwrite)", async () => {
    const first = await account.create(RECORD, inputs());
    await expect(account.create(RECORD, { ...inputs(), records: ["192.0.2.2"] })).rejects.toThrow(/InvalidChangeBatch.*already exists/s);
    const second = await account.create(RECORD, { ...inputs(), records: ["192.0.2.2"], allowOverwrite: true });
    expect((await first.refresh()).inputs).toEqual(["records"]);
    expect(first.inputs.records).toEqual(["192.0.2.2"]);
    await second.delete();
    await first.delete(); // gone already
  });

  test("another set identifier takes the old record along", async () => {
    const weighted = (setIdentifier: string) => ({ setIdentifier, weightedRoutingPolicies: [{ weight: 1 }] });
    const record = await account.create(RECORD, { ...inputs(), name: "moved", ...weighted("one") });
    await record.update(weighted("two"));
    const sets = await account.aws.route53.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: made.zone.id }));
    const moved = sets.ResourceRecordSets!.filter((set) => set.Name === "moved.fed.example.com.");
    expect(moved.map((set) => set.SetIdentifier)).toEqual(["two"]);
    expect((await record.refresh()).inputs).toEqual([]);
    await record.delete();
  });

  test("TXT values are quoted on the wire alone, names may be short or full", async () => {
    const sets = await account.aws.route53.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: made.zone.id }));
    const text = sets.ResourceRecordSets!.find((set) => set.Type === "TXT")!;
    expect(text).toMatchObject({ Name: "owner.fed.example.com.", ResourceRecords: [{ Value: '"heritage=federation"' }] });
    expect(made.text.outputs).toMatchObject({ fqdn: "owner.fed.example.com", records: ["heritage=federation"] });
    expect(made.record.outputs.fqdn).toBe("nginx.fed.example.com");
    expect(made.alias.outputs.fqdn).toBe("fed.example.com");
  });

  test("a zone with foreign records goes only with forceDestroy (force_destroy)", async () => {
    const zone = await account.create("aws:route53/zone:Zone", { name: "other.example.com" });
    await account.create(RECORD, { ...inputs(), zoneId: zone.id, name: "left" });
    await expect(zone.delete()).rejects.toThrow("HostedZoneNotEmpty");
    await zone.update({ forceDestroy: true });
    await zone.delete();
    expect((await zone.refresh()).there).toBe(false);
  });
});

describe("parameter", () => {
  test("its value is secret, a change by someone else shows as drift", async () => {
    const { parameter } = made;
    const checked = await account.provider.check(parameter.token, { ...parameter.inputs, name: "/federation/test/second" });
    const second = await account.provider.create(parameter.token, checked.inputs);
    expect(second.secrets).toContain("value");
    await account.aws.ssm.send(new ssm.PutParameterCommand({ Name: parameter.id, Value: "another", Type: "SecureString", Overwrite: true }));
    expect((await parameter.refresh()).inputs).toEqual(["value"]);
    expect(parameter.outputs).toMatchObject({ value: "another", version: 2 });
    expect(await parameter.preview({ value: "a third" })).toMatchObject({ version: UNKNOWN });
    await expect(account.create(parameter.token, parameter.inputs)).rejects.toThrow("ParameterAlreadyExists");
  });
});

describe("bucket", () => {
  test("one that holds objects goes only with forceDestroy, versions included (force_destroy)", async () => {
    const bucket = await account.create("aws:s3/bucket:Bucket", { bucket: "federation-full" });
    await account.aws.s3.send(new s3.PutObjectCommand({ Bucket: bucket.id, Key: "etcd/1", Body: "snapshot" }));
    await expect(bucket.delete(1)).rejects.toThrow("BucketNotEmpty");
    await bucket.update({ forceDestroy: true });
    await bucket.delete();
    expect((await bucket.refresh()).there).toBe(false);
  });
});

describe("region", () => {
  test("each resource stands in the region it names, else in the provider's", async () => {
    const there = await account.create("aws:ec2/vpc:Vpc", { cidrBlock: "10.8.0.0/16", region: "ap-northeast-1" });
    expect(there.outputs).toMatchObject({ region: "ap-northeast-1", arn: expect.stringContaining(":ap-northeast-1:") });
    expect(made.vpc.outputs.region).toBe("us-west-2");
    const found = await account.emulator.clients("ap-northeast-1").ec2.send(new ec2.DescribeVpcsCommand({ VpcIds: [there.id] }));
    expect(found.Vpcs).toHaveLength(1);
    expect(await there.imported()).toMatchObject({ id: "" });
    expect(await there.imported(`${there.id}@ap-northeast-1`)).toMatchObject({ id: there.id, inputs: { region: "ap-northeast-1" } });
    await there.delete();
  });
});

test("the identity and look-ups of the account", async () => {
  const { functions } = await import("../../../../sandbox/providers/aws/functions");
  const ctx = { signal: new AbortController().signal } as never;
  const call = (name: string, args = {}) => functions[name](args, ctx);
  expect(await call("aws:index/getAvailabilityZones:getAvailabilityZones", { region: "us-east-2", state: "available" })).toMatchObject({
    names: ["us-east-2a", "us-east-2b", "us-east-2c"],
  });
  expect(await call("aws:index/getCallerIdentity:getCallerIdentity")).toMatchObject({ accountId: "123456789012" });
  expect(await call("aws:index/getRegion:getRegion")).toMatchObject({ name: "us-west-2", endpoint: "ec2.us-west-2.amazonaws.com" });
  expect(await call("aws:index/getPartition:getPartition")).toMatchObject({ partition: "aws", dnsSuffix: "amazonaws.com" });
  const name = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";
  const image = await call("aws:ssm/getParameter:getParameter", { name });
  expect(await call("aws:ec2/getAmi:getAmi", { owners: ["099720109477"], mostRecent: true })).toMatchObject({ id: image.value });
  const offered = await call("aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", {
    locationType: "availability-zone",
    filters: [{ name: "instance-type", values: ["t3.medium"] }],
  });
  expect(offered.locations).toContain("us-west-2a");
  expect(await call("aws:ec2/getInstanceType:getInstanceType", { instanceType: "t3.medium" })).toMatchObject({ defaultVcpus: 2, memorySize: 4096 });
  expect(await call("aws:route53/getZone:getZone", { name: "fed.example.com" })).toMatchObject({ zoneId: made.zone.id });
  await expect(call("aws:route53/getZone:getZone", { name: "none.example.com" })).rejects.toThrow("0 hosted zones");
  expect(await call("aws:lb/getHostedZoneId:getHostedZoneId", { loadBalancerType: "network" })).toMatchObject({ id: made.balancer.outputs.zoneId });
  expect(await call("aws:ec2/getVpc:getVpc", { id: made.vpc.id })).toMatchObject({ cidrBlock: "10.7.0.0/16" });
  expect(await call("aws:ec2/getSubnets:getSubnets", { filters: [{ name: "vpc-id", values: [made.vpc.id] }] })).toMatchObject({ ids: [made.subnet.id] });
});
