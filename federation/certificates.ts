import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Validity } from "../config";
import { ETCD_SERVICE, MAX_REPLICAS, NAMESPACE, serviceHost } from "./places";

/** A certificate with its private key, both PEM. */
export interface Pair {
  readonly certificate: pulumi.Output<string>;
  /** Secret. */
  readonly key: pulumi.Output<string>;
  /** RFC 3339. */
  readonly end: pulumi.Output<string>;
}

type Authority = "ca" | "front-proxy-ca" | "etcd-ca";

interface Leaf {
  readonly issuer: Authority;
  readonly commonName: string;
  readonly organization?: string;
  readonly uses: readonly ("server_auth" | "client_auth")[];
  readonly dnsNames?: readonly string[];
}

/** Authorities live ten years, and are made anew on their keys a year before their end. */
const AUTHORITY_HOURS = 10 * 8760;
const AUTHORITY_RENEWAL_HOURS = 8760;

const loopback = { names: ["localhost"], addresses: ["127.0.0.1"] };

/** etcd compares the addresses of its peers with these names, so each replica is written out: no wildcard. */
const etcdNames = Array.from({ length: MAX_REPLICAS }, (_, i) =>
  serviceHost(`${ETCD_SERVICE}-${i}.${ETCD_SERVICE}`),
);

const leaves = {
  apiserver: {
    issuer: "ca",
    commonName: "kube-apiserver",
    uses: ["server_auth"],
    dnsNames: [
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      ...serviceNames("karmada-apiserver"),
    ],
  },
  admin: { issuer: "ca", commonName: "system:admin", organization: "system:masters", uses: ["client_auth"] },
  "aggregated-apiserver": {
    issuer: "ca",
    commonName: "karmada-aggregated-apiserver",
    uses: ["server_auth"],
    dnsNames: serviceNames("karmada-aggregated-apiserver"),
  },
  webhook: {
    issuer: "ca",
    commonName: "karmada-webhook",
    uses: ["server_auth"],
    dnsNames: serviceNames("karmada-webhook"),
  },
  "front-proxy": { issuer: "front-proxy-ca", commonName: "front-proxy-client", uses: ["client_auth"] },
  "etcd-server": {
    issuer: "etcd-ca",
    commonName: "etcd",
    uses: ["server_auth", "client_auth"],
    dnsNames: etcdNames,
  },
  "etcd-peer": {
    issuer: "etcd-ca",
    commonName: "etcd",
    uses: ["server_auth", "client_auth"],
    dnsNames: etcdNames,
  },
  "etcd-client": { issuer: "etcd-ca", commonName: "karmada", uses: ["client_auth"] },
} satisfies Record<string, Leaf>;

function serviceNames(service: string): string[] {
  return [serviceHost(service), `${serviceHost(service)}.cluster.local`];
}

export interface CertificatesArgs {
  readonly certificates: Validity;
}

function earliest(pairs: Readonly<Record<string, Pair>>): pulumi.Output<string> {
  return pulumi.all(Object.values(pairs).map(({ end }) => end)).apply((ends) => [...ends].sort()[0]);
}

/** Every certificate of the federation's control plane: three authorities, their certificates, the token key. */
export class Certificates extends pulumi.ComponentResource {
  readonly authorities: Readonly<Record<Authority, Pair>>;
  readonly pairs: Readonly<Record<keyof typeof leaves, Pair>>;
  /** Signs and verifies service-account tokens. */
  readonly tokens: { readonly publicKey: pulumi.Output<string>; readonly key: pulumi.Output<string> };

  /** The earliest ends, RFC 3339: of the authorities, and of what they signed. Both are made anew by an `up`. */
  readonly expiry: { readonly ca: pulumi.Output<string>; readonly certificates: pulumi.Output<string> };

  constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:Certificates", name, {}, opts);
    this.authorities = {
      ca: this.authority(`${name}-ca`, "karmada"),
      "front-proxy-ca": this.authority(`${name}-front-proxy-ca`, "karmada front proxy"),
      "etcd-ca": this.authority(`${name}-etcd-ca`, "karmada etcd"),
    };
    this.pairs = Object.fromEntries(
      Object.entries<Leaf>(leaves).map(([leaf, spec]) => [
        leaf,
        this.issue(`${name}-${leaf}`, spec, args.certificates),
      ]),
    ) as Record<keyof typeof leaves, Pair>;
    this.expiry = { ca: earliest(this.authorities), certificates: earliest(this.pairs) };
    const tokens = this.privateKey(`${name}-tokens`);
    this.tokens = { publicKey: tokens.publicKeyPem, key: pulumi.secret(tokens.privateKeyPem) };
    this.registerOutputs({ certificate: this.authorities.ca.certificate });
  }

  private privateKey(name: string): tls.PrivateKey {
    return new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
  }

  private authority(name: string, commonName: string): Pair {
    const key = this.privateKey(name);
    const certificate = new tls.SelfSignedCert(
      name,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName, organization: NAMESPACE },
        isCaCertificate: true,
        allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
        validityPeriodHours: AUTHORITY_HOURS,
        earlyRenewalHours: AUTHORITY_RENEWAL_HOURS,
      },
      { parent: this },
    );
    return this.pair(certificate, key);
  }

  private issue(name: string, leaf: Leaf, { validity, renewal }: Validity): Pair {
    const issuer = this.authorities[leaf.issuer];
    const key = this.privateKey(name);
    const serves = leaf.dnsNames !== undefined;
    const request = new tls.CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: {
          commonName: leaf.commonName,
          ...(leaf.organization && { organization: leaf.organization }),
        },
        ...(serves && { dnsNames: [...leaf.dnsNames!, ...loopback.names], ipAddresses: loopback.addresses }),
      },
      { parent: this },
    );
    const certificate = new tls.LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: issuer.key,
        caCertPem: issuer.certificate,
        allowedUses: ["digital_signature", "key_encipherment", ...leaf.uses],
        validityPeriodHours: validity,
        earlyRenewalHours: renewal,
      },
      { parent: this },
    );
    return this.pair(certificate, key);
  }

  private pair(
    { certPem, validityEndTime }: tls.SelfSignedCert | tls.LocallySignedCert,
    key: tls.PrivateKey,
  ): Pair {
    return { certificate: certPem, key: pulumi.secret(key.privateKeyPem), end: validityEndTime };
  }
}
