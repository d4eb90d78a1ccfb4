import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Validity } from "../config";
import { authority, issued, KeyPair, privateKey } from "./certificates";
import { ClusterNames, tagsOf } from "./names";

/** What an authority of a cluster may be used for, as kubeadm's own may. */
const authorityUses = ["cert_signing", "crl_signing", "digital_signature", "key_encipherment"];

export interface PkiArgs {
  readonly names: ClusterNames;
  /** Another number is another cluster, begun anew. */
  readonly generation: number;
  readonly certificates: Validity;
}

/** Ends of certificates that the operator has to know of, RFC 3339; nodes renew the others by themselves. */
export interface Expiry {
  readonly ca: pulumi.Output<string>;
  readonly admin: pulumi.Output<string>;
}

/** Which files under `/etc/kubernetes/pki` each of the control plane's parameters brings. */
export const bundles = ["ca", "etcd-ca", "front-proxy-ca", "service-account"] as const;

export type Bundle = (typeof bundles)[number];

/**
 * The keys of a cluster and where its nodes find them.
 *
 * Every control-plane node gets the same CAs, so none of them has to come first and make them. A parameter per key:
 * SSM takes 4 KB. Those under `workers/` are all that a worker's role may read.
 */
export class Pki extends pulumi.ComponentResource {
  /** CA of the API, PEM. */
  readonly caCertificate: pulumi.Output<string>;
  /** The operator's client certificate, of the group `kubeadm:cluster-admins`. */
  readonly admin: KeyPair;
  /** When the API's CA and the operator's certificate end, RFC 3339. */
  readonly expiry: Expiry;
  readonly parameters: Readonly<Record<Bundle, aws.ssm.Parameter>>;
  /** Their names, known at preview. */
  readonly parameterNames: readonly string[];
  /** Where the control plane leaves the workers' token. */
  readonly joinParameter: aws.ssm.Parameter;
  /** Where the control plane notes that its etcd was begun: a blank volume must not begin a second one. */
  readonly begunParameter: aws.ssm.Parameter;
  readonly begunParameterName: string;

  constructor(name: string, args: PkiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:regions:Pki", name, {}, opts);
    const { names, certificates } = args;
    const parent = { parent: this };

    const make = (label: string, commonName: string) =>
      authority(
        `${name}-${label}`,
        { subject: { commonName }, uses: authorityUses, subjectKeyId: true },
        parent,
      );
    const ca = make("ca", "kubernetes");
    const etcd = make("etcd-ca", "etcd-ca");
    const frontProxy = make("front-proxy-ca", "front-proxy-ca");
    const serviceAccount = privateKey(`${name}-service-account`, parent);

    const pair = (stem: string, { certificate, key }: KeyPair): Record<string, pulumi.Output<string>> => ({
      [`${stem}.crt`]: certificate,
      [`${stem}.key`]: key,
    });
    const files: Record<Bundle, Record<string, pulumi.Output<string>>> = {
      ca: pair("ca", ca),
      "etcd-ca": pair("etcd/ca", etcd),
      "front-proxy-ca": pair("front-proxy-ca", frontProxy),
      "service-account": { "sa.key": serviceAccount.privateKeyPem, "sa.pub": serviceAccount.publicKeyPem },
    };
    this.parameters = Object.fromEntries(
      bundles.map((bundle) => [
        bundle,
        this.parameter(
          `${name}-control-plane-${bundle}`,
          names,
          `control-plane/${bundle}`,
          pulumi.jsonStringify(files[bundle]),
        ),
      ]),
    ) as Record<Bundle, aws.ssm.Parameter>;
    this.parameterNames = bundles.map((bundle) => `${names.parameters}/control-plane/${bundle}`);
    // The control plane writes the real token every few hours: Pulumi owns the parameter, not its value.
    this.joinParameter = this.parameter(`${name}-workers-join`, names, "workers/join", "{}", ["value"]);
    const begun = `control-plane/begun-${args.generation}`;
    this.begunParameter = this.parameter(`${name}-${begun.replace("/", "-")}`, names, begun, "no", ["value"]);
    this.begunParameterName = `${names.parameters}/${begun}`;

    this.caCertificate = ca.certificate;
    const subject = { commonName: "pulumi", organization: "kubeadm:cluster-admins" };
    const uses = ["client_auth", "digital_signature"];
    this.admin = issued(`${name}-admin`, { issuer: ca, subject, uses, certificates }, parent);
    this.expiry = { ca: ca.end, admin: this.admin.end };
    this.registerOutputs({ caCertificate: this.caCertificate });
  }

  private parameter(
    name: string,
    names: ClusterNames,
    path: string,
    value: pulumi.Input<string>,
    ignoreChanges?: string[],
  ): aws.ssm.Parameter {
    return new aws.ssm.Parameter(
      name,
      {
        region: names.region,
        name: `${names.parameters}/${path}`,
        type: "SecureString",
        value: pulumi.secret(value),
        tags: tagsOf(names, path.replace("/", "-")),
      },
      { parent: this, ignoreChanges, additionalSecretOutputs: ["value"] },
    );
  }
}
