import { stringify } from "yaml";
import { apiPort } from "./security";

/** Where etcd's volume is mounted; its data lie one level below, beside the file system's own `lost+found`. */
export const etcdMount = "/var/lib/etcd";

/** Marks that the node replaces by what the metadata service and SSM tell it. */
export const marks = {
  nodeName: "@NODE_NAME@",
  nodeIp: "@NODE_IP@",
  providerId: "@PROVIDER_ID@",
  token: "@TOKEN@",
  caHash: "@CA_HASH@",
  etcdCluster: "@ETCD_CLUSTER@",
  etcdState: "@ETCD_STATE@",
} as const;

const apiVersion = "kubeadm.k8s.io/v1beta4";

/** What both kinds of node know of their cluster. */
export interface ClusterBootArgs {
  /** Name of the API inside the network. */
  readonly apiName: string;
  /** Fixed addresses of the control plane's slots, in order. */
  readonly slots: readonly string[];
}

export interface ControlPlaneBootArgs extends ClusterBootArgs {
  readonly cluster: string;
  /** `vX.Y.Z`. */
  readonly kubernetes: string;
  readonly pods: string;
  readonly services: string;
  /** This node's slot. */
  readonly slot: number;
  /** Further names in the API's certificate. */
  readonly certificateNames: readonly string[];
  /** Hours that a certificate lives. */
  readonly validity: number;
}

const nodeRegistration = (nodeIp: string) => ({
  name: marks.nodeName,
  criSocket: "unix:///run/containerd/containerd.sock",
  kubeletExtraArgs: [
    { name: "cloud-provider", value: "external" },
    // With an external cloud provider the node has no address until the controller runs, which waits for kube-proxy,
    // which waits for the node's address: 40 seconds lost.
    { name: "node-ip", value: nodeIp },
    // Whose node it is has to show before the cloud controller runs: an `up` that goes on after a break waits for the
    // nodes of this run's instances, and brings the controller only then.
    { name: "provider-id", value: marks.providerId },
  ],
});

/** etcd's name in slot `slot`: the same for every instance that comes to sit in it. */
export function etcdName(slot: number): string {
  return `control-plane-${slot}`;
}

/** etcd's members where every slot is one: `control-plane-0=https://10.0.0.10:2380,…`. */
export function etcdCluster(slots: readonly string[]): string {
  return slots.map((address, i) => `${etcdName(i)}=https://${address}:2380`).join(",");
}

/** kubeadm's config of a control-plane node, YAML. Every slot is a member of etcd from the start: none comes first. */
export function controlPlaneConfig(args: ControlPlaneBootArgs): string {
  const own = args.slots[args.slot];
  const others = args.slots.filter((address) => address !== own);
  const init = {
    apiVersion,
    kind: "InitConfiguration",
    localAPIEndpoint: { advertiseAddress: own, bindPort: apiPort },
    nodeRegistration: nodeRegistration(own),
  };
  const cluster = {
    apiVersion,
    kind: "ClusterConfiguration",
    clusterName: args.cluster,
    kubernetesVersion: args.kubernetes,
    controlPlaneEndpoint: `${args.apiName}:${apiPort}`,
    encryptionAlgorithm: "ECDSA-P256",
    certificateValidityPeriod: `${args.validity}h0m0s`,
    networking: { podSubnet: args.pods, serviceSubnet: args.services, dnsDomain: "cluster.local" },
    apiServer: {
      certSANs: [args.apiName, ...args.certificateNames],
      // Its own etcd first: a node serves on while others are away.
      extraArgs: [
        { name: "etcd-servers", value: ["127.0.0.1", ...others].map((a) => `https://${a}:2379`).join(",") },
      ],
    },
    // Signs the kubelets' certificates, which they renew by themselves.
    controllerManager: { extraArgs: [{ name: "cluster-signing-duration", value: `${args.validity}h0m0s` }] },
    etcd: {
      local: {
        dataDir: `${etcdMount}/data`,
        extraArgs: [
          { name: "name", value: etcdName(args.slot) },
          // Asked for only by a blank volume; the node finds out what it begins or joins.
          { name: "initial-cluster", value: marks.etcdCluster },
          { name: "initial-cluster-state", value: marks.etcdState },
        ],
      },
    },
  };
  return [init, cluster].map((part) => stringify(part, { lineWidth: 0 })).join("---\n");
}

/** kubeadm's config of a worker, YAML. */
export function workerConfig(args: ClusterBootArgs): string {
  return stringify(
    {
      apiVersion,
      kind: "JoinConfiguration",
      discovery: {
        bootstrapToken: {
          apiServerEndpoint: `${args.apiName}:${apiPort}`,
          token: marks.token,
          caCertHashes: [marks.caHash],
        },
      },
      nodeRegistration: nodeRegistration(marks.nodeIp),
      // Short, so that a token which ended is fetched anew soon.
      timeouts: { discovery: "1m0s", tlsBootstrap: "2m0s" },
    },
    { lineWidth: 0 },
  );
}
