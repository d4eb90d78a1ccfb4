import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { awaitBalancer } from "./balancer";
import type { Component } from "./components";
import { labelsOf, metadataOf, podTemplate, servicePorts } from "./pod";

/** Arguments of {@link Program}. */
export interface ProgramArgs {
  readonly component: Component;
  readonly replicas: number;
  /** Checksum of the files it reads. */
  readonly checksum: pulumi.Input<string>;
  readonly namespace: k8s.core.v1.Namespace;
  /** What it needs to start: its Secrets, and the programs it talks to. */
  readonly after: pulumi.Input<pulumi.Input<pulumi.Resource>[]>;
  /** Whether it keeps to the host's control-plane nodes. */
  readonly onControlPlane: boolean;
  /** How it is reached from outside. @default in the host only */
  readonly exposed?: Exposed;
}

/** CIDRs that a load balancer lets in, which *costs* a classic load balancer on AWS; or the port of every node of the host's. */
export type Exposed = { readonly balancer: pulumi.Input<string[]> } | { readonly nodePort: number };

/** One program of the control plane on the host: a Deployment, with a Service where others connect to it. */
export class Program extends pulumi.ComponentResource {
  readonly deployment: k8s.apps.v1.Deployment;
  readonly service: k8s.core.v1.Service | undefined;

  constructor(name: string, args: ProgramArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:Program", name, {}, opts);
    const { component } = args;
    if (Object.keys(component.ports).length > 0) {
      this.service = new k8s.core.v1.Service(
        `${name}-service`,
        {
          metadata: {
            ...metadataOf(component),
            annotations:
              args.exposed && "balancer" in args.exposed ? balancerAnnotations : clusterAnnotations,
          },
          spec: { ...serviceSpec(component, args.exposed), selector: labelsOf(component) },
        },
        { parent: this, dependsOn: args.namespace },
      );
    }
    this.deployment = new k8s.apps.v1.Deployment(
      `${name}-deployment`,
      {
        metadata: metadataOf(component),
        spec: {
          replicas: args.replicas,
          ...(component.exclusive && { strategy: { type: "Recreate" } }),
          selector: { matchLabels: labelsOf(component) },
          template: podTemplate(component, args.checksum, args.onControlPlane),
        },
      },
      { parent: this, dependsOn: args.after },
    );
    this.registerOutputs({});
  }
}

function serviceSpec(component: Component, exposed: Exposed | undefined) {
  const ports = servicePorts(component);
  if (exposed === undefined) return { ports };
  return "balancer" in exposed
    ? { type: "LoadBalancer", loadBalancerSourceRanges: exposed.balancer, ports }
    : { type: "NodePort", ports: ports.map((port) => ({ ...port, nodePort: exposed.nodePort })) };
}

/** The provider's own await of a Service wants ready pods, which come later and are awaited by their Deployment. */
const clusterAnnotations = { "pulumi.com/skipAwait": "true" };

const balancerAnnotations = {
  ...awaitBalancer,
  // Seconds. The default of 60 cuts every quiet watch.
  "service.beta.kubernetes.io/aws-load-balancer-connection-idle-timeout": "3600",
};
