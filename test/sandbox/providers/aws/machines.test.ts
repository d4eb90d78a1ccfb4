import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import { UNKNOWN } from "../../../../sandbox/providers/runtime";
import { decode } from "../../../../sandbox/providers/runtime/values";
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

describe("launch template", () => {
  test("a change makes a version, which the preview does not know yet; the default stays (update_default_version)", async () => {
    const { template } = made;
    const first = template.outputs.latestVersion;
    expect(await template.preview({ instanceType: "t3.large" })).toMatchObject({
      latestVersion: UNKNOWN,
      defaultVersion: 1,
    });
    await template.update({ instanceType: "t3.large" });
    expect(template.outputs).toMatchObject({ latestVersion: first + 1, defaultVersion: 1 });
    await template.update({ instanceType: "t3.medium", updateDefaultVersion: true });
    expect(template.outputs).toMatchObject({ latestVersion: first + 2, defaultVersion: first + 2 });
  });
});

describe("auto-scaling group", () => {
  const members = async () => {
    const found = await account.aws.asg.send(
      new asg.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [made.scaling.id] }),
    );
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
      (
        await account.aws.asg.send(
          new asg.DescribeInstanceRefreshesCommand({ AutoScalingGroupName: made.scaling.id }),
        )
      ).InstanceRefreshes!.length;
    expect(await refreshes()).toBe(0);
    await made.template.update({ description: "another" });
    const version = String(made.template.outputs.latestVersion);
    await made.scaling.update({ launchTemplate: { ...made.scaling.inputs.launchTemplate, version } });
    expect(await refreshes()).toBe(1);
    expect((await made.scaling.diff()).changes).toBe("DIFF_NONE");
  });

  test("a launch that fails is the error; the group stays in the state, and the next update completes it", async () => {
    const token = "aws:autoscaling/group:Group";
    const { imageId, ...rest } = made.template.inputs;
    const broken = await account.create(made.template.token, {
      ...rest,
      name: "broken",
      imageId: "ami-00000000000000000",
    });
    const { inputs } = await account.provider.check(token, {
      name: "unlucky",
      minSize: 1,
      maxSize: 1,
      launchTemplate: { id: broken.id, version: "$Latest" },
      vpcZoneIdentifiers: [made.subnet.id],
      waitForCapacityTimeout: "3s",
    });
    const failure = await account.provider.create(token, inputs).then(
      () => undefined,
      (error) => initFailureOf(error),
    );
    expect(failure!.getId()).toBe("unlucky");
    expect(failure!.getReasonsList().join()).toMatch(/auto-scaling group unlucky.*ami-00000000000000000/s);

    await broken.update({ imageId });
    const kept = decode(failure!.getProperties()).props;
    const { outputs } = await account.provider.update(
      token,
      "unlucky",
      kept,
      { ...inputs, waitForCapacityTimeout: "1m" },
      false,
      inputs,
    );
    expect(outputs).toMatchObject({ arn: expect.stringContaining("unlucky"), desiredCapacity: 1 });
    await account.provider.delete(token, "unlucky", outputs, inputs);
    await broken.delete();
  });
});

describe("instance", () => {
  test("new user data restarts the same instance, its public address unknown meanwhile (user_data)", async () => {
    const { ami, instanceType } = made.instance.inputs;
    const token = "aws:ec2/instance:Instance";
    const node = await account.create(token, {
      ami,
      instanceType,
      subnetId: made.subnet.id,
      userData: "#!/bin/sh\ntrue\n",
    });
    const change = { userData: "#!/bin/sh\nfalse\n" };
    expect((await node.diff(change)).replaces).toEqual([]);
    expect(await node.preview(change)).toMatchObject({
      publicIp: UNKNOWN,
      publicDns: UNKNOWN,
      privateIp: node.outputs.privateIp,
    });
    await node.update(change);
    const data = await account.aws.ec2.send(
      new ec2.DescribeInstanceAttributeCommand({ InstanceId: node.id, Attribute: "userData" }),
    );
    expect(Buffer.from(data.UserData!.Value!, "base64").toString()).toBe(change.userData);
    expect(node.outputs).toMatchObject({ ...change, instanceState: "running" });
    await node.update({ instanceType: "t3.large" });
    expect(node.outputs).toMatchObject({ instanceType: "t3.large", instanceState: "running" });
    await node.delete();
  });

  test("on a pre-made interface it has that interface's address, groups and check (primary_network_interface)", async () => {
    const { ami, instanceType } = made.instance.inputs;
    const eni = await account.create("aws:ec2/networkInterface:NetworkInterface", {
      subnetId: made.subnet.id,
      privateIps: ["10.7.0.30"],
      sourceDestCheck: false,
    });
    const inputs = { ami, instanceType, primaryNetworkInterface: { networkInterfaceId: eni.id } };
    const node = await account.create("aws:ec2/instance:Instance", inputs);
    expect(node.outputs).toMatchObject({
      privateIp: "10.7.0.30",
      primaryNetworkInterfaceId: eni.id,
      sourceDestCheck: false,
    });
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
    const node = await account.create("aws:ec2/instance:Instance", {
      ami,
      instanceType,
      subnetId: made.subnet.id,
    });
    await account.aws.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [node.id] }));
    expect((await node.refresh()).there).toBe(false);
    await node.delete();
  });
});
