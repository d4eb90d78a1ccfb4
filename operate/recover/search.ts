import { DescribeTagsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { goneOf } from "../find-ec2";
import { Inputs, services } from "./services";

/** EC2 finds these by their Name, in which the project, the stack and the member are; with what their ids begin with. */
const named: Readonly<Record<string, string>> = {
  "aws:ebs/volume:Volume": "vol",
  "aws:ec2/eip:Eip": "eipalloc",
  "aws:ec2/instance:Instance": "i",
  "aws:ec2/internetGateway:InternetGateway": "igw",
  "aws:ec2/launchTemplate:LaunchTemplate": "lt",
  "aws:ec2/natGateway:NatGateway": "nat",
  "aws:ec2/networkInterface:NetworkInterface": "eni",
  "aws:ec2/routeTable:RouteTable": "rtb",
  "aws:ec2/securityGroup:SecurityGroup": "sg",
  "aws:ec2/subnet:Subnet": "subnet",
  "aws:ec2/vpc:Vpc": "vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": "pcx",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
};

async function byName(prefix: string, { region, tags }: Inputs): Promise<string[]> {
  const client = new EC2Client({ region });
  const Filters = [
    { Name: "key", Values: ["Name"] },
    { Name: "value", Values: [tags.Name as string] },
  ];
  const { Tags = [] } = await client.send(new DescribeTagsCommand({ Filters }));
  const found = Tags.filter(({ ResourceId }) => ResourceId?.startsWith(`${prefix}-`)).map(
    ({ ResourceId, ResourceType }) => ({ region, kind: `ec2 ${ResourceType}`, id: ResourceId as string }),
  );
  const gone = await goneOf(client, found);
  return found.map(({ id }) => id).filter((id) => !gone.includes(id));
}

/** Errors by which AWS's services say that there is no such thing. */
const ABSENT = /NotFound|NoSuch|\.NotFound$|does not exist/;

/**
 * Ids of what is there and is what a creation asked for; nothing for a kind that may be made once more without harm
 * (an attachment, a bucket's setting) or that leaves nothing in AWS.
 */
export async function search(type: string, inputs: Inputs, stack: string): Promise<string[]> {
  const prefix = named[type];
  try {
    const found = prefix ? await byName(prefix, inputs) : ((await services[type]?.(inputs, stack)) ?? []);
    return found.flatMap((id) => id ?? []);
  } catch (error) {
    const { name, message } = error as Error;
    if (ABSENT.test(name) || ABSENT.test(message)) return [];
    throw error;
  }
}
