import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as route53 from "@aws-sdk/client-route-53";
import * as s3 from "@aws-sdk/client-s3";
import * as ssm from "@aws-sdk/client-ssm";
import * as sts from "@aws-sdk/client-sts";
import { TRUST, UBUNTU, workers } from "./nodes";
import { grant, node, refusal } from "./permissions";
import { refused, Stage } from "./stage";

jest.setTimeout(60_000);

const all = "arn:aws:ec2:us-west-2:123456789012";
let stage: Stage;
let some: Awaited<ReturnType<typeof node>>;
beforeAll(async () => {
  stage = await Stage.open();
  some = await node(stage, "some");
});
afterAll(() => stage?.emulator.stop());

const may = (...statements: Record<string, unknown>[]) => grant(stage.c, "some", statements);
const tagged = (value: string) => ({ StringEquals: { "aws:ResourceTag/cluster": value } });

test("objects of a bucket are not the bucket", async () => {
  await stage.c.s3.send(
    new s3.CreateBucketCommand({
      Bucket: "snapshots",
      CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
    }),
  );
  await stage.c.s3.send(new s3.PutObjectCommand({ Bucket: "snapshots", Key: "us-west/1", Body: "etcd" }));
  await may({ Action: "s3:*", Resource: "arn:aws:s3:::snapshots/us-west/*" });
  const read = await some.as.s3.send(new s3.GetObjectCommand({ Bucket: "snapshots", Key: "us-west/1" }));
  expect(await read.Body!.transformToString()).toBe("etcd");
  const list = some.as.s3.send(new s3.ListObjectsV2Command({ Bucket: "snapshots", Prefix: "us-west/" }));
  expect((await refusal(list)).message).toContain(
    "s3:ListBucket on resource: arn:aws:s3:::snapshots because",
  );
  const other = some.as.s3.send(new s3.DeleteObjectCommand({ Bucket: "snapshots", Key: "us-east/1" }));
  expect((await refusal(other)).message).toContain(
    "s3:DeleteObject on resource: arn:aws:s3:::snapshots/us-east/1 ",
  );
});

test("each of several has to be allowed", async () => {
  const [one, other] = stage.net.subnets;
  const group = (id: string) => `${all}:security-group/${id}`;
  await may({
    Action: "ec2:CreateNetworkInterface",
    Resource: [`${all}:subnet/${one}`, group(stage.net.group), `${all}:network-interface/*`],
  });
  const made = (SubnetId: string) =>
    some.as.ec2.send(new ec2.CreateNetworkInterfaceCommand({ SubnetId, Groups: [stage.net.group] }));
  await made(one);
  expect((await refusal(made(other))).message).toContain(`on resource: ${all}:subnet/${other} `);
  await may({ Action: "ec2:CreateNetworkInterface", Resource: `${all}:subnet/${one}` });
  expect((await refusal(made(one))).message).toContain(`on resource: ${group(stage.net.group)} `);
});

test("tags given at birth have to be allowed, and may be asked for", async () => {
  const made = (GroupName: string, value?: string) =>
    some.as.ec2.send(
      new ec2.CreateSecurityGroupCommand({
        GroupName,
        Description: "of a test",
        VpcId: stage.net.vpc,
        TagSpecifications: value
          ? [{ ResourceType: "security-group", Tags: [{ Key: "cluster", Value: value }] }]
          : [],
      }),
    );
  await may({ Action: "ec2:CreateSecurityGroup", Resource: "*" });
  await made("without");
  expect((await refusal(made("with", "a"))).message).toContain(
    `ec2:CreateTags on resource: ${all}:security-group/* `,
  );
  const Condition = { StringEquals: { "aws:RequestTag/cluster": "a" } };
  await may({ Action: ["ec2:CreateSecurityGroup", "ec2:CreateTags"], Resource: "*", Condition });
  await made("with", "a");
  expect(await refused(made("another", "b"))).toBe("UnauthorizedOperation");
});

test("a refused HEAD leaves the connection fit for the next call", async () => {
  await may({ Action: "s3:*", Resource: "arn:aws:s3:::snapshots/us-west/*" });
  for (let i = 0; i < 3; i++) {
    const head = some.as.s3.send(new s3.HeadObjectCommand({ Bucket: "snapshots", Key: "us-east/1" }));
    expect((await refusal(head)).status).toBe(403);
    await some.as.s3.send(new s3.GetObjectCommand({ Bucket: "snapshots", Key: "us-west/1" }));
  }
});

test("load balancers of both kinds are known by their ARNs and tags", async () => {
  const Tags = [{ Key: "cluster", Value: "owned" }];
  const { elb: classic, elbv2: newer } = stage.c;
  await classic.send(
    new elb.CreateLoadBalancerCommand({
      LoadBalancerName: "tagged",
      Listeners: [{ Protocol: "tcp", LoadBalancerPort: 80, InstancePort: 30080 }],
      Subnets: stage.net.subnets,
      Tags,
    }),
  );
  const target = { Name: "tagged", Protocol: "TCP" as const, Port: 80, VpcId: stage.net.vpc, Tags };
  const { TargetGroups } = await newer.send(new elbv2.CreateTargetGroupCommand(target));
  const { TargetGroupArn } = TargetGroups![0];
  const removals: [arn: string, () => Promise<unknown>][] = [
    [
      "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/tagged",
      () => some.as.elb.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerName: "tagged" })),
    ],
    [TargetGroupArn!, () => some.as.elbv2.send(new elbv2.DeleteTargetGroupCommand({ TargetGroupArn }))],
  ];
  for (const [arn, remove] of removals) {
    await may({ Action: "elasticloadbalancing:*", Resource: "*", Condition: tagged("another") });
    expect((await refusal(remove())).message).toContain(`on resource: ${arn} because`);
    await may({ Action: "elasticloadbalancing:*", Resource: arn, Condition: tagged("owned") });
    await remove();
  }
});

test("an auto-scaling group is known by its tags", async () => {
  const { name } = await workers(stage.c, stage.net, stage.image, "node", 0);
  const Tags = [{ ResourceId: name, ResourceType: "auto-scaling-group", Key: "cluster", Value: "owned" }];
  await stage.c.asg.send(new asg.CreateOrUpdateTagsCommand({ Tags }));
  const ask = { AutoScalingGroupName: name, DesiredCapacity: 0 };
  const resize = () => some.as.asg.send(new asg.SetDesiredCapacityCommand(ask));
  await may({ Action: "autoscaling:*", Resource: "*", Condition: tagged("another") });
  expect((await refusal(resize())).message).toMatch(
    /autoScalingGroup:[\w-]+:autoScalingGroupName\/us-west-workers /,
  );
  await may({ Action: "autoscaling:*", Resource: "*", Condition: tagged("owned") });
  await resize();
});

test("a look at a named instance is a look at all", async () => {
  const look = () => some.as.ec2.send(new ec2.DescribeInstancesCommand({ InstanceIds: [some.instance] }));
  await may({ Action: "ec2:*", Resource: `${all}:instance/*` });
  expect(await refused(look())).toBe("UnauthorizedOperation");
  await may({ Action: "ec2:*", Resource: "*" });
  await look();
});

test("AWS's own parameters are of no account", async () => {
  const read = () => some.as.ssm.send(new ssm.GetParameterCommand({ Name: UBUNTU }));
  await may({ Action: "ssm:*", Resource: "arn:aws:ssm:*:123456789012:parameter/*" });
  expect(await refused(read())).toBe("AccessDeniedException");
  await may({ Action: "ssm:*", Resource: "arn:aws:ssm:*::parameter/aws/*" });
  await read();
});

test("a zone is known by its ARN", async () => {
  const { HostedZone } = await stage.c.route53.send(
    new route53.CreateHostedZoneCommand({ Name: "k8s.example.com", CallerReference: "resources" }),
  );
  const Id = HostedZone!.Id!.replace("/hostedzone/", "");
  const records = () => some.as.route53.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: Id }));
  await may({ Action: "route53:*", Resource: "arn:aws:route53:::hostedzone/Z0" });
  expect((await refusal(records())).message).toContain(
    `route53:ListResourceRecordSets on resource: arn:aws:route53:::hostedzone/${Id} because`,
  );
  await may({ Action: "route53:*", Resource: `arn:aws:route53:::hostedzone/${Id}` });
  await records();
});

test("another role is taken by its ARN", async () => {
  const RoleArn = "arn:aws:iam::123456789012:role/node";
  const take = () => some.as.sts.send(new sts.AssumeRoleCommand({ RoleArn, RoleSessionName: "x" }));
  await may({ Action: "sts:AssumeRole", Resource: "arn:aws:iam::123456789012:role/some" });
  expect((await refusal(take())).message).toContain(`sts:AssumeRole on resource: ${RoleArn} because`);
  await may({ Action: "sts:AssumeRole", Resource: RoleArn });
  await take();
});

test("a role is known by its ARN, with its path", async () => {
  const arn = "arn:aws:iam::123456789012:role/nodes/us-west";
  const trust = { Path: "/nodes/", AssumeRolePolicyDocument: TRUST };
  await stage.c.iam.send(new iam.CreateRoleCommand({ RoleName: "us-west", ...trust }));
  const look = (RoleName: string) => some.as.iam.send(new iam.GetRoleCommand({ RoleName }));
  await may({ Action: "iam:GetRole", Resource: "arn:aws:iam::123456789012:role/nodes/*" });
  await look("us-west");
  await may({ Action: "iam:GetRole", Resource: "arn:aws:iam::123456789012:role/us-west" });
  expect((await refusal(look("us-west"))).message).toContain(`iam:GetRole on resource: ${arn} because`);
});

test("the region of a call is the caller's choice, not everyone's right", async () => {
  await may({
    Action: "ec2:DescribeVpcs",
    Resource: "*",
    Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
  });
  expect(await refused(some.as.ec2.send(new ec2.DescribeVpcsCommand({})))).toBe("UnauthorizedOperation");
});

test("what is not evaluated here is told, not guessed", async () => {
  await may({
    Action: "ec2:DescribeVpcs",
    Resource: "*",
    Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
  });
  const told = await refusal(some.as.ec2.send(new ec2.DescribeVpcsCommand({})));
  expect(told.message).toContain("the condition operator IpAddress, which a policy has to decide");
});
