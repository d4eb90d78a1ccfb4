import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import { cloudControllerStatements } from "../../../regions/roles";
import type { Clients } from "./emulator";
import { node } from "./permissions";
import { refused, Stage } from "./stage";

jest.setTimeout(120_000);

const clusterTag = "kubernetes.io/cluster/federation-test-us-west";
const owned = [{ Key: clusterTag, Value: "owned" }];
const name = "a0123456789abcdef0123456789abcde";

let stage: Stage;
let controller: Awaited<ReturnType<typeof node>>;
beforeAll(async () => {
  stage = await Stage.open();
  // Spread: a type of its own has no index signature.
  const statements = cloudControllerStatements(clusterTag).map((one) => ({ ...one }));
  controller = await node(stage, "us-west-control-plane", statements);
  const Resources = [stage.net.table, controller.instance];
  await stage.c.ec2.send(new ec2.CreateTagsCommand({ Resources, Tags: owned }));
});
afterAll(() => stage?.emulator.stop());

/** All that the AWS cloud controller v1.33 asks EC2 for in clusters like ours, as its source has it. */
test("it may look at what it looks at", async () => {
  const looks: ((c: Clients) => Promise<unknown>)[] = [
    (c) => c.ec2.send(new ec2.DescribeInstancesCommand({ InstanceIds: [controller.instance] })),
    (c) => c.ec2.send(new ec2.DescribeRouteTablesCommand({})),
    (c) => c.ec2.send(new ec2.DescribeSecurityGroupsCommand({ GroupIds: [stage.net.group] })),
    (c) => c.ec2.send(new ec2.DescribeSubnetsCommand({ SubnetIds: stage.net.subnets })),
    (c) => c.ec2.send(new ec2.DescribeVpcsCommand({ VpcIds: [stage.net.vpc] })),
    (c) => c.ec2.send(new ec2.DescribeAvailabilityZonesCommand({})),
    (c) => c.ec2.send(new ec2.DescribeRegionsCommand({})),
    (c) => c.elb.send(new elb.DescribeLoadBalancersCommand({})),
    (c) => c.elbv2.send(new elbv2.DescribeLoadBalancersCommand({})),
    (c) => c.elbv2.send(new elbv2.DescribeTargetGroupsCommand({})),
    (c) => c.asg.send(new asg.DescribeAutoScalingGroupsCommand({})),
  ];
  for (const look of looks) await look(controller.as);
});

test("it may write and remove the pods' routes, and turn off its nodes' check of addresses", async () => {
  const { ec2: c } = controller.as;
  const at = { RouteTableId: stage.net.table, DestinationCidrBlock: "10.244.0.0/24" };
  await c.send(new ec2.CreateRouteCommand({ ...at, InstanceId: controller.instance }));
  await c.send(new ec2.DeleteRouteCommand(at));
  await c.send(
    new ec2.ModifyInstanceAttributeCommand({
      InstanceId: controller.instance,
      SourceDestCheck: { Value: false },
    }),
  );
});

test("it may make, fill, change and remove a Service's load balancer with its group", async () => {
  const { ec2: c, elb: classic } = controller.as;
  const { GroupId } = await c.send(
    new ec2.CreateSecurityGroupCommand({
      GroupName: `k8s-elb-${name}`,
      Description: "of a Service",
      VpcId: stage.net.vpc,
      TagSpecifications: [{ ResourceType: "security-group", Tags: owned }],
    }),
  );
  await c.send(new ec2.CreateTagsCommand({ Resources: [GroupId!], Tags: owned }));
  const rule = {
    GroupId,
    IpPermissions: [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
  };
  await c.send(new ec2.AuthorizeSecurityGroupIngressCommand(rule));
  const ours = { LoadBalancerName: name };
  const Instances = [{ InstanceId: controller.instance }];
  const HealthCheck = {
    Target: "TCP:30080",
    Interval: 10,
    Timeout: 5,
    HealthyThreshold: 2,
    UnhealthyThreshold: 6,
  };
  await classic.send(
    new elb.CreateLoadBalancerCommand({
      ...ours,
      Listeners: [{ Protocol: "tcp", InstanceProtocol: "tcp", LoadBalancerPort: 80, InstancePort: 30080 }],
      Subnets: stage.net.subnets,
      SecurityGroups: [GroupId!],
      Tags: owned,
    }),
  );
  await classic.send(new elb.ConfigureHealthCheckCommand({ ...ours, HealthCheck }));
  await classic.send(new elb.DescribeLoadBalancerAttributesCommand(ours));
  await classic.send(new elb.AddTagsCommand({ LoadBalancerNames: [name], Tags: owned }));
  await classic.send(new elb.RegisterInstancesWithLoadBalancerCommand({ ...ours, Instances }));
  await classic.send(new elb.DeregisterInstancesFromLoadBalancerCommand({ ...ours, Instances }));
  await classic.send(new elb.DeleteLoadBalancerCommand(ours));
  await c.send(new ec2.RevokeSecurityGroupIngressCommand(rule));
  await c.send(new ec2.DeleteSecurityGroupCommand({ GroupId }));
});

test("it may make and remove a network load balancer", async () => {
  const { elbv2: c } = controller.as;
  const target = { Protocol: "TCP" as const, Port: 30080, VpcId: stage.net.vpc };
  const group = (await c.send(new elbv2.CreateTargetGroupCommand({ Name: "k8s-web", ...target })))
    .TargetGroups![0];
  const balancer = (
    await c.send(
      new elbv2.CreateLoadBalancerCommand({
        Name: name.slice(0, 32),
        Type: "network",
        SubnetMappings: stage.net.subnets.map((SubnetId) => ({ SubnetId })),
        Tags: owned,
      }),
    )
  ).LoadBalancers![0];
  const { LoadBalancerArn } = balancer;
  const { TargetGroupArn } = group;
  const listener = await c.send(
    new elbv2.CreateListenerCommand({
      LoadBalancerArn,
      Port: 80,
      Protocol: "TCP",
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
    }),
  );
  await c.send(new elbv2.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: controller.instance }] }));
  await c.send(new elbv2.DescribeTargetHealthCommand({ TargetGroupArn }));
  await c.send(new elbv2.DeleteListenerCommand({ ListenerArn: listener.Listeners![0].ListenerArn }));
  await c.send(new elbv2.DeleteLoadBalancerCommand({ LoadBalancerArn }));
  await c.send(new elbv2.DeleteTargetGroupCommand({ TargetGroupArn }));
});

test("it may have the load balancers' own role made, and no other", async () => {
  const make = (AWSServiceName: string) =>
    controller.as.iam.send(new iam.CreateServiceLinkedRoleCommand({ AWSServiceName }));
  expect(await refused(make("autoscaling.amazonaws.com"))).toBe("AccessDenied");
  await make("elasticloadbalancing.amazonaws.com");
});

test("it may not make machines, or do away with them", async () => {
  const { ec2: c } = controller.as;
  const run = new ec2.RunInstancesCommand({ ImageId: stage.image, MinCount: 1, MaxCount: 1 });
  expect(await refused(c.send(run))).toBe("UnauthorizedOperation");
  const end = new ec2.TerminateInstancesCommand({ InstanceIds: [controller.instance] });
  expect(await refused(c.send(end))).toBe("UnauthorizedOperation");
  expect((await stage.instance(controller.instance)).state).toBe("running");
});
