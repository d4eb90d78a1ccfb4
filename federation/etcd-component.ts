import type { Component, FederationVersions } from "./components";
import { ETCD_SERVICE, NAMESPACE, ports, secretPath, serviceHost, serviceUrl } from "./places";

/** Where etcd's volume is mounted in its pod. */
export const ETCD_DATA = "/var/lib/etcd";

/** Health and metrics without a client certificate, so that the kubelet can probe. */
const PROBES = 2381;

/** One replica of etcd, mutual TLS towards clients and peers. `$(POD_NAME)` is filled in by Kubernetes. */
export function etcdComponent(versions: FederationVersions, replicas: number): Component {
  const own = secretPath("karmada-etcd");
  const host = (pod: string) => serviceHost(`${pod}.${ETCD_SERVICE}`);
  const peers = pods(replicas).map((pod) => `${pod}=https://${host(pod)}:${ports.etcdPeer}`);
  return {
    name: ETCD_SERVICE,
    image: `registry.k8s.io/etcd:${versions.etcd}`,
    command: [
      "etcd",
      "--name=$(POD_NAME)",
      // A directory below the mount: the volume's own lost+found is no part of etcd.
      `--data-dir=${ETCD_DATA}/data`,
      `--listen-client-urls=https://0.0.0.0:${ports.etcd}`,
      `--advertise-client-urls=https://${host("$(POD_NAME)")}:${ports.etcd}`,
      `--listen-peer-urls=https://0.0.0.0:${ports.etcdPeer}`,
      `--initial-advertise-peer-urls=https://${host("$(POD_NAME)")}:${ports.etcdPeer}`,
      `--initial-cluster=${peers.join(",")}`,
      `--initial-cluster-token=${NAMESPACE}`,
      "--client-cert-auth",
      `--trusted-ca-file=${own}/ca.crt`,
      `--cert-file=${own}/server.crt`,
      `--key-file=${own}/server.key`,
      "--peer-client-cert-auth",
      `--peer-trusted-ca-file=${own}/ca.crt`,
      `--peer-cert-file=${own}/peer.crt`,
      `--peer-key-file=${own}/peer.key`,
      `--listen-metrics-urls=http://0.0.0.0:${PROBES}`,
    ],
    secrets: ["karmada-etcd"],
    ports: { client: ports.etcd, peer: ports.etcdPeer },
    readiness: { scheme: "HTTP", path: "/readyz", port: PROBES },
    liveness: { scheme: "HTTP", path: "/livez", port: PROBES },
    requests: { cpu: 50, memory: 64 },
  };
}

/** How an API server reaches etcd; by each pod's own name, so no replica hides behind a Service's address. */
export function etcdClientFlags(replicas: number): string[] {
  const files = secretPath("karmada-etcd-client");
  const servers = pods(replicas).map((pod) => serviceUrl(`${pod}.${ETCD_SERVICE}`, ports.etcd));
  return [
    `--etcd-servers=${servers.join(",")}`,
    `--etcd-cafile=${files}/ca.crt`,
    `--etcd-certfile=${files}/tls.crt`,
    `--etcd-keyfile=${files}/tls.key`,
  ];
}

function pods(replicas: number): string[] {
  return Array.from({ length: replicas }, (_, i) => `${ETCD_SERVICE}-${i}`);
}
