import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import type { RegionState } from "../../../sandbox/cloud/state";
import { type Clients, type Emulator, startEmulator } from "./emulator";
import { realistic } from "./realistic";

jest.setTimeout(60_000);

let emulator: Emulator;
let c: Clients;
let made: Awaited<ReturnType<typeof realistic>>;
const classic = "a0123456789abcdef0123456789abcde";

beforeAll(async () => {
  emulator = await startEmulator();
  c = emulator.clients("us-west-2");
  made = await realistic(c);
});
afterAll(() => emulator?.stop());

const region = async (): Promise<RegionState> => (await emulator.get("/sandbox/state")).regions["us-west-2"];
const owned = async (name: string) => (await region()).interfaces.filter((one) => one.requester === name);

describe("a network load balancer", () => {
  test("is named, numbered and defaulted as on AWS", async () => {
    const { balancer } = made.api;
    const id = balancer.LoadBalancerArn!.split("/")[3];
    expect(balancer).toMatchObject({
      DNSName: `us-west-api-${id}.elb.us-west-2.amazonaws.com`,
      CanonicalHostedZoneId: "Z18D5FSROUN65G",
      Scheme: "internet-facing",
      Type: "network",
      State: { Code: "active" },
      SecurityGroups: [made.api.group],
    });
    expect(balancer.LoadBalancerArn).toMatch(/:loadbalancer\/net\/us-west-api\/[0-9a-f]{16}$/);
  });

  test("owns an interface in each subnet, with its groups and a public address, that nobody else gets", async () => {
    const interfaces = await owned("us-west-api");
    expect(interfaces.map((one) => one.subnet).sort()).toEqual([...made.net.subnets].sort());
    for (const one of interfaces) {
      expect(one).toMatchObject({
        instance: null,
        groups: [made.api.group],
        publicIp: expect.stringMatching(/^192\.0\.2\./),
      });
    }
    const all = (await region()).interfaces;
    expect(new Set(all.map((one) => one.privateIp)).size).toBe(all.length);
    const shown = await c.ec2.send(
      new ec2.DescribeNetworkInterfacesCommand({
        Filters: [{ Name: "description", Values: ["ELB net/us-west-api/*"] }],
      }),
    );
    expect(shown.NetworkInterfaces!.length).toBe(2);
    expect(shown.NetworkInterfaces![0]).toMatchObject({
      RequesterManaged: true,
      RequesterId: "amazon-elb",
      Status: "in-use",
    });
  });

  test("its groups change on its interfaces too", async () => {
    await c.elbv2.send(
      new elbv2.SetSecurityGroupsCommand({
        LoadBalancerArn: made.api.balancer.LoadBalancerArn,
        SecurityGroups: [made.api.group, made.net.group],
      }),
    );
    expect((await owned("us-west-api"))[0].groups).toEqual([made.api.group, made.net.group]);
  });

  test("its targets are what the data plane measured: initial, unhealthy, healthy, unused", async () => {
    const health = async () => {
      const shown = await c.elbv2.send(
        new elbv2.DescribeTargetHealthCommand({ TargetGroupArn: made.api.target }),
      );
      return shown.TargetHealthDescriptions![0].TargetHealth;
    };
    expect(await health()).toMatchObject({ State: "initial" });
    for (const state of ["unhealthy", "healthy"]) {
      await emulator.send("PUT", "/sandbox/target-health", { [made.api.target]: { [made.instance]: state } });
      expect(await health()).toMatchObject({ State: state });
    }
  });

  test("takes a target out that is not there without a word", async () => {
    await c.elbv2.send(
      new elbv2.DeregisterTargetsCommand({
        TargetGroupArn: made.api.target,
        Targets: [{ Id: "i-0123456789abcdef0" }],
      }),
    );
  });

  test("client addresses are preserved by default for instances, not for addresses, and the feed says so", async () => {
    const group = async (Name: string, TargetType: elbv2.TargetTypeEnum) =>
      (
        await c.elbv2.send(
          new elbv2.CreateTargetGroupCommand({
            Name,
            Protocol: "TCP",
            Port: 80,
            VpcId: made.net.vpc,
            TargetType,
          }),
        )
      ).TargetGroups![0].TargetGroupArn!;
    const [one, other] = [await group("by-instance", "instance"), await group("by-address", "ip")];
    const fed = Object.fromEntries(
      (await region()).targetGroups.map((group_) => [group_.arn, group_.preserveClientIp]),
    );
    expect([fed[one], fed[other], fed[made.api.target]]).toEqual([true, false, false]);
    for (const TargetGroupArn of [one, other])
      await c.elbv2.send(new elbv2.DeleteTargetGroupCommand({ TargetGroupArn }));
  });

  test("takes its interfaces along when it is deleted", async () => {
    await c.elbv2.send(
      new elbv2.DeleteLoadBalancerCommand({ LoadBalancerArn: made.api.balancer.LoadBalancerArn }),
    );
    expect(await owned("us-west-api")).toEqual([]);
  });
});

describe("a classic load balancer", () => {
  const one = async () =>
    (await c.elb.send(new elb.DescribeLoadBalancersCommand({ LoadBalancerNames: [classic] })))
      .LoadBalancerDescriptions![0];

  test("has a name of its region and a health check from the start (the cloud controller counts on it)", async () => {
    expect(await one()).toMatchObject({
      DNSName: expect.stringMatching(new RegExp(`^${classic}-\\d{10}\\.us-west-2\\.elb\\.amazonaws\\.com$`)),
      CanonicalHostedZoneNameID: "Z1H1FL5HABSF5",
      HealthCheck: {
        Target: "TCP:30080",
        Interval: 30,
        Timeout: 5,
        HealthyThreshold: 10,
        UnhealthyThreshold: 2,
      },
      Scheme: "internet-facing",
      VPCId: made.net.vpc,
    });
  });

  test("internal ones say so in their name and have no public address", async () => {
    const made_ = await c.elb.send(
      new elb.CreateLoadBalancerCommand({
        LoadBalancerName: "inside",
        Scheme: "internal",
        Subnets: made.net.subnets,
        SecurityGroups: [made.net.group],
        Listeners: [{ Protocol: "TCP", LoadBalancerPort: 80, InstancePort: 30081 }],
      }),
    );
    expect(made_.DNSName).toMatch(/^internal-inside-/);
    expect((await owned("inside")).map((eni) => eni.publicIp)).toEqual([null, null]);
    await c.elb.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerName: "inside" }));
    expect(await owned("inside")).toEqual([]);
  });

  test("instances are OutOfService until measured healthy, and leave with the instance", async () => {
    const states = async () =>
      (
        await c.elb.send(new elb.DescribeInstanceHealthCommand({ LoadBalancerName: classic }))
      ).InstanceStates!.map((state) => state.State);
    expect(await states()).toEqual(["OutOfService", "OutOfService"]);
    await emulator.send("PUT", "/sandbox/target-health", {
      [`us-west-2/${classic}`]: { [made.members[0]]: "healthy", [made.members[1]]: "unhealthy" },
    });
    expect(await states()).toEqual(["InService", "OutOfService"]);
    await c.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [made.members[0]] }));
    expect((await one()).Instances!.map((instance) => instance.InstanceId)).toEqual([made.members[1]]);
  });

  test("a listener taken away leaves the others; its health check can be set", async () => {
    const listener = (port: number) => ({
      Protocol: "TCP",
      LoadBalancerPort: port,
      InstancePort: 30000 + port,
    });
    await c.elb.send(
      new elb.CreateLoadBalancerListenersCommand({
        LoadBalancerName: classic,
        Listeners: [listener(81), listener(82)],
      }),
    );
    await c.elb.send(
      new elb.DeleteLoadBalancerListenersCommand({ LoadBalancerName: classic, LoadBalancerPorts: [81, 82] }),
    );
    await c.elb.send(
      new elb.ConfigureHealthCheckCommand({
        LoadBalancerName: classic,
        HealthCheck: {
          Target: "HTTP:31000/healthz",
          Interval: 10,
          Timeout: 5,
          HealthyThreshold: 2,
          UnhealthyThreshold: 6,
        },
      }),
    );
    const fed = (await region()).loadBalancers.find((balancer) => balancer.name === classic)!;
    expect(fed.listeners).toEqual([{ port: 80, protocol: "TCP", targetPort: 30080, targetGroup: null }]);
    expect(fed.healthCheck).toEqual({
      protocol: "HTTP",
      port: 31000,
      path: "/healthz",
      interval: 10,
      timeout: 5,
      healthy: 2,
      unhealthy: 6,
    });
  });

  test("attributes are kept and told", async () => {
    await c.elb.send(
      new elb.ModifyLoadBalancerAttributesCommand({
        LoadBalancerName: classic,
        LoadBalancerAttributes: {
          CrossZoneLoadBalancing: { Enabled: true },
          ConnectionSettings: { IdleTimeout: 90 },
        },
      }),
    );
    const fed = (await region()).loadBalancers.find((balancer) => balancer.name === classic)!;
    expect([fed.crossZone, fed.idleTimeout]).toEqual([true, 90]);
  });
});
