/** Plants (`plant`) and removes (`remove`) leftovers of the kinds that destroys are known to leave; runs in the box. */
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as s3 from "@aws-sdk/client-s3";
import * as route53 from "@aws-sdk/client-route-53";
import { STACK_TAG, stackTagValue } from "../../operate/ownership";

const REGION = "us-east-2";
const NAME = "planted";
const BUCKET = "planted-bucket";
const STACK = stackTagValue("sandbox");
const tag = { Key: STACK_TAG, Value: STACK };
const EC2 = new ec2.EC2Client({ region: REGION });
const ELB = new elb.ElasticLoadBalancingClient({ region: REGION });
const S3 = new s3.S3Client({ region: REGION });
const DNS = new route53.Route53Client({ region: "us-east-1" });
const named = [{ Name: "tag:Name", Values: [NAME] }];
const tags = (kind: ec2.ResourceType) => [{ ResourceType: kind, Tags: [tag, { Key: "Name", Value: NAME }] }];

async function subnet(): Promise<{ subnet: string; vpc: string; zone: string }> {
  const { Subnets } = await EC2.send(
    new ec2.DescribeSubnetsCommand({ Filters: [{ Name: `tag:${STACK_TAG}`, Values: [STACK] }] }),
  );
  const first = Subnets?.[0];
  if (!first) throw new Error(`the stack has no subnet in ${REGION} to plant leftovers in`);
  return {
    subnet: first.SubnetId as string,
    vpc: first.VpcId as string,
    zone: first.AvailabilityZone as string,
  };
}

async function txtRecord(): Promise<{ zone: string; set: route53.ResourceRecordSet }> {
  const { HostedZones } = await DNS.send(new route53.ListHostedZonesCommand({}));
  const zone = HostedZones?.[0];
  if (!zone) throw new Error("the account has no hosted zone to plant a TXT record in");
  const { ResourceRecordSets } = await DNS.send(
    new route53.ListResourceRecordSetsCommand({ HostedZoneId: zone.Id }),
  );
  const marker = ResourceRecordSets?.find((set) => set.Type === "TXT");
  if (!marker) throw new Error("the zone has no ownership marker to plant a copy of");
  return { zone: zone.Id as string, set: { ...marker, Name: `${NAME}.${zone.Name}` } };
}

async function plant(): Promise<void> {
  const { subnet: id, vpc, zone } = await subnet();
  const group = await EC2.send(
    new ec2.CreateSecurityGroupCommand({
      GroupName: NAME,
      Description: NAME,
      VpcId: vpc,
      TagSpecifications: tags("security-group"),
    }),
  );
  const nic = await EC2.send(
    new ec2.CreateNetworkInterfaceCommand({
      SubnetId: id,
      Groups: [group.GroupId as string],
      TagSpecifications: tags("network-interface"),
    }),
  );
  const volume = await EC2.send(
    new ec2.CreateVolumeCommand({ AvailabilityZone: zone, Size: 1, TagSpecifications: tags("volume") }),
  );
  const listener = { Protocol: "TCP", LoadBalancerPort: 80, InstancePort: 30_000 };
  await ELB.send(
    new elb.CreateLoadBalancerCommand({
      LoadBalancerName: NAME,
      Subnets: [id],
      Listeners: [listener],
      SecurityGroups: [group.GroupId as string],
      Tags: [tag],
    }),
  );
  const check = await DNS.send(
    new route53.CreateHealthCheckCommand({
      CallerReference: NAME + Date.now(),
      HealthCheckConfig: { Type: "TCP", IPAddress: "192.0.2.99", Port: 80 },
    }),
  );
  await DNS.send(
    new route53.ChangeTagsForResourceCommand({
      ResourceType: "healthcheck",
      ResourceId: check.HealthCheck?.Id,
      AddTags: [tag, { Key: "Name", Value: NAME }],
    }),
  );
  await S3.send(
    new s3.CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }),
  );
  await S3.send(new s3.PutBucketTaggingCommand({ Bucket: BUCKET, Tagging: { TagSet: [tag] } }));
  await S3.send(new s3.PutObjectCommand({ Bucket: BUCKET, Key: NAME, Body: NAME }));
  const record = await txtRecord();
  await change("CREATE", record);
  for (const one of [
    group.GroupId,
    nic.NetworkInterface?.NetworkInterfaceId,
    volume.VolumeId,
    NAME,
    BUCKET,
    check.HealthCheck?.Id,
    record.set.Name,
  ])
    console.log(`planted ${one}`);
}

async function change(
  Action: "CREATE" | "DELETE",
  { zone, set }: { zone: string; set: route53.ResourceRecordSet },
): Promise<void> {
  await DNS.send(
    new route53.ChangeResourceRecordSetsCommand({
      HostedZoneId: zone,
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet: set }] },
    }),
  );
}

async function remove(): Promise<void> {
  await ELB.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerName: NAME }));
  const { NetworkInterfaces } = await EC2.send(new ec2.DescribeNetworkInterfacesCommand({ Filters: named }));
  for (const one of NetworkInterfaces ?? [])
    await EC2.send(new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: one.NetworkInterfaceId }));
  const { SecurityGroups } = await EC2.send(new ec2.DescribeSecurityGroupsCommand({ Filters: named }));
  for (const one of SecurityGroups ?? [])
    await EC2.send(new ec2.DeleteSecurityGroupCommand({ GroupId: one.GroupId }));
  const { Volumes } = await EC2.send(new ec2.DescribeVolumesCommand({ Filters: named }));
  for (const one of Volumes ?? []) await EC2.send(new ec2.DeleteVolumeCommand({ VolumeId: one.VolumeId }));
  const { HealthChecks } = await DNS.send(new route53.ListHealthChecksCommand({}));
  for (const one of HealthChecks ?? []) {
    if (one.HealthCheckConfig?.IPAddress === "192.0.2.99")
      await DNS.send(new route53.DeleteHealthCheckCommand({ HealthCheckId: one.Id }));
  }
  await S3.send(new s3.DeleteObjectCommand({ Bucket: BUCKET, Key: NAME }));
  await S3.send(new s3.DeleteBucketCommand({ Bucket: BUCKET }));
  await change("DELETE", await txtRecord());
}

const verbs: Record<string, () => Promise<void>> = { plant, remove };
void verbs[process.argv[2]]();
