import { createHash } from "node:crypto";
import { awaitBalancer } from "../federation/balancer";
import type { Plan } from "./placement";

/** An app in the words of config: one container, one port. */
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
  /** Path that answers 200 while the app is well, for pods and for the records' health checks. @default "/" */
  readonly path?: string;
}

/** Written on the federated Deployment and copied to the members': which plan and which template they carry out. */
export const PLAN_ANNOTATION = "federation/plan";
export const REVISION_ANNOTATION = "federation/revision";

function labels(app: AppSpec): Record<string, string> {
  return { "app.kubernetes.io/name": app.name };
}

/** The app's pod, without a word about where it runs. */
export function podTemplate(app: AppSpec) {
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

/** A short hash that changes with the plan and with the template, and with nothing else. */
export function revision(app: AppSpec, plan: Plan): string {
  const counts = Object.entries(plan).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([counts, podTemplate(app)]))
    .digest("hex")
    .slice(0, 12);
}

/**
 * The Deployment at the federation, with all replicas; Karmada gives each member its share. Under a lazy policy only a
 * write to the Deployment makes Karmada look at the policy again: the annotations are that write where nothing but the
 * shares changed.
 */
export function deployment(app: AppSpec, plan: Plan) {
  return {
    metadata: {
      name: app.name,
      namespace: app.namespace,
      labels: labels(app),
      annotations: {
        [PLAN_ANNOTATION]: Object.entries(plan)
          .map(([member, count]) => `${member}=${count}`)
          .join(" "),
        [REVISION_ANNOTATION]: revision(app, plan),
        // Karmada sums up the members' counts but sets no condition, which the provider's own await needs.
        "pulumi.com/skipAwait": "true",
      },
    },
    spec: {
      replicas: Object.values(plan).reduce((sum, count) => sum + count, 0),
      selector: { matchLabels: labels(app) },
      template: podTemplate(app),
    },
  };
}

/** AWS's shortest interval: a node that lost its last pod is left, and one that got its first is used, after 10 s. */
const quickHealth = {
  "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval": "5",
  "service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout": "3",
  "service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold": "2",
  "service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold": "2",
};

/** The Service of one member; the cloud makes a load balancer for it. */
export function serviceObject(app: AppSpec, spec: ServiceSpec) {
  return {
    metadata: {
      name: app.name,
      namespace: app.namespace,
      labels: labels(app),
      // Not for ready pods: a member with no replicas has none.
      annotations: { ...awaitBalancer, ...quickHealth },
    },
    spec: {
      type: "LoadBalancer",
      selector: labels(app),
      ports: [{ name: "http", port: spec.port, targetPort: portOf(spec) }],
    },
  };
}
