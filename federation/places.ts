/** Namespace of Karmada's control plane: on the host, and its own at Karmada (leases, the aggregated API's Service). */
export const NAMESPACE = "karmada-system";

/** Namespace of what joins members: service accounts on the member, credentials and leases at Karmada. */
export const CLUSTER_NAMESPACE = "karmada-cluster";

/** Every Service listens on the port its pods listen on, so one table holds for both. */
export const ports = {
  apiserver: 5443,
  aggregated: 7443,
  webhook: 8443,
  etcd: 2379,
  etcdPeer: 2380,
} as const;

/** Name of etcd's StatefulSet and of the headless Service that names its pods. */
export const ETCD_SERVICE = "karmada-etcd";

/** The name of etcd's volume in its pods. */
export const ETCD_VOLUME = "data";

/** What the claim of a replica's volume is called; Kubernetes makes up the same name. */
export function claimName(replica: number): string {
  return `${ETCD_VOLUME}-${ETCD_SERVICE}-${replica}`;
}

/** etcd's largest size here; its certificates name that many replicas from the start, so growing renews none. */
export const MAX_REPLICAS = 3;

/** The host name of a Service of the control plane, as its pods resolve it and as its certificate says it. */
export function serviceHost(service: string): string {
  return `${service}.${NAMESPACE}.svc`;
}

/** `https://karmada-webhook.karmada-system.svc:8443` */
export function serviceUrl(service: string, port: number): string {
  return `https://${serviceHost(service)}:${port}`;
}

/** Where the files of a Secret are mounted in the control plane's pods. */
export function secretPath(secret: string): string {
  return `/etc/federation/${secret}`;
}
