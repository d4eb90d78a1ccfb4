import { isDeepStrictEqual } from "node:util";
import type { Props } from "../../../../sandbox/providers/runtime";
import { diffSpec } from "../../../../sandbox/providers/aws/compare";
import { specs } from "../../../../sandbox/providers/aws/types";

/** A change that replaces ("Forces new resource" in the registry documentation of the named resource), or does not. */
type Case = [token: string, what: string, olds: Props, news: Props, replaces: string[]];

const vpc = { cidrBlock: "10.0.0.0/16", enableDnsSupport: true, instanceTenancy: "default" };
const node = { ami: "ami-1", instanceType: "t3.medium", userData: "a", userDataReplaceOnChange: false };
const nlb = { loadBalancerType: "network", subnets: ["subnet-1"], securityGroups: ["sg-1"], name: "api" };
const rule = { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 1, toPort: 2, cidrIpv4: "10.0.0.0/8" };
const record = { zoneId: "Z1", name: "a.example.com", type: "CNAME", ttl: 60, records: ["b"], setIdentifier: "us-west-2" };

const cases: Case[] = [
  ["aws:ec2/vpc:Vpc", "aws_vpc: cidr_block", vpc, { ...vpc, cidrBlock: "10.1.0.0/16" }, ["cidrBlock"]],
  ["aws:ec2/vpc:Vpc", "aws_vpc: enable_dns_hostnames in place", vpc, { ...vpc, enableDnsHostnames: true }, []],
  ["aws:ec2/vpc:Vpc", "aws_vpc: tenancy to dedicated", vpc, { ...vpc, instanceTenancy: "dedicated" }, ["instanceTenancy"]],
  ["aws:ec2/vpc:Vpc", "aws_vpc: tenancy back to default in place", { ...vpc, instanceTenancy: "dedicated" }, vpc, []],
  ["aws:ec2/subnet:Subnet", "aws_subnet: map_public_ip_on_launch in place", { mapPublicIpOnLaunch: false }, { mapPublicIpOnLaunch: true }, []],
  ["aws:ec2/subnet:Subnet", "aws_subnet: availability_zone", { availabilityZone: "a" }, { availabilityZone: "b" }, ["availabilityZone"]],
  ["aws:ec2/internetGateway:InternetGateway", "aws_internet_gateway: vpc_id in place", { vpcId: "vpc-1" }, { vpcId: "vpc-2" }, []],
  ["aws:ec2/route:Route", "aws_route: destination", { destinationCidrBlock: "0.0.0.0/0" }, { destinationCidrBlock: "10.0.0.0/8" }, ["destinationCidrBlock"]],
  ["aws:ec2/route:Route", "aws_route: target in place", { gatewayId: "igw-1" }, { gatewayId: "igw-2" }, []],
  ["aws:ec2/routeTableAssociation:RouteTableAssociation", "route_table_id in place", { routeTableId: "rtb-1" }, { routeTableId: "rtb-2" }, []],
  ["aws:ec2/securityGroup:SecurityGroup", "aws_security_group: description", { description: "a" }, { description: "b" }, ["description"]],
  ["aws:ec2/securityGroup:SecurityGroup", "aws_security_group: revoke_rules_on_delete in place", { revokeRulesOnDelete: false }, { revokeRulesOnDelete: true }, []],
  ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ports and range in place", rule, { ...rule, toPort: 3, cidrIpv4: "10.0.0.0/9" }, []],
  [
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "another kind of source",
    rule,
    { ...rule, cidrIpv4: undefined, referencedSecurityGroupId: "sg-2" },
    ["cidrIpv4", "referencedSecurityGroupId"],
  ],
  ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "security_group_id", rule, { ...rule, securityGroupId: "sg-2" }, ["securityGroupId"]],
  ["aws:ec2/networkInterface:NetworkInterface", "aws_network_interface: subnet_id", { subnetId: "subnet-1" }, { subnetId: "subnet-2" }, ["subnetId"]],
  ["aws:ec2/networkInterface:NetworkInterface", "security_groups in place", { securityGroups: ["sg-1"] }, { securityGroups: ["sg-2"] }, []],
  ["aws:ec2/instance:Instance", "aws_instance: ami", node, { ...node, ami: "ami-2" }, ["ami"]],
  ["aws:ec2/instance:Instance", "aws_instance: instance_type in place", node, { ...node, instanceType: "t3.large" }, []],
  ["aws:ec2/instance:Instance", "aws_instance: user_data in place", node, { ...node, userData: "b" }, []],
  [
    "aws:ec2/instance:Instance",
    "aws_instance: user_data with user_data_replace_on_change",
    node,
    { ...node, userData: "b", userDataReplaceOnChange: true },
    ["userData"],
  ],
  ["aws:ec2/instance:Instance", "root_block_device.volume_size in place", { rootBlockDevice: { volumeSize: 8 } }, { rootBlockDevice: { volumeSize: 9 } }, []],
  [
    "aws:ec2/instance:Instance",
    "root_block_device.encrypted",
    { rootBlockDevice: { encrypted: true } },
    { rootBlockDevice: { encrypted: false } },
    ["rootBlockDevice.encrypted"],
  ],
  ["aws:ec2/instance:Instance", "metadata_options in place", { metadataOptions: { httpTokens: "optional" } }, { metadataOptions: { httpTokens: "required" } }, []],
  ["aws:ebs/volume:Volume", "aws_ebs_volume: size in place", { size: 8 }, { size: 9 }, []],
  ["aws:ebs/volume:Volume", "aws_ebs_volume: encrypted", { encrypted: true }, { encrypted: false }, ["encrypted"]],
  ["aws:ec2/volumeAttachment:VolumeAttachment", "instance_id", { instanceId: "i-1" }, { instanceId: "i-2" }, ["instanceId"]],
  ["aws:ec2/volumeAttachment:VolumeAttachment", "force_detach in place", {}, { forceDetach: true }, []],
  ["aws:ec2/launchTemplate:LaunchTemplate", "aws_launch_template: image_id is a new version", { imageId: "ami-1" }, { imageId: "ami-2" }, []],
  ["aws:ec2/launchTemplate:LaunchTemplate", "aws_launch_template: name", { name: "a" }, { name: "b" }, ["name"]],
  ["aws:autoscaling/group:Group", "aws_autoscaling_group: launch_template in place", { launchTemplate: { version: "1" } }, { launchTemplate: { version: "2" } }, []],
  ["aws:autoscaling/group:Group", "aws_autoscaling_group: name", { name: "a" }, { name: "b" }, ["name"]],
  ["aws:iam/role:Role", "aws_iam_role: path", { path: "/" }, { path: "/x/" }, ["path"]],
  ["aws:iam/role:Role", "aws_iam_role: assume_role_policy in place", { assumeRolePolicy: '{"a":1}' }, { assumeRolePolicy: '{"a":2}' }, []],
  ["aws:iam/instanceProfile:InstanceProfile", "role in place", { role: "a" }, { role: "b" }, []],
  ["aws:ssm/parameter:Parameter", "aws_ssm_parameter: name", { name: "/a" }, { name: "/b" }, ["name"]],
  ["aws:ssm/parameter:Parameter", "aws_ssm_parameter: tier back from Advanced", { tier: "Advanced" }, { tier: "Standard" }, ["tier"]],
  ["aws:ssm/parameter:Parameter", "aws_ssm_parameter: tier to Advanced in place", { tier: "Standard" }, { tier: "Advanced" }, []],
  ["aws:lb/loadBalancer:LoadBalancer", "aws_lb: load_balancer_type", nlb, { ...nlb, loadBalancerType: "application" }, ["loadBalancerType"]],
  ["aws:lb/loadBalancer:LoadBalancer", "aws_lb (network): a subnet more in place", nlb, { ...nlb, subnets: ["subnet-1", "subnet-2"] }, []],
  ["aws:lb/loadBalancer:LoadBalancer", "aws_lb (network): other groups in place", nlb, { ...nlb, securityGroups: ["sg-2"] }, []],
  ["aws:lb/loadBalancer:LoadBalancer", "aws_lb (network): the last group goes", nlb, { ...nlb, securityGroups: [] }, ["securityGroups"]],
  [
    "aws:lb/loadBalancer:LoadBalancer",
    "aws_lb (network): a subnet goes",
    { ...nlb, subnets: ["subnet-1", "subnet-2"] },
    nlb,
    ["subnets", "subnets[1]"],
  ],
  ["aws:lb/loadBalancer:LoadBalancer", "aws_lb (application): a subnet goes, in place", { loadBalancerType: "application", subnets: ["a", "b"] }, { loadBalancerType: "application", subnets: ["a"] }, []],
  ["aws:lb/targetGroup:TargetGroup", "aws_lb_target_group: port", { port: 80 }, { port: 81 }, ["port"]],
  ["aws:lb/targetGroup:TargetGroup", "aws_lb_target_group: health_check in place", { healthCheck: { interval: 10 } }, { healthCheck: { interval: 30 } }, []],
  ["aws:lb/listener:Listener", "aws_lb_listener: port in place", { port: 80 }, { port: 81 }, []],
  ["aws:lb/listener:Listener", "aws_lb_listener: load_balancer_arn", { loadBalancerArn: "a" }, { loadBalancerArn: "b" }, ["loadBalancerArn"]],
  ["aws:route53/zone:Zone", "aws_route53_zone: comment in place", { comment: "a" }, { comment: "b" }, []],
  ["aws:route53/record:Record", "aws_route53_record: name", record, { ...record, name: "c.example.com" }, ["name"]],
  ["aws:route53/record:Record", "aws_route53_record: records, ttl, type and set_identifier in place", record, { ...record, ttl: 5, type: "A", records: ["192.0.2.1"], setIdentifier: "x" }, []],
  ["aws:route53/healthCheck:HealthCheck", "aws_route53_health_check: request_interval", { type: "TCP", requestInterval: 10 }, { type: "TCP", requestInterval: 30 }, ["requestInterval"]],
  ["aws:route53/healthCheck:HealthCheck", "aws_route53_health_check: fqdn in place", { type: "TCP", fqdn: "a" }, { type: "TCP", fqdn: "b" }, []],
];

test.each(cases)("%s: %s", (token, _what, olds, news, replaces) => {
  const diff = diffSpec(specs[token], olds, news, {});
  expect(diff.changed).not.toEqual([]);
  expect(diff.replaces).toEqual(expect.arrayContaining(replaces.slice(0, 1)));
  const extra = diff.replaces.filter((path) => !replaces.some((known) => path === known || path.startsWith(`${known}.`)));
  expect(isDeepStrictEqual(extra, []) || extra).toBe(true);
});

describe("what is the same to upstream is no change here", () => {
  const same: [string, string, Props, Props, Props?][] = [
    ["aws:ec2/networkInterface:NetworkInterface", "order of security groups", { securityGroups: ["a", "b"] }, { securityGroups: ["b", "a"] }],
    ["aws:route53/record:Record", "order of records", { records: ["a", "b"] }, { records: ["b", "a"] }],
    ["aws:iam/rolePolicy:RolePolicy", "spelling of a policy", { policy: '{"a":1,"b":2}' }, { policy: '{ "b": 2, "a": 1 }' }],
    ["aws:lb/targetGroup:TargetGroup", "number as text", { deregistrationDelay: 30 }, { deregistrationDelay: "30" }],
    ["aws:ec2/subnet:Subnet", "a zone left out that AWS chose", { availabilityZone: "a" }, {}, { availabilityZone: "a" }],
    ["aws:ec2/subnet:Subnet", "a zone now said that AWS had chosen", {}, { availabilityZone: "a" }, { availabilityZone: "a" }],
    ["aws:ec2/instance:Instance", "a block left out that AWS fills", { metadataOptions: { httpTokens: "required", httpEndpoint: "enabled" } }, { metadataOptions: { httpTokens: "required" } }],
    ["aws:ec2/securityGroup:SecurityGroup", "no tags and empty tags", {}, { tags: {} }],
  ];
  test.each(same)("%s: %s", (token, _what, olds, news, state = {}) => {
    expect(diffSpec(specs[token], olds, news, state)).toEqual({ changed: [], replaces: [] });
  });
});

test("another region replaces, also when it comes from the provider's config", () => {
  const state = { region: "us-west-2" };
  expect(diffSpec(specs["aws:ec2/vpc:Vpc"], vpc, { ...vpc, region: "us-east-2" }, state).replaces).toEqual(["region"]);
  expect(diffSpec(specs["aws:iam/role:Role"], {}, { region: "us-east-2" }, state).replaces).toEqual([]);
});
