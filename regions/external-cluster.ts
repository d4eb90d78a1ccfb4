import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ExternalMemberConfig } from "../config";
import { unreachable } from "./lost";
import type { Host } from "./member";
import type { Expiry } from "./pki";

export interface ExternalClusterArgs {
  /** What the config says of it, its kubeconfig read. */
  readonly config: ExternalMemberConfig;
}

/**
 * A member that was there before the stack and outlives it: nothing is made but the provider by which the federation
 * and the apps make what is theirs, and take it away again. Whether it can join is for the preflight to say.
 */
export class ExternalCluster extends pulumi.ComponentResource implements Host {
  readonly name: string;
  readonly region: string;
  readonly latencyRegion: string | undefined;
  readonly zones: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly address: string | undefined;
  readonly kubeconfig: pulumi.Output<string>;
  readonly provider: k8s.Provider;
  readonly endpoint: pulumi.Output<string>;
  readonly caCertificate: pulumi.Output<string>;
  readonly insecure: boolean;
  /** Its nodes', as declared: what the internet sees them as, nobody here knows. */
  readonly egress: pulumi.Output<string[]>;
  /** None: members that this program makes let in what `apiAccess` says. */
  readonly egressRanges: readonly pulumi.Output<string>[] = [];
  /** The end of its client certificate, where that is what it is reached with. */
  readonly expiry: Partial<Expiry>;
  /** Nothing: what serves it is not ours to take down. */
  readonly ready: pulumi.Resource[] = [];

  constructor(name: string, args: ExternalClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:ExternalCluster", name, {}, opts);
    const { config } = args;
    const { server, caCertificate, insecure, certificateEnd, kubeconfig } = config.cluster;
    this.name = name;
    this.region = config.region;
    this.latencyRegion = config.latencyRegion;
    this.zones = config.zones;
    this.labels = config.labels;
    this.address = config.address;
    this.endpoint = pulumi.output(server);
    this.caCertificate = pulumi.output(caCertificate);
    this.insecure = insecure;
    this.egress = pulumi.output([config.network.nodes]);
    this.expiry = certificateEnd === undefined ? {} : { admin: pulumi.output(certificateEnd) };
    this.kubeconfig = pulumi.secret(kubeconfig);
    this.provider = new k8s.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: this.kubeconfig,
        // Not from the kubeconfig: new credentials or another address must not replace what is in the cluster.
        clusterIdentifier: `${pulumi.getStack()}/${name}/${config.generation}`,
        enableSecretMutable: true,
        // Else another text of a zone would replace its ConfigMap and then what reads it: names would go unanswered meanwhile.
        enableConfigMapMutable: true,
        ...(config.lost && unreachable),
      },
      { parent: this },
    );
    this.registerOutputs({ endpoint: this.endpoint, kubeconfig: this.kubeconfig });
  }
}
