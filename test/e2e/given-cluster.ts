/**
 * Runs in the box: `make` brings up a cluster that the program knows nothing of, as somebody else's kubeadm would, and
 * prints where it is; `remove` takes all of it away.
 */
import * as ec2 from "@aws-sdk/client-ec2";

export const REGION = "ap-northeast-1";
const NAME = "given";
const VPC = "10.200.0.0/24";

/** What its owner knows of its network, and declares. */
export const NETWORK = { nodes: VPC, pods: "10.201.0.0/16", services: "10.202.0.0/16" };

/** What `make` prints. */
export interface GivenCluster {
  readonly instance: string;
  /** Public address of its API, on port 6443. */
  readonly address: string;
}

const EC2 = new ec2.EC2Client({ region: REGION });
const tags = (kind: ec2.ResourceType) => [{ ResourceType: kind, Tags: [{ Key: "Name", Value: NAME }] }];
const named = { Filters: [{ Name: "tag:Name", Values: [NAME] }] };

/** One node that is control plane and worker. Its log is `/var/log/kubeadm.log`. */
const USER_DATA = `#!/bin/bash
exec > /var/log/kubeadm.log 2>&1
set -eux
metadata=http://169.254.169.254/latest
token=$(curl -sSf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' $metadata/api/token)
until public=$(curl -sSf -H "X-aws-ec2-metadata-token: $token" $metadata/meta-data/public-ipv4); do sleep 1; done
echo 1 > /proc/sys/net/ipv4/ip_forward
cat > /etc/cni/given.template <<'CNI'
{ "cniVersion": "1.0.0", "name": "pods", "plugins": [
  { "type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
    "ipam": { "type": "host-local", "routes": [{ "dst": "0.0.0.0/0" }], "ranges": [[{ "subnet": "{{.PodCIDR}}" }]] } }
] }
CNI
cat > /etc/containerd/conf.d/given.toml <<'TOML'
version = 3
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ['/opt/cni/bin']
  conf_dir = '/etc/cni/net.d'
  conf_template = '/etc/cni/given.template'
TOML
systemctl restart containerd
cat > /root/kubeadm.yaml <<CONFIG
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration: { taints: [] }
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
networking: { podSubnet: ${NETWORK.pods}, serviceSubnet: ${NETWORK.services} }
apiServer: { certSANs: [$public] }
CONFIG
systemctl enable kubelet
kubeadm init --config /root/kubeadm.yaml
`;

async function make(): Promise<GivenCluster> {
  const { Vpc } = await EC2.send(
    new ec2.CreateVpcCommand({ CidrBlock: VPC, TagSpecifications: tags("vpc") }),
  );
  const VpcId = Vpc!.VpcId!;
  const { Subnet } = await EC2.send(
    new ec2.CreateSubnetCommand({ VpcId, CidrBlock: VPC, TagSpecifications: tags("subnet") }),
  );
  const { InternetGateway } = await EC2.send(
    new ec2.CreateInternetGatewayCommand({ TagSpecifications: tags("internet-gateway") }),
  );
  const { InternetGatewayId } = InternetGateway!;
  await EC2.send(new ec2.AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const inVpc = { Filters: [{ Name: "vpc-id", Values: [VpcId] }] };
  const { RouteTables } = await EC2.send(new ec2.DescribeRouteTablesCommand(inVpc));
  await EC2.send(
    new ec2.CreateRouteCommand({
      RouteTableId: RouteTables![0].RouteTableId,
      DestinationCidrBlock: "0.0.0.0/0",
      GatewayId: InternetGatewayId,
    }),
  );
  const group = { GroupName: NAME, Description: NAME, VpcId, TagSpecifications: tags("security-group") };
  const { GroupId } = await EC2.send(new ec2.CreateSecurityGroupCommand(group));
  const everybody = [
    { IpProtocol: "tcp", FromPort: 6443, ToPort: 6443, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
  ];
  await EC2.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: everybody }));
  const { Images } = await EC2.send(new ec2.DescribeImagesCommand({}));
  const image = Images?.find(({ Name }) => !Name?.endsWith("-bare"));
  const { Instances } = await EC2.send(
    new ec2.RunInstancesCommand({
      ImageId: image?.ImageId,
      InstanceType: "t3.medium",
      MinCount: 1,
      MaxCount: 1,
      UserData: Buffer.from(USER_DATA).toString("base64"),
      NetworkInterfaces: [
        { DeviceIndex: 0, SubnetId: Subnet!.SubnetId, Groups: [GroupId!], AssociatePublicIpAddress: true },
      ],
      TagSpecifications: tags("instance"),
    }),
  );
  const instance = Instances![0].InstanceId!;
  const seen = await EC2.send(new ec2.DescribeInstancesCommand({ InstanceIds: [instance] }));
  return { instance, address: seen.Reservations![0].Instances![0].PublicIpAddress! };
}

async function remove(): Promise<void> {
  const { Reservations } = await EC2.send(new ec2.DescribeInstancesCommand(named));
  const InstanceIds = Reservations!.flatMap(({ Instances }) =>
    Instances!.map(({ InstanceId }) => InstanceId!),
  );
  await EC2.send(new ec2.TerminateInstancesCommand({ InstanceIds }));
  await ec2.waitUntilInstanceTerminated(
    { client: EC2, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { InstanceIds },
  );
  const { SecurityGroups } = await EC2.send(new ec2.DescribeSecurityGroupsCommand(named));
  for (const { GroupId } of SecurityGroups!) await EC2.send(new ec2.DeleteSecurityGroupCommand({ GroupId }));
  const { Subnets } = await EC2.send(new ec2.DescribeSubnetsCommand(named));
  for (const { SubnetId } of Subnets!) await EC2.send(new ec2.DeleteSubnetCommand({ SubnetId }));
  const { InternetGateways } = await EC2.send(new ec2.DescribeInternetGatewaysCommand(named));
  for (const { InternetGatewayId, Attachments } of InternetGateways!) {
    for (const { VpcId } of Attachments!)
      await EC2.send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
    await EC2.send(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId }));
  }
  const { Vpcs } = await EC2.send(new ec2.DescribeVpcsCommand(named));
  for (const { VpcId } of Vpcs!) await EC2.send(new ec2.DeleteVpcCommand({ VpcId }));
}

async function main([verb]: string[]): Promise<void> {
  if (verb === "make") console.log(JSON.stringify(await make()));
  else if (verb === "remove") await remove();
  else throw new Error(`what to do? make or remove, not ${verb}`);
}

if (require.main === module) {
  void main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
