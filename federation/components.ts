import { etcdClientFlags } from "./etcd-component";
import { ports, secretPath } from "./places";

/** Versions of what the federation's control plane runs. */
export interface FederationVersions {
  /** Kubernetes release of Karmada's own API server and controller manager, such as `v1.36.3`. */
  readonly kubernetes: string;
  /** etcd image tag, such as `3.6.8-0`. */
  readonly etcd: string;
  /** Karmada release, such as `v1.16.0`; its custom resource definitions must be pinned in crds.ts. */
  readonly karmada: string;
}

export const defaultVersions: FederationVersions = {
  kubernetes: "v1.36.3",
  etcd: "3.6.8-0",
  karmada: "v1.16.0",
};

/** One program of the control plane, in the words of its pod. */
export interface Component {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  /** Secrets it reads; each is mounted at `secretPath(secret)`. */
  readonly secrets: readonly string[];
  /** Ports other programs connect to; a component with one has a Service of its name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly readiness: Probe;
  readonly liveness: Probe;
  /** What the scheduler sets aside: CPU in thousandths, memory in MiB (measured use, rounded up). */
  readonly requests: { readonly cpu: number; readonly memory: number };
  /** Only one may work at a time and nobody elects it: the old one goes before the new one comes. @default false */
  readonly exclusive?: boolean;
}

export interface Probe {
  readonly scheme: "HTTP" | "HTTPS";
  readonly path: string;
  readonly port: number;
}

/** Secret with the administrator's kubeconfig that all programs but the API server work by. */
export const KUBECONFIG_SECRET = "karmada-kubeconfig";
export const KUBECONFIG_FILE = "kubeconfig";

const kubeconfig = `${secretPath(KUBECONFIG_SECRET)}/${KUBECONFIG_FILE}`;
const delegation = [`--authentication-kubeconfig=${kubeconfig}`, `--authorization-kubeconfig=${kubeconfig}`];

/**
 * All but etcd.
 *
 * @param replicas etcd's size, for the list of its addresses.
 * @param flags further ones of the API server.
 * @param keeping whether members with no replicas of a workload have it all the same, where its policy names them.
 */
export function components(
  versions: FederationVersions,
  replicas: number,
  flags: Readonly<Record<string, string>>,
  keeping = false,
): Record<ComponentName, Component> {
  const etcd = etcdClientFlags(replicas);
  return {
    apiserver: apiserver(versions, etcd, flags),
    kubeControllerManager: kubeControllerManager(versions, replicas),
    aggregatedApiserver: aggregatedApiserver(versions, etcd),
    webhook: webhook(versions),
    controllerManager: controllerManager(versions, replicas),
    scheduler: scheduler(versions, replicas, keeping),
  };
}

/** Flags of the API server that this program sets itself, without their dashes. */
export function ownFlags(): string[] {
  return apiserver(defaultVersions, etcdClientFlags(1), {}).command.flatMap(
    (word) => /^--([^=]+)/.exec(word)?.[1] ?? [],
  );
}

export type ComponentName =
  | "apiserver"
  | "kubeControllerManager"
  | "aggregatedApiserver"
  | "webhook"
  | "controllerManager"
  | "scheduler";

function apiserver(
  versions: FederationVersions,
  etcdFlags: string[],
  flags: Readonly<Record<string, string>>,
): Component {
  const own = secretPath("karmada-apiserver");
  return {
    name: "karmada-apiserver",
    image: `registry.k8s.io/kube-apiserver:${versions.kubernetes}`,
    command: [
      "kube-apiserver",
      ...etcdFlags,
      "--bind-address=0.0.0.0",
      `--secure-port=${ports.apiserver}`,
      `--tls-cert-file=${own}/tls.crt`,
      `--tls-private-key-file=${own}/tls.key`,
      `--client-ca-file=${own}/ca.crt`,
      "--authorization-mode=RBAC",
      // No pods run here: no node ever confirms that a volume is free or mounts a token.
      "--disable-admission-plugins=StorageObjectInUseProtection,ServiceAccount",
      // The address in the `kubernetes` Service would be the pod's, which nobody outside the host reaches.
      "--endpoint-reconciler-type=none",
      "--service-cluster-ip-range=10.96.0.0/12",
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      `--service-account-key-file=${own}/tokens.pub`,
      `--service-account-signing-key-file=${own}/tokens.key`,
      `--proxy-client-cert-file=${own}/front-proxy.crt`,
      `--proxy-client-key-file=${own}/front-proxy.key`,
      `--requestheader-client-ca-file=${own}/front-proxy-ca.crt`,
      "--requestheader-allowed-names=front-proxy-client",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-username-headers=X-Remote-User",
      ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
    ],
    secrets: ["karmada-apiserver", "karmada-etcd-client"],
    ports: { https: ports.apiserver },
    readiness: { scheme: "HTTPS", path: "/readyz", port: ports.apiserver },
    liveness: { scheme: "HTTPS", path: "/livez", port: ports.apiserver },
    requests: { cpu: 100, memory: 320 },
  };
}

function kubeControllerManager(versions: FederationVersions, replicas: number): Component {
  const own = secretPath("karmada-kube-controller-manager");
  return {
    name: "karmada-kube-controller-manager",
    image: `registry.k8s.io/kube-controller-manager:${versions.kubernetes}`,
    command: [
      "kube-controller-manager",
      `--kubeconfig=${kubeconfig}`,
      ...delegation,
      // Only what keeps an API without nodes tidy: with the others, Karmada's Deployments would get pods right here.
      `--controllers=${[
        "namespace",
        "garbagecollector",
        "serviceaccount-token",
        "ttl-after-finished",
        "bootstrapsigner",
        "tokencleaner",
        "csrcleaner",
        "csrsigning",
        "clusterrole-aggregation",
      ].join(",")}`,
      `--client-ca-file=${own}/ca.crt`,
      `--root-ca-file=${own}/ca.crt`,
      `--cluster-signing-cert-file=${own}/ca.crt`,
      `--cluster-signing-key-file=${own}/ca.key`,
      `--service-account-private-key-file=${own}/tokens.key`,
      "--use-service-account-credentials=true",
      election(replicas),
    ],
    exclusive: replicas === 1,
    secrets: ["karmada-kube-controller-manager", KUBECONFIG_SECRET],
    ports: {},
    readiness: { scheme: "HTTPS", path: "/healthz", port: 10257 },
    liveness: { scheme: "HTTPS", path: "/healthz", port: 10257 },
    requests: { cpu: 25, memory: 64 },
  };
}

function aggregatedApiserver(versions: FederationVersions, etcdFlags: string[]): Component {
  const own = secretPath("karmada-aggregated-apiserver");
  return {
    name: "karmada-aggregated-apiserver",
    image: karmadaImage("aggregated-apiserver", versions),
    command: [
      "karmada-aggregated-apiserver",
      `--kubeconfig=${kubeconfig}`,
      ...delegation,
      ...etcdFlags,
      "--bind-address=0.0.0.0",
      `--secure-port=${ports.aggregated}`,
      `--tls-cert-file=${own}/tls.crt`,
      `--tls-private-key-file=${own}/tls.key`,
      "--audit-log-path=",
    ],
    secrets: ["karmada-aggregated-apiserver", "karmada-etcd-client", KUBECONFIG_SECRET],
    ports: { https: ports.aggregated },
    readiness: { scheme: "HTTPS", path: "/readyz", port: ports.aggregated },
    liveness: { scheme: "HTTPS", path: "/livez", port: ports.aggregated },
    requests: { cpu: 25, memory: 96 },
  };
}

function webhook(versions: FederationVersions): Component {
  return {
    name: "karmada-webhook",
    image: karmadaImage("webhook", versions),
    command: [
      "karmada-webhook",
      `--kubeconfig=${kubeconfig}`,
      "--bind-address=0.0.0.0",
      `--secure-port=${ports.webhook}`,
      `--cert-dir=${secretPath("karmada-webhook")}`,
      "--metrics-bind-address=0",
      "--health-probe-bind-address=0",
    ],
    secrets: ["karmada-webhook", KUBECONFIG_SECRET],
    ports: { https: ports.webhook },
    // Its health port answers nothing; the server itself does, and with the slash only.
    readiness: { scheme: "HTTPS", path: "/readyz/", port: ports.webhook },
    liveness: { scheme: "HTTPS", path: "/readyz/", port: ports.webhook },
    requests: { cpu: 25, memory: 64 },
  };
}

/** Left out on purpose: the feature gates and flags that move replicas away from a member that is not ready. */
function controllerManager(versions: FederationVersions, replicas: number): Component {
  return {
    name: "karmada-controller-manager",
    image: karmadaImage("controller-manager", versions),
    command: [
      "karmada-controller-manager",
      `--kubeconfig=${kubeconfig}`,
      "--metrics-bind-address=0",
      "--health-probe-bind-address=:10357",
      // The default of 1000 s leaves a member that came back without its pending changes for minutes.
      "--rate-limiter-max-delay=10s",
      election(replicas),
    ],
    exclusive: replicas === 1,
    secrets: [KUBECONFIG_SECRET],
    ports: {},
    readiness: { scheme: "HTTP", path: "/healthz", port: 10357 },
    liveness: { scheme: "HTTP", path: "/healthz", port: 10357 },
    requests: { cpu: 50, memory: 96 },
  };
}

function scheduler(versions: FederationVersions, replicas: number, keeping: boolean): Component {
  return {
    name: "karmada-scheduler",
    image: karmadaImage("scheduler", versions),
    command: [
      "karmada-scheduler",
      `--kubeconfig=${kubeconfig}`,
      "--metrics-bind-address=0",
      "--health-probe-bind-address=:10351",
      "--enable-scheduler-estimator=false",
      ...(keeping ? ["--enable-empty-workload-propagation=true"] : []),
      election(replicas),
    ],
    exclusive: replicas === 1,
    secrets: [KUBECONFIG_SECRET],
    ports: {},
    readiness: { scheme: "HTTP", path: "/healthz", port: 10351 },
    liveness: { scheme: "HTTP", path: "/healthz", port: 10351 },
    requests: { cpu: 25, memory: 64 },
  };
}

/**
 * One replica alone elects nobody: it would wait some 20 s for its own old lease after each restart, and on a busy host
 * restart just because it renewed the lease too late.
 */
function election(replicas: number): string {
  return `--leader-elect=${replicas > 1}`;
}

function karmadaImage(program: string, versions: FederationVersions): string {
  return `docker.io/karmada/karmada-${program}:${versions.karmada}`;
}
