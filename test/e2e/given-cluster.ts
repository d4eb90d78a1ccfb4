/**
 * Runs in the box: `make NAME` brings up a cluster that the program knows nothing of, as somebody else's kubeadm would, and
 * prints where it is; `remove NAME` takes all of it away.
 */
import * as ec2 from "@aws-sdk/client-ec2";

export const REGION = "ap-northeast-1";

/** What each cluster's owner knows of its network, and declares. */
const network = (third: number) => ({
  nodes: `10.${third}.0.0/24`,
  pods: `10.${third + 1}.0.0/16`,
  services: `10.${third + 2}.0.0/16`,
});
export const NETWORKS = {
  given: network(200),
  f: network(210),
  "f-a": network(220),
  "f-b": network(230),
} as const;

export type GivenName = keyof typeof NETWORKS;

/** What `make` prints. */
export interface GivenCluster {
  readonly instance: string;
  /** Public address of its API, on port 6443, and of its nodes' ports. */
  readonly address: string;
}

const EC2 = new ec2.EC2Client({ region: REGION });

/** One node that is control plane and worker. Its log is `/var/log/kubeadm.log`. */
const userData = ({ pods, services }: (typeof NETWORKS)[GivenName]): string => `#!/bin/bash
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
# Outside nobody knows a way to a pod.
nft -f - <<NFT
table ip given {
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    ip saddr ${pods} ip daddr != { ${pods}, ${services} } masquerade
  }
}
NFT
cat > /root/kubeadm.yaml <<CONFIG
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration: { taints: [] }
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
networking: { podSubnet: ${pods}, serviceSubnet: ${services} }
apiServer: { certSANs: [$public] }
CONFIG
systemctl enable kubelet
kubeadm init --config /root/kubeadm.yaml
`;

async function make(name: GivenName): Promise<GivenCluster> {
  const { nodes } = NETWORKS[name];
  const tags = (kind: ec2.ResourceType) => [{ ResourceType: kind, Tags: [{ Key: "Name", Value: name }] }];
  const { Vpc } = await EC2.send(
    new ec2.CreateVpcCommand({ CidrBlock: nodes, TagSpecifications: tags("vpc") }),
  );
  const VpcId = Vpc!.VpcId!;
  const { Subnet } = await EC2.send(
    new ec2.CreateSubnetCommand({ VpcId, CidrBlock: nodes, TagSpecifications: tags("subnet") }),
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
  const group = { GroupName: name, Description: name, VpcId, TagSpecifications: tags("security-group") };
  const { GroupId } = await EC2.send(new ec2.CreateSecurityGroupCommand(group));
  const open = (IpProtocol: string, FromPort: number, ToPort: number) => ({
    IpProtocol,
    FromPort,
    ToPort,
    IpRanges: [{ CidrIp: "0.0.0.0/0" }],
  });
  const everybody = [open("tcp", 6443, 6443), open("tcp", 30000, 32767), open("udp", 30000, 32767)];
  await EC2.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: everybody }));
  const { Images } = await EC2.send(new ec2.DescribeImagesCommand({}));
  const image = Images?.find(({ Name }) => !Name?.endsWith("-bare"));
  const { Instances } = await EC2.send(
    new ec2.RunInstancesCommand({
      ImageId: image?.ImageId,
      InstanceType: "t3.medium",
      MinCount: 1,
      MaxCount: 1,
      UserData: Buffer.from(userData(NETWORKS[name])).toString("base64"),
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

async function remove(name: GivenName): Promise<void> {
  const named = { Filters: [{ Name: "tag:Name", Values: [name] }] };
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

async function main([verb, name]: string[]): Promise<void> {
  if (!(name in NETWORKS)) throw new Error(`which cluster? ${Object.keys(NETWORKS).join(", ")}`);
  if (verb === "make") console.log(JSON.stringify(await make(name as GivenName)));
  else if (verb === "remove") await remove(name as GivenName);
  else throw new Error(`what to do? make or remove, not ${verb}`);
}

if (require.main === module) {
  void main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
