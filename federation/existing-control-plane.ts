import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { GivenCluster } from "../regions/given-kubeconfig";
import type { Host } from "../regions/member";
import type { FederationApi } from "./control-plane";

/** Arguments of {@link ExistingControlPlane}. */
export interface ExistingControlPlaneArgs {
  /** What its kubeconfig says. */
  readonly existing: GivenCluster;
  /** The cluster that it runs on. @default nobody knows */
  readonly host?: Host;
  /** Name of the kubeconfig's context. */
  readonly context: string;
}

/**
 * A Karmada that was there before the stack and outlives it: nothing of it is made, members are joined to it and taken off again.
 * Whether it will do is for the preflight to say.
 */
export class ExistingControlPlane extends pulumi.ComponentResource implements FederationApi {
  readonly endpoint: pulumi.Output<string>;
  readonly kubeconfig: pulumi.Output<string>;
  readonly provider: k8s.Provider;
  readonly expiry: Readonly<Record<string, pulumi.Output<string>>>;
  readonly hostKubeconfig: pulumi.Output<string> | undefined;
  readonly egress: pulumi.Output<string[]>;
  readonly shared = true;
  /** Nothing: what serves it is not ours to take down. */
  readonly ready: pulumi.Output<pulumi.Resource[]> = pulumi.output([]);

  constructor(name: string, args: ExistingControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:ExistingControlPlane", name, {}, opts);
    const { server, certificateEnd, kubeconfig } = args.existing;
    this.endpoint = pulumi.output(new URL(server).host);
    this.kubeconfig = pulumi.secret(kubeconfig);
    this.expiry = certificateEnd === undefined ? {} : { admin: pulumi.output(certificateEnd) };
    this.hostKubeconfig = args.host?.kubeconfig;
    this.egress = args.host?.egress ?? pulumi.output([]);
    this.provider = new k8s.Provider(
      `${name}-api`,
      {
        kubeconfig: this.kubeconfig,
        // Not from the kubeconfig: new credentials or another address must not replace what lives there.
        clusterIdentifier: `${pulumi.getStack()}/${args.context}/existing`,
        enableSecretMutable: true,
      },
      { parent: this },
    );
    this.registerOutputs({ endpoint: this.endpoint, kubeconfig: this.kubeconfig });
  }
}
