import * as fs from "node:fs";
import * as path from "node:path";
import { DeleteParameterCommand } from "@aws-sdk/client-ssm";
import * as aws from "@pulumi/aws";
import type { Stack } from "@pulumi/pulumi/automation";
import { Deployment, StateResource } from "../../../operate/recover/deployment";
import { takeUp } from "../../../operate/recover/take-up";
import { STACK_TAG } from "../../../operate/ownership";
import { engineOnAccount } from "../../sandbox/providers/engine-on-account";
import { quiet } from "../../sandbox/providers/engine-stack";

jest.setTimeout(300_000);

const region = "us-east-2";
const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } };
const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" }],
});

/** One of each kind that the search knows, as the program makes them. */
async function program() {
  const provider = new aws.Provider("aws", {
    region,
    defaultTags: { tags: { [STACK_TAG]: "federation/test" } },
  });
  const opts = { provider };
  const tags = (name: string) => ({ Name: `federation-test-us-east-${name}` });
  const cidrBlock = "10.5.0.0/16";
  const vpc = new aws.ec2.Vpc("vpc", { region, cidrBlock, tags: tags("vpc") }, opts);
  const gateway = new aws.ec2.InternetGateway(
    "gateway",
    { region, vpcId: vpc.id, tags: tags("gateway") },
    opts,
  );
  const table = new aws.ec2.RouteTable("table", { region, vpcId: vpc.id, tags: tags("routes") }, opts);
  const out = { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id };
  new aws.ec2.Route("out", { region, ...out }, opts);
  const subnet = new aws.ec2.Subnet(
    "subnet",
    {
      region,
      vpcId: vpc.id,
      cidrBlock: "10.5.0.0/24",
      availabilityZone: "us-east-2a",
      tags: tags("public-a"),
    },
    { ...opts, dependsOn: gateway },
  );
  new aws.ec2.RouteTableAssociation(
    "association",
    { region, routeTableId: table.id, subnetId: subnet.id },
    opts,
  );
  const group = new aws.ec2.SecurityGroup("nodes", { region, vpcId: vpc.id, tags: tags("nodes") }, opts);
  const everywhere = { securityGroupId: group.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" };
  new aws.vpc.SecurityGroupEgressRule("all-out", { region, ...everywhere, tags: tags("out") }, opts);
  new aws.vpc.SecurityGroupIngressRule("all-in", { region, ...everywhere, tags: tags("in") }, opts);
  const role = new aws.iam.Role("role", { assumeRolePolicy, tags: tags("node") }, opts);
  new aws.iam.RolePolicy("policy", { role: role.name, policy }, opts);
  const profile = new aws.iam.InstanceProfile("profile", { role: role.name, tags: tags("node") }, opts);
  const image = aws.ec2.getAmiOutput({ region, owners: ["099720109477"], mostRecent: true }, opts);
  const iface = new aws.ec2.NetworkInterface(
    "slot",
    { region, subnetId: subnet.id, tags: tags("slot") },
    opts,
  );
  const address = new aws.ec2.Eip("address", { region, domain: "vpc", tags: tags("slot") }, opts);
  new aws.ec2.EipAssociation(
    "address",
    { region, allocationId: address.id, networkInterfaceId: iface.id },
    opts,
  );
  new aws.ebs.Volume("etcd", { region, availabilityZone: "us-east-2a", size: 10, tags: tags("etcd") }, opts);
  const machine = {
    imageId: image.id,
    instanceType: "t3.medium",
    iamInstanceProfile: { name: profile.name },
  };
  const template = new aws.ec2.LaunchTemplate("workers", { region, ...machine, tags: tags("worker") }, opts);
  const launchTemplate = { id: template.id, version: "1" };
  const size = { minSize: 0, maxSize: 1, desiredCapacity: 0, vpcZoneIdentifiers: [subnet.id] };
  new aws.autoscaling.Group("workers", { region, launchTemplate, ...size }, opts);
  new aws.ec2.Instance(
    "node",
    { region, ami: image.id, instanceType: "t3.medium", subnetId: subnet.id, tags: tags("control-plane-0") },
    opts,
  );
  const balancer = new aws.lb.LoadBalancer(
    "api",
    { region, loadBalancerType: "network", subnets: [subnet.id] },
    opts,
  );
  const targets = new aws.lb.TargetGroup("api", { region, port: 6443, protocol: "TCP", vpcId: vpc.id }, opts);
  const forward = [{ type: "forward", targetGroupArn: targets.arn }];
  new aws.lb.Listener(
    "api",
    { region, loadBalancerArn: balancer.arn, port: 6443, protocol: "TCP", defaultActions: forward },
    opts,
  );
  const zone = new aws.route53.Zone("zone", { name: "k8s.example.com" }, opts);
  const check = new aws.route53.HealthCheck(
    "us-east",
    {
      type: "HTTP",
      fqdn: "a.example.com",
      port: 80,
      failureThreshold: 3,
      requestInterval: 30,
      tags: { Name: "us-east" },
    },
    opts,
  );
  const record = {
    zoneId: zone.id,
    name: "nginx.k8s.example.com",
    type: "CNAME",
    ttl: 60,
    records: ["a.example.com"],
  };
  const latency = { setIdentifier: region, latencyRoutingPolicies: [{ region }], healthCheckId: check.id };
  new aws.route53.Record("us-east", { ...record, ...latency }, opts);
  new aws.s3.Bucket("backups", { region, tags: tags("backups") }, opts);
  new aws.ssm.Parameter(
    "key",
    { region, name: "/federation/test/us-east/key", type: "String", value: "a" },
    opts,
  );
}

const stage = engineOnAccount("federation", program);
let stack: Stack;
beforeAll(() => void (stack = stage.engine.stack));

/**
 * The state as a killed engine leaves it: what AWS has made, still noted as being made. In the backend's own file, since an
 * import drops such notes.
 */
function kill(which: (one: StateResource) => boolean): StateResource[] {
  const file = path.join(stack.workspace.workDir, "state/.pulumi/stacks/federation/test.json");
  const state = JSON.parse(fs.readFileSync(file, "utf8")) as { checkpoint: { latest: Deployment } };
  const { resources = [], ...rest } = state.checkpoint.latest;
  const killed = resources.filter(which);
  const pending_operations = killed.map(({ id, outputs, ...resource }) => ({ type: "creating", resource }));
  state.checkpoint.latest = {
    ...rest,
    resources: resources.filter((one) => !which(one)),
    pending_operations,
  };
  fs.writeFileSync(file, JSON.stringify(state));
  return killed;
}

const inAws = ({ type }: StateResource) => type.startsWith("aws:");

test("A14: what a killed engine was making is taken up, each kind of it, and no second one is made", async () => {
  const before = await stage.account.emulator.get("/sandbox/account");
  await stack.up(quiet);
  const killed = kill(inAws);
  expect(killed).toHaveLength(27);

  const lines: string[] = [];
  await takeUp(stack, (line) => lines.push(line));
  expect(lines[0]).toBe("27 resources were being made when the engine was killed; looking for them");
  expect(lines.filter((line) => line.includes("not there"))).toEqual([]);
  const ids = ((await stack.exportStack()).deployment as Deployment).resources
    ?.filter(inAws)
    .map(({ id }) => id);
  expect(ids?.sort()).toEqual(killed.map(({ id }) => id).sort());
  expect((await stack.preview(quiet)).changeSummary).toEqual({ same: 29 });

  await takeUp(stack, (line) => lines.push(line));
  expect(lines).toHaveLength(28);
  await stack.destroy(quiet);
  expect(await stage.account.emulator.get("/sandbox/account")).toEqual(before);
});

test("what was not made yet is not taken up, and the next up makes it", async () => {
  await stack.up(quiet);
  const before = await stage.account.emulator.get("/sandbox/account");
  const killed = kill(({ type }) => type === "aws:ssm/parameter:Parameter");
  const { ssm } = stage.account.emulator.clients(region);
  await ssm.send(new DeleteParameterCommand({ Name: killed[0].id }));
  const lines: string[] = [];
  await takeUp(stack, (line) => lines.push(line));
  expect(lines[1]).toContain("not there");
  expect((await stack.up(quiet)).summary.resourceChanges).toEqual({ create: 1, same: 28 });
  expect(Object.keys(await stage.account.emulator.get("/sandbox/account"))).toEqual(Object.keys(before));
});
