import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import { apiBalancer } from "./network";
import { workers } from "./nodes";
import { Stage } from "./stage";

jest.setTimeout(60_000);

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.emulator.stop());

describe("auto-scaling", () => {
  let group: string;
  const members = async () =>
    (await stage.region()).instances.filter(
      (one) => one.state === "running" && one.tags["aws:autoscaling:groupName"] === group,
    );

  test("launches at once, over the zones, with all that the template says", async () => {
    const made = await workers(stage.c, stage.net, stage.image, "node");
    group = made.name;
    const now = await members();
    expect(now.map((one) => one.zone).sort()).toEqual(["us-west-2a", "us-west-2b"]);
    for (const one of now) {
      expect(one).toMatchObject({ profile: "node", role: "node", type: "t3.medium", imageId: stage.image });
      expect(one.metadata).toEqual({ tokens: "required", hopLimit: 1, tags: false });
      expect(one.privateDns).toMatch(/^ip-10-0-\d+-\d+\.us-west-2\.compute\.internal$/);
      expect(one.publicDns).toMatch(/us-west-2\.compute\.amazonaws\.com$/);
      expect(one.tags).toMatchObject({ Name: "us-west-worker", "kubernetes.io/cluster/us-west": "owned" });
      expect(await stage.eni(one.interfaces[0])).toMatchObject({
        groups: [stage.net.group],
        publicIp: expect.stringMatching(/^54\.214\./),
      });
    }
    const roots = (await stage.region()).volumes.filter((one) =>
      now.some((node) => one.attachments[0]?.instance === node.id),
    );
    expect(roots.map((one) => one.size)).toEqual([20, 20]);
  });

  test("replaces a terminated instance before the call returns, and a stopped one", async () => {
    const [one, other] = await members();
    await stage.c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [one.id] }));
    expect((await members()).length).toBe(2);
    await stage.c.ec2.send(new ec2.StopInstancesCommand({ InstanceIds: [other.id] }));
    const now = await members();
    expect(now.length).toBe(2);
    expect(now.some((node) => node.id === one.id || node.id === other.id)).toBe(false);
    expect(new Set(now.map((node) => node.zone)).size).toBe(2);
    expect(await stage.instance(other.id)).toMatchObject({ state: "terminated" });
  });

  test("keeps its target group in step: new in, gone out", async () => {
    const api = await apiBalancer(stage.c, stage.net);
    await stage.c.asg.send(
      new asg.AttachLoadBalancerTargetGroupsCommand({
        AutoScalingGroupName: group,
        TargetGroupARNs: [api.target],
      }),
    );
    const targets = async () => (await stage.region()).targetGroups[0].targets.map((one) => one.id).sort();
    const ids = async () => (await members()).map((one) => one.id).sort();
    expect(await targets()).toEqual(await ids());
    await stage.c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [(await ids())[0]] }));
    expect(await targets()).toEqual(await ids());
    await stage.c.asg.send(
      new asg.SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: 3 }),
    );
    expect(await targets()).toEqual(await ids());
    expect((await ids()).length).toBe(3);
    await stage.c.asg.send(
      new asg.SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: 2 }),
    );
    expect(await targets()).toEqual(await ids());
    expect(new Set((await members()).map((one) => one.zone)).size).toBe(2);
    await stage.c.elbv2.send(new elbv2.DeleteListenerCommand({ ListenerArn: api.listener }));
    await stage.c.elbv2.send(new elbv2.DeleteTargetGroupCommand({ TargetGroupArn: api.target }));
  });

  test("an instance refresh replaces all, one after the other, from the version asked for", async () => {
    const before = (await members()).map((one) => one.id);
    const groupNow = (await stage.c.asg.send(new asg.DescribeAutoScalingGroupsCommand({})))
      .AutoScalingGroups![0];
    const LaunchTemplateId = groupNow.LaunchTemplate!.LaunchTemplateId!;
    await stage.c.ec2.send(
      new ec2.CreateLaunchTemplateVersionCommand({
        LaunchTemplateId,
        SourceVersion: "1",
        LaunchTemplateData: {
          InstanceType: "t3.large",
          UserData: Buffer.from("#!/bin/sh\necho second\n").toString("base64"),
        },
      }),
    );
    await stage.c.asg.send(
      new asg.UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: group,
        LaunchTemplate: { LaunchTemplateId, Version: "2" },
      }),
    );
    await stage.c.asg.send(
      new asg.StartInstanceRefreshCommand({
        AutoScalingGroupName: group,
        Preferences: { InstanceWarmup: 0 },
      }),
    );
    let last: asg.InstanceRefresh | undefined;
    for (let look = 0; look < 600 && last?.Status !== "Successful"; look++) {
      await new Promise((done) => setTimeout(done, 50));
      last = (
        await stage.c.asg.send(new asg.DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group }))
      ).InstanceRefreshes![0];
    }
    expect(last).toMatchObject({ Status: "Successful", PercentageComplete: 100 });
    const now = await members();
    expect(now.length).toBe(2);
    for (const one of now) {
      expect(before).not.toContain(one.id);
      expect(one).toMatchObject({ type: "t3.large", profile: "node" });
      expect(Buffer.from(one.userData!, "base64").toString()).toMatch(/second/);
    }
  });

  test("scales to nothing and is deleted, leaving no interface and no volume of its own", async () => {
    await stage.c.asg.send(
      new asg.UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group, MinSize: 0, DesiredCapacity: 0 }),
    );
    expect(await members()).toEqual([]);
    await stage.c.asg.send(new asg.DeleteAutoScalingGroupCommand({ AutoScalingGroupName: group }));
    const now = await stage.region();
    expect(now.volumes.filter((one) => one.attachments.length > 0)).toEqual([]);
    expect(now.interfaces.filter((one) => one.requester === null && one.privateIp !== "10.0.0.10")).toEqual(
      [],
    );
  });
});
