import { awaitBalancer } from "../federation/balancer";
import { APP_LABEL, type Manifest } from "./manifest";

/** An app given by its image: one container, one port. */
export interface AppSpec {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  /** @default none: it serves nobody, so it gets no load balancer */
  readonly service?: ServiceSpec;
}

/** Where an app is reached, and how it is found healthy. */
export interface ServiceSpec {
  /** Port of the load balancer. */
  readonly port: number;
  /** Port of the container. @default port */
  readonly targetPort?: number;
  /** Port of every node, in place of a load balancer. @default none: a load balancer */
  readonly nodePort?: number;
  /** Path that answers 200 while the app is well, for pods and for the records' health checks. @default "/" */
  readonly path?: string;
}

function labels(app: Pick<AppSpec, "name">): Record<string, string> {
  return { [APP_LABEL]: app.name };
}

/** The app's pod, without a word about where it runs. */
function podTemplate(app: AppSpec) {
  return {
    metadata: { labels: labels(app) },
    spec: { containers: [{ name: app.name, image: app.image, ...(app.service && serving(app.service)) }] },
  };
}

function serving(service: ServiceSpec) {
  const port = portOf(service);
  return {
    ports: [{ name: "http", containerPort: port }],
    readinessProbe: { httpGet: { path: service.path ?? "/", port }, periodSeconds: 2 },
  };
}

function portOf(service: ServiceSpec): number {
  return service.targetPort ?? service.port;
}

/** The Deployment of an app given by its image, without a word about who runs how many. */
export function deployment(app: AppSpec): Manifest {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: app.name, namespace: app.namespace, labels: labels(app) },
    spec: { selector: { matchLabels: labels(app) }, template: podTemplate(app) },
  };
}

/** AWS's shortest interval: a node that lost its last pod is left, and one that got its first is used, after 10 s. */
const quickHealth = {
  "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval": "5",
  "service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout": "3",
  "service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold": "2",
  "service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold": "2",
};

/** The Service of one member; the cloud makes a load balancer for it, unless it has a port of the nodes. */
export function serviceObject(app: Pick<AppSpec, "name" | "namespace">, spec: ServiceSpec): Manifest {
  const { nodePort } = spec;
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: app.name, namespace: app.namespace, labels: labels(app) },
    spec: {
      type: nodePort === undefined ? "LoadBalancer" : "NodePort",
      selector: labels(app),
      ports: [{ name: "http", port: spec.port, targetPort: portOf(spec), ...(nodePort && { nodePort }) }],
    },
  };
  if (nodePort === undefined) return balancerObject(service);
  // Nothing has to come up for it, and a member with no replicas has no ready pods to wait for.
  return { ...service, metadata: { ...service.metadata, annotations: { "pulumi.com/skipAwait": "true" } } };
}

/** A Service with a load balancer as each member makes it. */
export function balancerObject(service: Manifest): Manifest {
  const { metadata } = service;
  // It is not waited for until it has ready pods: a member with no replicas has none.
  return {
    ...service,
    metadata: { ...metadata, annotations: { ...quickHealth, ...metadata.annotations, ...awaitBalancer } },
  };
}
