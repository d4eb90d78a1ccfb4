import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Validity } from "../config";
import { ClusterNames, tagsOf } from "./names";

const hoursPerYear = 8760;

/** Years that a CA lives; it is renewed on its key a year before, so that what it signed stays good. */
const caYears = 10;

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

/** A certificate with its private key, both PEM; the key is secret. */
export interface KeyPair {
  readonly certificate: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
  readonly end: pulumi.Output<string>;
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
    const { names } = args;

    const ca = this.authority(`${name}-ca`, "kubernetes");
    const etcd = this.authority(`${name}-etcd-ca`, "etcd-ca");
    const frontProxy = this.authority(`${name}-front-proxy-ca`, "front-proxy-ca");
    const serviceAccount = this.privateKey(`${name}-service-account`);

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
    this.admin = this.adminPair(`${name}-admin`, ca, args.certificates);
    this.expiry = { ca: ca.end, admin: this.admin.end };
    this.registerOutputs({ caCertificate: this.caCertificate });
  }

  private privateKey(name: string): tls.PrivateKey {
    return new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
  }

  private authority(name: string, commonName: string): KeyPair {
    const key = this.privateKey(`${name}-key`);
    const certificate = new tls.SelfSignedCert(
      name,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName },
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing", "digital_signature", "key_encipherment"],
        validityPeriodHours: caYears * hoursPerYear,
        earlyRenewalHours: hoursPerYear,
      },
      { parent: this },
    );
    return {
      certificate: certificate.certPem,
      key: pulumi.secret(key.privateKeyPem),
      end: certificate.validityEndTime,
    };
  }

  private adminPair(name: string, ca: KeyPair, { validity, renewal }: Validity): KeyPair {
    const key = this.privateKey(`${name}-key`);
    const request = new tls.CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: "pulumi", organization: "kubeadm:cluster-admins" },
      },
      { parent: this },
    );
    const certificate = new tls.LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caCertPem: ca.certificate,
        caPrivateKeyPem: ca.key,
        allowedUses: ["client_auth", "digital_signature"],
        validityPeriodHours: validity,
        earlyRenewalHours: renewal,
      },
      { parent: this },
    );
    return {
      certificate: certificate.certPem,
      key: pulumi.secret(key.privateKeyPem),
      end: certificate.validityEndTime,
    };
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
