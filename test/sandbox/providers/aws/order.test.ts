import * as ec2 from "@aws-sdk/client-ec2";
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

// AWS's answer reaches the user by its code, after the time that `customTimeouts` gives.
const refused: [string, string, string][] = [
  ["vpc", "with subnets", "DependencyViolation"],
  ["subnet", "with interfaces", "DependencyViolation"],
  ["gateway", "while public addresses are mapped", "DependencyViolation"],
  ["natEip", "of a NAT gateway", "AuthFailure"],
  ["group", "of interfaces", "DependencyViolation"],
  ["volume", "attached to an instance", "VolumeInUse"],
  ["role", "with policies", "DeleteConflict"],
  ["targets", "of a listener", "ResourceInUse"],
  ["zone", "with records", "HostedZoneNotEmpty"],
];

test.each(refused)("%s %s is refused: %s", async (name, _why, code) => {
  await expect(made[name].delete(1)).rejects.toThrow(code);
  expect((await made[name].refresh()).there).toBe(true);
});

test("a security group in use goes as soon as its user does (aws_security_group: delete waits for dependants)", async () => {
  const { vpc, subnet } = made;
  const group = await account.create("aws:ec2/securityGroup:SecurityGroup", { vpcId: vpc.id, name: "used" });
  const eni = await account.create("aws:ec2/networkInterface:NetworkInterface", {
    subnetId: subnet.id,
    securityGroups: [group.id],
  });
  const going = group.delete(20);
  await new Promise((done) => setTimeout(done, 700));
  await eni.delete();
  await going;
  expect((await group.refresh()).there).toBe(false);
});

test("revokeRulesOnDelete takes other groups' rules about the group along", async () => {
  const { vpc } = made;
  const group = await account.create("aws:ec2/securityGroup:SecurityGroup", {
    vpcId: vpc.id,
    name: "named",
    revokeRulesOnDelete: true,
  });
  const other = await account.create("aws:ec2/securityGroup:SecurityGroup", { vpcId: vpc.id, name: "other" });
  await account.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
    securityGroupId: other.id,
    ipProtocol: "tcp",
    fromPort: 1,
    toPort: 1,
    referencedSecurityGroupId: group.id,
  });
  await group.delete(2);
  expect((await group.refresh()).there).toBe(false);
  await other.refresh();
  await other.delete();
});

test("a volume is detached from a running instance after a stop, and outlives its instance", async () => {
  const { volumeAttachment, instance, volume } = made;
  await volumeAttachment.delete();
  const found = await account.aws.ec2.send(new ec2.DescribeInstancesCommand({ InstanceIds: [instance.id] }));
  expect(found.Reservations![0].Instances![0].State!.Name).toBe("stopped");
  await made.target.delete();
  await instance.delete();
  expect((await volume.refresh()).there).toBe(true);
  expect((await made.eni.refresh()).there).toBe(true);
  await volumeAttachment.delete(); // the instance is gone: nothing to detach
});
