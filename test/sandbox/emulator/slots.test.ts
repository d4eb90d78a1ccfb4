import * as ec2 from "@aws-sdk/client-ec2";
import { controlPlane, slot, type Slot } from "./nodes";
import { Stage } from "./stage";

jest.setTimeout(60_000);

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.emulator.stop());

describe("a control-plane slot", () => {
  let at: Slot;
  let first: string;

  beforeAll(async () => {
    at = await slot(stage.c, "us-west-2", stage.net);
    first = await controlPlane(stage.c, stage.image, at, "node");
  });

  test("gives its instance the fixed address, Elastic IP, name, groups and zone", async () => {
    const shown = await stage.described(first);
    expect(shown).toMatchObject({
      PrivateIpAddress: "10.0.0.10",
      PublicIpAddress: at.publicIp,
      PrivateDnsName: "ip-10-0-0-10.us-west-2.compute.internal",
      PublicDnsName: `ec2-${at.publicIp.replace(/\./g, "-")}.us-west-2.compute.amazonaws.com`,
      SubnetId: stage.net.subnets[0],
      VpcId: stage.net.vpc,
      Placement: { AvailabilityZone: "us-west-2a" },
      SecurityGroups: [{ GroupId: stage.net.group }],
      SourceDestCheck: false,
      MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
    });
    expect(shown.IamInstanceProfile!.Arn).toMatch(/instance-profile\/node$/);
    expect(shown.NetworkInterfaces![0]).toMatchObject({ NetworkInterfaceId: at.eni, SourceDestCheck: false });
    expect(shown.NetworkInterfaces![0].Attachment!.DeleteOnTermination).toBe(false);
    expect(shown.NetworkInterfaces![0].Association).toMatchObject({ PublicIp: at.publicIp });
    expect(at.publicIp).toMatch(/^203\.0\.113\./);
  });

  test("shows in the feed with user data, role and volume", async () => {
    expect(await stage.instance(first)).toMatchObject({
      profile: "node",
      role: "node",
      interfaces: [at.eni],
      state: "running",
    });
    expect(Buffer.from((await stage.instance(first)).userData!, "base64").toString()).toMatch(/^#!\/bin\/sh/);
    const volume = (await stage.region()).volumes.find((one) => one.id === at.volume);
    expect(volume).toMatchObject({ state: "in-use", attachments: [{ instance: first, device: "/dev/sdf" }] });
  });

  test("is free again after termination, keeps address and volume, and a second instance takes it over", async () => {
    const roots = (await stage.region()).volumes.filter(
      (one) => one.attachments[0]?.device === "/dev/sda1",
    ).length;
    await stage.c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [first] }));
    const found = await stage.c.ec2.send(
      new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [at.eni] }),
    );
    expect(found.NetworkInterfaces![0]).toMatchObject({ Status: "available", PrivateIpAddress: "10.0.0.10" });
    expect(await stage.eni(at.eni)).toMatchObject({
      instance: null,
      publicIp: at.publicIp,
      groups: [stage.net.group],
    });
    const volumes = (await stage.region()).volumes;
    expect(volumes.find((one) => one.id === at.volume)).toMatchObject({
      state: "available",
      attachments: [],
    });
    expect(volumes.filter((one) => one.attachments[0]?.device === "/dev/sda1").length).toBe(roots - 1);
    expect(await stage.instance(first)).toMatchObject({ state: "terminated", interfaces: [] });
    expect((await stage.described(first)).PrivateIpAddress).toBeUndefined();

    const second = await controlPlane(stage.c, stage.image, at, "node");
    expect(await stage.described(second)).toMatchObject({
      PrivateIpAddress: "10.0.0.10",
      PublicIpAddress: at.publicIp,
    });
    await stage.c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [second] }));
  });

  test("stop and start keep the Elastic IP; an address from the pool is given back and drawn anew", async () => {
    const fixed = await controlPlane(stage.c, stage.image, at, "node");
    const pooled = (
      await stage.c.ec2.send(
        new ec2.RunInstancesCommand({
          ImageId: stage.image,
          MinCount: 1,
          MaxCount: 1,
          SubnetId: stage.net.subnets[1],
        }),
      )
    ).Instances![0].InstanceId!;
    expect((await stage.described(pooled)).PublicIpAddress).toMatch(/^54\.214\./);
    const InstanceIds = [fixed, pooled];
    await stage.c.ec2.send(new ec2.StopInstancesCommand({ InstanceIds }));
    expect((await stage.described(fixed)).PublicIpAddress).toBe(at.publicIp);
    expect((await stage.described(pooled)).PublicIpAddress).toBeUndefined();
    await stage.c.ec2.send(new ec2.StartInstancesCommand({ InstanceIds }));
    expect((await stage.described(fixed)).PublicIpAddress).toBe(at.publicIp);
    expect((await stage.described(pooled)).PublicIpAddress).toMatch(/^54\.214\./);
    await stage.c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds }));
  });
});
