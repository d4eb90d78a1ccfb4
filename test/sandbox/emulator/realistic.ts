import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as route53 from "@aws-sdk/client-route-53";
import * as ssm from "@aws-sdk/client-ssm";
import type { Clients } from "./emulator";
import { apiBalancer, network } from "./network";
import { controlPlane, nodeRole, slot, UBUNTU, workers } from "./nodes";

/** The whole of one member, a Service's classic load balancer and the zone; every id that was made. */
export async function realistic(c: Clients, region = "us-west-2") {
  const image = (await c.ssm.send(new ssm.GetParameterCommand({ Name: UBUNTU }))).Parameter!.Value!;
  const net = await network(c, region);
  await nodeRole(c, "us-west-node");
  const at = await slot(c, region, net);
  const api = await apiBalancer(c, net);
  const instance = await controlPlane(c, image, at, "us-west-node");
  await c.elbv2.send(
    new elbv2.RegisterTargetsCommand({ TargetGroupArn: api.target, Targets: [{ Id: instance, Port: 6443 }] }),
  );
  const nodes = await workers(c, net, image, "us-west-node");
  const group = await c.asg.send(
    new asg.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [nodes.name] }),
  );
  const members = group.AutoScalingGroups![0].Instances!.map((one) => one.InstanceId!);
  await c.ec2.send(
    new ec2.CreateRouteCommand({
      RouteTableId: net.table,
      DestinationCidrBlock: "10.244.1.0/24",
      InstanceId: members[0],
    }),
  );
  const service = await c.elb.send(
    new elb.CreateLoadBalancerCommand({
      LoadBalancerName: "a0123456789abcdef0123456789abcde",
      Listeners: [{ Protocol: "tcp", InstanceProtocol: "tcp", LoadBalancerPort: 80, InstancePort: 30080 }],
      Subnets: net.subnets,
      SecurityGroups: [net.group],
    }),
  );
  const Instances = members.map((InstanceId) => ({ InstanceId }));
  await c.elb.send(
    new elb.RegisterInstancesWithLoadBalancerCommand({
      LoadBalancerName: "a0123456789abcdef0123456789abcde",
      Instances,
    }),
  );
  const zone = await c.route53.send(
    new route53.CreateHostedZoneCommand({ Name: "k8s.example.com", CallerReference: "recorded" }),
  );
  const check = await c.route53.send(
    new route53.CreateHealthCheckCommand({
      CallerReference: "recorded",
      HealthCheckConfig: {
        Type: "HTTP",
        FullyQualifiedDomainName: service.DNSName,
        Port: 80,
        ResourcePath: "/",
        RequestInterval: 10,
        FailureThreshold: 2,
      },
    }),
  );
  const record = (set: string, value: string) => ({
    Action: "CREATE" as const,
    ResourceRecordSet: {
      Name: "nginx.k8s.example.com",
      Type: "CNAME" as const,
      TTL: 300,
      SetIdentifier: set,
      Region: set as route53.ResourceRecordSetRegion,
      HealthCheckId: check.HealthCheck!.Id,
      ResourceRecords: [{ Value: value }],
    },
  });
  await c.route53.send(
    new route53.ChangeResourceRecordSetsCommand({
      HostedZoneId: zone.HostedZone!.Id,
      ChangeBatch: {
        Changes: [
          record("us-west-2", service.DNSName!),
          record("ap-northeast-1", "other-1.ap-northeast-1.elb.amazonaws.com"),
        ],
      },
    }),
  );
  return {
    image,
    net,
    at,
    api,
    instance,
    nodes,
    members,
    service,
    zone: zone.HostedZone!.Id!,
    check: check.HealthCheck!.Id!,
  };
}
