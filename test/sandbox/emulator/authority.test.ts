import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as route53 from "@aws-sdk/client-route-53";
import * as s3 from "@aws-sdk/client-s3";
import * as ssm from "@aws-sdk/client-ssm";
import * as sts from "@aws-sdk/client-sts";
import type { Clients } from "./emulator";
import { TRUST } from "./nodes";
import { document, grant, node, refusal, ungrant } from "./permissions";
import { refused, Stage } from "./stage";

jest.setTimeout(60_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.emulator.stop());

const because = (action: string) => `because no identity-based policy allows the ${action} action`;

describe("a node without any policy", () => {
  let nobody: Awaited<ReturnType<typeof node>>;
  beforeAll(async () => {
    nobody = await node(stage, "nobody");
  });

  const calls: [action: string, name: string, status: number, call: (c: Clients) => Promise<unknown>][] = [
    ["ec2:DescribeVpcs", "UnauthorizedOperation", 403, (c) => c.ec2.send(new ec2.DescribeVpcsCommand({}))],
    ["iam:ListRoles", "AccessDenied", 403, (c) => c.iam.send(new iam.ListRolesCommand({}))],
    [
      "elasticloadbalancing:DescribeLoadBalancers",
      "AccessDenied",
      403,
      (c) => c.elb.send(new elb.DescribeLoadBalancersCommand({})),
    ],
    [
      "elasticloadbalancing:DescribeTargetGroups",
      "AccessDenied",
      403,
      (c) => c.elbv2.send(new elbv2.DescribeTargetGroupsCommand({})),
    ],
    [
      "autoscaling:DescribeAutoScalingGroups",
      "AccessDenied",
      403,
      (c) => c.asg.send(new asg.DescribeAutoScalingGroupsCommand({})),
    ],
    [
      "route53:ListHostedZones",
      "AccessDenied",
      403,
      (c) => c.route53.send(new route53.ListHostedZonesCommand({})),
    ],
    ["s3:ListAllMyBuckets", "AccessDenied", 403, (c) => c.s3.send(new s3.ListBucketsCommand({}))],
  ];
  test.each(calls)("is refused %s as its service refuses: %s, %d", async (action, name, status, call) => {
    await call(stage.c);
    const told = `User: ${nobody.arn} is not authorized to perform: ${action} ${because(action)}`;
    const message =
      name === "AccessDenied" ? told : `You are not authorized to perform this operation. ${told}`;
    expect(await refusal(call(nobody.as))).toEqual({ name, status, message });
  });

  test("may ask who it is", async () => {
    const who = await nobody.as.sts.send(new sts.GetCallerIdentityCommand({}));
    expect(who.Arn).toBe(nobody.arn);
  });

  test("changes nothing by a refused call", async () => {
    const before = (await stage.emulator.get("/sandbox/state")).version;
    expect(await refused(nobody.as.ec2.send(new ec2.CreateVpcCommand({ CidrBlock: "10.9.0.0/16" })))).toBe(
      "UnauthorizedOperation",
    );
    expect((await stage.emulator.get("/sandbox/state")).version).toBe(before);
  });
});

describe("resources", () => {
  const all = "arn:aws:ec2:us-west-2:123456789012";
  let some: Awaited<ReturnType<typeof node>>;
  beforeAll(async () => {
    some = await node(stage, "some");
    await stage.c.s3.send(
      new s3.CreateBucketCommand({
        Bucket: "snapshots",
        CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
      }),
    );
    await stage.c.s3.send(new s3.PutObjectCommand({ Bucket: "snapshots", Key: "us-west/1", Body: "etcd" }));
  });
  const may = (...statements: Record<string, unknown>[]) => grant(stage.c, "some", statements);

  test("objects of a bucket are not the bucket", async () => {
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

  test("a load balancer is known by its tags", async () => {
    const owned = (value: string) => ({ StringEquals: { "aws:ResourceTag/cluster": value } });
    await stage.c.elb.send(
      new elb.CreateLoadBalancerCommand({
        LoadBalancerName: "tagged",
        Listeners: [{ Protocol: "tcp", LoadBalancerPort: 80, InstancePort: 30080 }],
        Subnets: stage.net.subnets,
        Tags: [{ Key: "cluster", Value: "owned" }],
      }),
    );
    const remove = () => some.as.elb.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerName: "tagged" }));
    await may({ Action: "elasticloadbalancing:*", Resource: "*", Condition: owned("another") });
    expect((await refusal(remove())).message).toContain(
      "on resource: arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/tagged because",
    );
    await may({ Action: "elasticloadbalancing:*", Resource: "*", Condition: owned("owned") });
    await remove();
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
});

describe("policies", () => {
  test("that are attached count as well; an explicit Deny outweighs them", async () => {
    const both = await node(stage, "both", [
      { Effect: "Deny", Action: "ec2:DescribeSubnets", Resource: "*" },
    ]);
    const look = () => both.as.ec2.send(new ec2.DescribeVpcsCommand({}));
    expect(await refused(look())).toBe("UnauthorizedOperation");
    await stage.c.iam.send(
      new iam.AttachRolePolicyCommand({
        RoleName: "both",
        PolicyArn: "arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess",
      }),
    );
    await look();
    expect((await refusal(both.as.ec2.send(new ec2.DescribeSubnetsCommand({})))).message).toBe(
      "You are not authorized to perform this operation. " +
        `User: ${both.arn} is not authorized to perform: ec2:DescribeSubnets ` +
        "with an explicit deny in an identity-based policy",
    );
  });

  test("bind a user who has some; one who has none may do everything", async () => {
    const { iam: operator } = stage.c;
    await operator.send(new iam.CreateUserCommand({ UserName: "guest" }));
    const { AccessKey } = await operator.send(new iam.CreateAccessKeyCommand({ UserName: "guest" }));
    const guest = stage.emulator.clients("us-west-2", {
      accessKeyId: AccessKey!.AccessKeyId!,
      secretAccessKey: AccessKey!.SecretAccessKey!,
    });
    const look = () => guest.ec2.send(new ec2.DescribeVpcsCommand({}));
    await look();
    const PolicyDocument = document([{ Action: "ssm:*", Resource: "*" }]);
    await operator.send(
      new iam.PutUserPolicyCommand({ UserName: "guest", PolicyName: "parameters", PolicyDocument }),
    );
    await guest.ssm.send(new ssm.DescribeParametersCommand({}));
    expect((await refusal(look())).message).toContain("User: arn:aws:iam::123456789012:user/guest is not");
  });

  test("count at once, for credentials that were given out before", async () => {
    const late = await node(stage, "later");
    const look = () => late.as.ec2.send(new ec2.DescribeVpcsCommand({}));
    expect(await refused(look())).toBe("UnauthorizedOperation");
    await grant(stage.c, "later", [{ Action: "ec2:Describe*", Resource: "*" }]);
    await look();
    await ungrant(stage.c, "later");
    expect(await refused(look())).toBe("UnauthorizedOperation");
  });
});
