import type { ResourceType } from "../runtime/types";
import { eip, eipAssociation } from "./addresses";
import { group } from "./autoscaling";
import { define } from "./define";
import { subnet, vpc } from "./ec2-network";
import { instanceProfile, role, rolePolicy, rolePolicyAttachment } from "./iam";
import { instance } from "./instances";
import { networkInterface } from "./interfaces";
import { internetGateway } from "./internet-gateway";
import { launchTemplate } from "./launch-templates";
import { listener } from "./listeners";
import { loadBalancer } from "./load-balancers";
import { natGateway } from "./nat-gateway";
import type { Spec } from "./resource";
import { route, routeTable, routeTableAssociation } from "./route-tables";
import { healthCheck } from "./route53-health-checks";
import { record } from "./route53-records";
import { zone } from "./route53-zones";
import { bucket, bucketEncryption, bucketPublicAccessBlock, bucketVersioning } from "./s3";
import { bucketLifecycle, bucketOwnershipControls, bucketPolicy } from "./s3-rules";
import { egressRule, ingressRule, securityGroup } from "./security-groups";
import { parameter } from "./ssm";
import { targetGroup, targetGroupAttachment } from "./target-groups";
import { volume, volumeAttachment } from "./volumes";
import { vpcEndpoint } from "./vpc-endpoint";
import { peeringConnectionOptions, vpcPeeringConnection, vpcPeeringConnectionAccepter } from "./vpc-peering";

/** Every type this provider stands in for, by the token the SDK registers. */
export const specs: Record<string, Spec> = {
  "aws:autoscaling/group:Group": group,
  "aws:ebs/volume:Volume": volume,
  "aws:ec2/eip:Eip": eip,
  "aws:ec2/eipAssociation:EipAssociation": eipAssociation,
  "aws:ec2/instance:Instance": instance,
  "aws:ec2/internetGateway:InternetGateway": internetGateway,
  "aws:ec2/launchTemplate:LaunchTemplate": launchTemplate,
  "aws:ec2/natGateway:NatGateway": natGateway,
  "aws:ec2/networkInterface:NetworkInterface": networkInterface,
  "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions": peeringConnectionOptions,
  "aws:ec2/route:Route": route,
  "aws:ec2/routeTable:RouteTable": routeTable,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": routeTableAssociation,
  "aws:ec2/securityGroup:SecurityGroup": securityGroup,
  "aws:ec2/subnet:Subnet": subnet,
  "aws:ec2/volumeAttachment:VolumeAttachment": volumeAttachment,
  "aws:ec2/vpc:Vpc": vpc,
  "aws:ec2/vpcEndpoint:VpcEndpoint": vpcEndpoint,
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": vpcPeeringConnection,
  "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": vpcPeeringConnectionAccepter,
  "aws:iam/instanceProfile:InstanceProfile": instanceProfile,
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": rolePolicyAttachment,
  "aws:lb/listener:Listener": listener,
  "aws:lb/loadBalancer:LoadBalancer": loadBalancer,
  "aws:lb/targetGroup:TargetGroup": targetGroup,
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": targetGroupAttachment,
  "aws:route53/healthCheck:HealthCheck": healthCheck,
  "aws:route53/record:Record": record,
  "aws:route53/zone:Zone": zone,
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketLifecycle,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketOwnershipControls,
  "aws:s3/bucketPolicy:BucketPolicy": bucketPolicy,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketPublicAccessBlock,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucketEncryption,
  "aws:s3/bucketVersioning:BucketVersioning": bucketVersioning,
  "aws:ssm/parameter:Parameter": parameter,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": egressRule,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ingressRule,
};

const defined = new Map<string, ResourceType>();

/** The resource type of a token; `undefined` where this provider does not stand in for it. */
export function resourceType(token: string): ResourceType | undefined {
  const spec = specs[token];
  if (spec && !defined.has(token)) defined.set(token, define(spec));
  return defined.get(token);
}
