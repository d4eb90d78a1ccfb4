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
