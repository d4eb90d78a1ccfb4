import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as iam from "@aws-sdk/client-iam";
import type { Clients } from "./emulator";
import type { Network } from "./network";

/** The public parameter that names the image. */
export const UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";

/** Whom a node's role trusts. */
export const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});

/** Role and instance profile of the nodes, both of one name. */
export async function nodeRole(c: Clients, name: string): Promise<void> {
  await c.iam.send(new iam.CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: TRUST }));
  await c.iam.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName: name }));
  await c.iam.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
}

/** A control-plane slot: interface with a fixed address, Elastic IP, volume. */
export async function slot(c: Clients, region: string, net: Network, address = "10.0.0.10") {
  const eni = (
    await c.ec2.send(
      new ec2.CreateNetworkInterfaceCommand({
        SubnetId: net.subnets[0],
        PrivateIpAddress: address,
        Groups: [net.group],
      }),
    )
  ).NetworkInterface!.NetworkInterfaceId!;
  const eip = await c.ec2.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }));
  const associated = await c.ec2.send(
    new ec2.AssociateAddressCommand({ AllocationId: eip.AllocationId, NetworkInterfaceId: eni }),
  );
  const volume = (
    await c.ec2.send(
      new ec2.CreateVolumeCommand({
        AvailabilityZone: region + "a",
        Size: 8,
        VolumeType: "gp3",
        Encrypted: true,
      }),
    )
  ).VolumeId!;
  return {
    eni,
    allocation: eip.AllocationId!,
    publicIp: eip.PublicIp!,
    association: associated.AssociationId!,
    volume,
  };
}

export type Slot = Awaited<ReturnType<typeof slot>>;

/** An instance in a slot, its volume attached. */
export async function controlPlane(c: Clients, image: string, at: Slot, profile: string): Promise<string> {
  const made = await c.ec2.send(
    new ec2.RunInstancesCommand({
      ImageId: image,
      InstanceType: "t3.medium",
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: at.eni }],
      IamInstanceProfile: { Name: profile },
      MetadataOptions: {
        HttpTokens: "required",
        HttpPutResponseHopLimit: 1,
        InstanceMetadataTags: "disabled",
      },
      UserData: Buffer.from("#!/bin/sh\necho control plane\n").toString("base64"),
      TagSpecifications: [
        { ResourceType: "instance", Tags: [{ Key: "Name", Value: "us-west-control-plane-0" }] },
      ],
    }),
  );
  const id = made.Instances![0].InstanceId!;
  await c.ec2.send(new ec2.AttachVolumeCommand({ InstanceId: id, VolumeId: at.volume, Device: "/dev/sdf" }));
  await c.ec2.send(
    new ec2.ModifyInstanceAttributeCommand({ InstanceId: id, SourceDestCheck: { Value: false } }),
  );
  return id;
}

/** Launch template and auto-scaling group of the workers. */
export async function workers(c: Clients, net: Network, image: string, profile: string, count = 2) {
  const template = (
    await c.ec2.send(
      new ec2.CreateLaunchTemplateCommand({
        LaunchTemplateName: "us-west-workers",
        LaunchTemplateData: {
          ImageId: image,
          InstanceType: "t3.medium",
          UserData: Buffer.from("#!/bin/sh\necho worker\n").toString("base64"),
          IamInstanceProfile: { Name: profile },
          MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
          NetworkInterfaces: [
            {
              DeviceIndex: 0,
              AssociatePublicIpAddress: true,
              Groups: [net.group],
              DeleteOnTermination: true,
            },
          ],
          BlockDeviceMappings: [
            { DeviceName: "/dev/sda1", Ebs: { VolumeSize: 20, Encrypted: true, VolumeType: "gp3" } },
          ],
          TagSpecifications: [
            { ResourceType: "instance", Tags: [{ Key: "kubernetes.io/cluster/us-west", Value: "owned" }] },
          ],
        },
      }),
    )
  ).LaunchTemplate!.LaunchTemplateId!;
  const name = "us-west-workers";
  await c.asg.send(
    new asg.CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: count,
      MaxSize: count + 1,
      DesiredCapacity: count,
      LaunchTemplate: { LaunchTemplateId: template, Version: "1" },
      VPCZoneIdentifier: net.subnets.join(","),
      Tags: [{ Key: "Name", Value: "us-west-worker", PropagateAtLaunch: true }],
    }),
  );
  return { template, name };
}
