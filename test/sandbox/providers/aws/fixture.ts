import { DescribeImagesCommand } from "@aws-sdk/client-ec2";
import type { Props } from "../../../../sandbox/providers/runtime";
import type { Account, Resource } from "./account";

const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
};
const POLICY = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" }],
};

/** One of every type, each standing on those before it: what a cluster's region and its records are made of. */
export async function oneOfEach(
  account: Account,
  each: (made: Resource) => Promise<void> = async () => {},
): Promise<Record<string, Resource>> {
  const all: Record<string, Resource> = {};
  const make = async (name: string, token: string, inputs: Props) => {
    all[name] = await account.create(token, inputs).catch((error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    });
    await each(all[name]);
    return all[name];
  };
  const { Images } = await account.aws.ec2.send(new DescribeImagesCommand({ Owners: ["099720109477"] }));
  const ami = Images![0].ImageId!;

  const vpc = await make("vpc", "aws:ec2/vpc:Vpc", {
    cidrBlock: "10.7.0.0/16",
    enableDnsHostnames: true,
    tags: { Name: "vpc" },
  });
  const gateway = await make("gateway", "aws:ec2/internetGateway:InternetGateway", { vpcId: vpc.id });
  const subnet = await make("subnet", "aws:ec2/subnet:Subnet", {
    vpcId: vpc.id,
    cidrBlock: "10.7.0.0/24",
    availabilityZone: "us-west-2a",
    mapPublicIpOnLaunch: true,
    tags: { "kubernetes.io/role/elb": "1" },
  });
  const table = await make("table", "aws:ec2/routeTable:RouteTable", { vpcId: vpc.id });
  await make("route", "aws:ec2/route:Route", {
    routeTableId: table.id,
    destinationCidrBlock: "0.0.0.0/0",
    gatewayId: gateway.id,
  });
  await make("association", "aws:ec2/routeTableAssociation:RouteTableAssociation", {
    routeTableId: table.id,
    subnetId: subnet.id,
  });
  await make("endpoint", "aws:ec2/vpcEndpoint:VpcEndpoint", {
    vpcId: vpc.id,
    serviceName: "com.amazonaws.us-west-2.s3",
    routeTableIds: [table.id],
  });
  const group = await make("group", "aws:ec2/securityGroup:SecurityGroup", {
    vpcId: vpc.id,
    tags: { Name: "nodes" },
  });
  await make("ingress", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
    securityGroupId: group.id,
    ipProtocol: "tcp",
    fromPort: 6443,
    toPort: 6443,
    cidrIpv4: "10.0.0.0/8",
    description: "API",
  });
  await make("within", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
    securityGroupId: group.id,
    ipProtocol: "-1",
    referencedSecurityGroupId: group.id,
  });
  await make("egress", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", {
    securityGroupId: group.id,
    ipProtocol: "-1",
    cidrIpv4: "0.0.0.0/0",
  });

  const role = await make("role", "aws:iam/role:Role", {
    assumeRolePolicy: JSON.stringify(TRUST),
    tags: { Name: "node" },
  });
  await make("rolePolicy", "aws:iam/rolePolicy:RolePolicy", {
    role: role.outputs.name,
    policy: JSON.stringify(POLICY),
  });
  await make("attached", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
    role: role.outputs.name,
    policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
  });
  const profile = await make("profile", "aws:iam/instanceProfile:InstanceProfile", {
    role: role.outputs.name,
  });

  const parameter = await make("parameter", "aws:ssm/parameter:Parameter", {
    name: "/federation/test/ca.key",
    type: "SecureString",
    value: "a key",
    tags: { Name: "ca" },
  });
  const eni = await make("eni", "aws:ec2/networkInterface:NetworkInterface", {
    subnetId: subnet.id,
    privateIps: ["10.7.0.20"],
    securityGroups: [group.id],
    sourceDestCheck: false,
    description: "slot 0",
    tags: { Name: "slot-0" },
  });
  await make("eip", "aws:ec2/eip:Eip", { domain: "vpc", networkInterface: eni.id, tags: { Name: "slot-0" } });
  const loose = await make("looseEip", "aws:ec2/eip:Eip", { domain: "vpc" });
  const second = await make("secondEni", "aws:ec2/networkInterface:NetworkInterface", {
    subnetId: subnet.id,
  });
  await make("eipAssociation", "aws:ec2/eipAssociation:EipAssociation", {
    allocationId: loose.id,
    networkInterfaceId: second.id,
  });
  const address = await make("natEip", "aws:ec2/eip:Eip", { domain: "vpc" });
  const nat = await make("nat", "aws:ec2/natGateway:NatGateway", {
    subnetId: subnet.id,
    allocationId: address.id,
    tags: { Name: "out" },
  });
  const inner = await make("innerTable", "aws:ec2/routeTable:RouteTable", { vpcId: vpc.id });
  await make("natRoute", "aws:ec2/route:Route", {
    routeTableId: inner.id,
    destinationCidrBlock: "0.0.0.0/0",
    natGatewayId: nat.id,
  });
  const peer = await make("peerVpc", "aws:ec2/vpc:Vpc", { region: "us-east-2", cidrBlock: "10.8.0.0/16" });
  const peering = await make("peering", "aws:ec2/vpcPeeringConnection:VpcPeeringConnection", {
    vpcId: vpc.id,
    peerVpcId: peer.id,
    peerRegion: "us-east-2",
    tags: { Name: "pair" },
  });
  await make("accepter", "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter", {
    region: "us-east-2",
    vpcPeeringConnectionId: peering.id,
    autoAccept: true,
    tags: { Name: "pair" },
  });
  await make("peeringOptions", "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions", {
    vpcPeeringConnectionId: peering.id,
    requester: { allowRemoteVpcDnsResolution: true },
  });
  await make("peerRoute", "aws:ec2/route:Route", {
    routeTableId: inner.id,
    destinationCidrBlock: "10.8.0.0/16",
    vpcPeeringConnectionId: peering.id,
  });
  const volume = await make("volume", "aws:ebs/volume:Volume", {
    availabilityZone: "us-west-2a",
    size: 8,
    type: "gp3",
    encrypted: true,
    tags: { Name: "etcd" },
  });
  const instance = await make("instance", "aws:ec2/instance:Instance", {
    ami,
    instanceType: "t3.medium",
    iamInstanceProfile: profile.outputs.name,
    networkInterfaces: [{ deviceIndex: 0, networkInterfaceId: eni.id }],
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "enabled" },
    rootBlockDevice: { encrypted: true, volumeSize: 20, volumeType: "gp3" },
    userData: "#cloud-config\nruncmd: []\n",
    userDataReplaceOnChange: true,
    tags: { Name: "control-plane-0" },
  });
  await make("volumeAttachment", "aws:ec2/volumeAttachment:VolumeAttachment", {
    deviceName: "/dev/xvdf",
    instanceId: instance.id,
    volumeId: volume.id,
    stopInstanceBeforeDetaching: true,
  });
  const template = await make("template", "aws:ec2/launchTemplate:LaunchTemplate", {
    imageId: ami,
    instanceType: "t3.medium",
    iamInstanceProfile: { arn: profile.outputs.arn },
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [
      { deviceName: "/dev/sda1", ebs: { encrypted: "true", volumeSize: 20, volumeType: "gp3" } },
    ],
    tagSpecifications: [{ resourceType: "instance", tags: { Name: "worker" } }],
    userData: Buffer.from("#!/bin/sh\n").toString("base64"),
    vpcSecurityGroupIds: [group.id],
    tags: { Name: "workers" },
  });

  const balancer = await make("balancer", "aws:lb/loadBalancer:LoadBalancer", {
    loadBalancerType: "network",
    subnets: [subnet.id],
    securityGroups: [group.id],
    enableCrossZoneLoadBalancing: true,
    tags: { Name: "api" },
  });
  const targets = await make("targets", "aws:lb/targetGroup:TargetGroup", {
    port: 6443,
    protocol: "TCP",
    targetType: "instance",
    vpcId: vpc.id,
    preserveClientIp: "false",
    deregistrationDelay: 0,
    healthCheck: { protocol: "HTTPS", path: "/readyz", interval: 10, matcher: "200" },
  });
  await make("listener", "aws:lb/listener:Listener", {
    loadBalancerArn: balancer.outputs.arn,
    port: 6443,
    protocol: "TCP",
    defaultActions: [{ type: "forward", targetGroupArn: targets.outputs.arn }],
  });
  await make("target", "aws:lb/targetGroupAttachment:TargetGroupAttachment", {
    targetGroupArn: targets.outputs.arn,
    targetId: instance.id,
    port: 6443,
  });
  await make("scaling", "aws:autoscaling/group:Group", {
    minSize: 1,
    maxSize: 3,
    desiredCapacity: 2,
    vpcZoneIdentifiers: [subnet.id],
    launchTemplate: { id: template.id, version: String(template.outputs.latestVersion) },
    tags: [{ key: "kubernetes.io/cluster/us-west", value: "owned", propagateAtLaunch: true }],
    instanceRefresh: { strategy: "Rolling", preferences: { minHealthyPercentage: 50 } },
  });

  const zone = await make("zone", "aws:route53/zone:Zone", {
    name: "fed.example.com",
    tags: { Name: "fed" },
  });
  const check = await make("check", "aws:route53/healthCheck:HealthCheck", {
    type: "TCP",
    fqdn: balancer.outputs.dnsName,
    port: 6443,
    requestInterval: 10,
    failureThreshold: 2,
    tags: { Name: "us-west" },
  });
  await make("record", "aws:route53/record:Record", {
    zoneId: zone.id,
    name: "nginx.fed.example.com",
    type: "CNAME",
    ttl: 300,
    records: [balancer.outputs.dnsName],
    setIdentifier: "us-west-2",
    latencyRoutingPolicies: [{ region: "us-west-2" }],
    healthCheckId: check.id,
  });
  await make("alias", "aws:route53/record:Record", {
    zoneId: zone.id,
    name: "",
    type: "A",
    aliases: [
      { name: balancer.outputs.dnsName, zoneId: balancer.outputs.zoneId, evaluateTargetHealth: true },
    ],
  });
  await make("text", "aws:route53/record:Record", {
    zoneId: zone.id,
    name: "owner",
    type: "TXT",
    ttl: 60,
    records: ["heritage=federation"],
  });

  const bucket = await make("bucket", "aws:s3/bucket:Bucket", {
    forceDestroy: true,
    tags: { Name: "backups" },
  });
  await make("versioning", "aws:s3/bucketVersioning:BucketVersioning", {
    bucket: bucket.id,
    versioningConfiguration: { status: "Enabled" },
  });
  await make(
    "encryption",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    {
      bucket: bucket.id,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    },
  );
  await make("private", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {
    bucket: bucket.id,
    blockPublicAcls: true,
  });
  await make("ownership", "aws:s3/bucketOwnershipControls:BucketOwnershipControls", {
    bucket: bucket.id,
    rule: { objectOwnership: "BucketOwnerEnforced" },
  });
  await make("lifecycle", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", {
    bucket: bucket.id,
    rules: [
      {
        id: "snapshots",
        status: "Enabled",
        filter: {},
        expiration: { days: 30 },
        noncurrentVersionExpiration: { noncurrentDays: 7 },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      },
    ],
  });
  await make("bucketPolicy", "aws:s3/bucketPolicy:BucketPolicy", {
    bucket: bucket.id,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [bucket.outputs.arn, `${bucket.outputs.arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    }),
  });
  void parameter;
  return all;
}
