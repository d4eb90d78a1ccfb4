import type { Props } from "../../../../sandbox/providers/runtime";
import { UNKNOWN } from "../../../../sandbox/providers/runtime";
import { checkSpec } from "../../../../sandbox/providers/aws/check";
import { specs } from "../../../../sandbox/providers/aws/types";

/** Inputs upstream's plan refuses; what the check must name. */
const cases: [string, string, Props, string[]][] = [
  [
    "aws:ec2/subnet:Subnet",
    "zone by name and by id",
    { availabilityZone: "a", availabilityZoneId: "b" },
    ["availabilityZoneId"],
  ],
  [
    "aws:ec2/route:Route",
    "no target",
    { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0" },
    ["gatewayId"],
  ],
  [
    "aws:ec2/route:Route",
    "two targets",
    { destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-1", natGatewayId: "nat-1" },
    ["natGatewayId"],
  ],
  [
    "aws:ec2/routeTable:RouteTable",
    "inline routes",
    { vpcId: "vpc-1", routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] },
    ["routes"],
  ],
  [
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "neither subnet nor gateway",
    { routeTableId: "rtb-1" },
    ["subnetId"],
  ],
  [
    "aws:ec2/natGateway:NatGateway",
    "a regional one",
    { vpcId: "vpc-1", availabilityMode: "regional" },
    ["vpcId", "availabilityMode"],
  ],
  [
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
    "accepted by its requester",
    { vpcId: "vpc-1", peerVpcId: "vpc-2", autoAccept: true },
    ["autoAccept"],
  ],
  [
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "an interface endpoint",
    { vpcEndpointType: "Interface" },
    ["vpcEndpointType"],
  ],
  [
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "two sources",
    { cidrIpv4: "10.0.0.0/8", prefixListId: "pl-1" },
    ["prefixListId"],
  ],
  ["aws:ec2/instance:Instance", "no image and no type", {}, ["ami", "instanceType"]],
  [
    "aws:ec2/instance:Instance",
    "subnet beside an interface",
    { ami: "a", instanceType: "t", subnetId: "s", networkInterfaces: [{}] },
    ["subnetId"],
  ],
  ["aws:ebs/volume:Volume", "no size", { availabilityZone: "a" }, ["size"]],
  ["aws:lb/loadBalancer:LoadBalancer", "no subnets", { name: "api" }, ["subnets"]],
  ["aws:lb/loadBalancer:LoadBalancer", "a name AWS refuses", { name: "api-", subnets: ["s"] }, ["name"]],
  [
    "aws:lb/targetGroup:TargetGroup",
    "no port, protocol, VPC",
    { name: "api", targetType: "ip" },
    ["port", "protocol", "vpcId"],
  ],
  ["aws:route53/record:Record", "records without ttl", { records: ["a"] }, ["ttl"]],
  [
    "aws:route53/record:Record",
    "a policy without set identifier",
    { records: ["a"], ttl: 1, latencyRoutingPolicies: [{ region: "r" }] },
    ["setIdentifier"],
  ],
  [
    "aws:route53/record:Record",
    "two policies",
    {
      records: ["a"],
      ttl: 1,
      setIdentifier: "s",
      latencyRoutingPolicies: [{ region: "r" }],
      weightedRoutingPolicies: [{ weight: 1 }],
    },
    ["weightedRoutingPolicies"],
  ],
  ["aws:route53/record:Record", "an alias with a ttl", { aliases: [{}], ttl: 1 }, ["ttl"]],
  ["aws:route53/healthCheck:HealthCheck", "nothing to check", { type: "TCP" }, ["fqdn"]],
  ["aws:ssm/parameter:Parameter", "no value", { type: "String" }, ["value"]],
  [
    "aws:ssm/parameter:Parameter",
    "an open SecureString",
    { type: "SecureString", insecureValue: "x" },
    ["insecureValue"],
  ],
  [
    "aws:autoscaling/group:Group",
    "what it does not do",
    { mixedInstancesPolicy: { launchTemplate: {} } },
    ["mixedInstancesPolicy"],
  ],
];

test.each(cases)("%s: %s", (token, _what, inputs, properties) => {
  expect(checkSpec(specs[token], inputs).map(({ property }) => property)).toEqual(properties);
});

test("what is unknown in a preview counts as given", () => {
  expect(
    checkSpec(specs["aws:ec2/route:Route"], {
      routeTableId: UNKNOWN,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: UNKNOWN,
    }),
  ).toEqual([]);
  expect(checkSpec(specs["aws:lb/loadBalancer:LoadBalancer"], { name: "api", subnets: UNKNOWN })).toEqual([]);
});
