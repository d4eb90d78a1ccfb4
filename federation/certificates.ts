import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import type { Validity } from "../config";
import { authority, issued, type IssuedArgs, type KeyPair, privateKey } from "../regions/certificates";
import { ETCD_SERVICE, MAX_REPLICAS, NAMESPACE, serviceHost } from "./places";

type Authority = "ca" | "front-proxy-ca" | "etcd-ca";

interface Leaf {
  readonly issuer: Authority;
  readonly commonName: string;
  readonly organization?: string;
  readonly uses: readonly ("server_auth" | "client_auth")[];
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
}

const AUTHORITY_USES = ["cert_signing", "crl_signing", "digital_signature"];

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

/** A certificate that is good for this address, too. */
function reachedAt(leaf: Leaf, address: string | undefined): Leaf {
  if (address === undefined) return leaf;
  return isIP(address) > 0
    ? { ...leaf, addresses: [address] }
    : { ...leaf, dnsNames: [...(leaf.dnsNames ?? []), address] };
}

export interface CertificatesArgs {
  readonly certificates: Validity;
  /** Host name or address by which the API is reached from outside, beside its Service's names. @default none in its certificate */
  readonly apiAddress?: string;
}

function earliest(pairs: Readonly<Record<string, KeyPair>>): pulumi.Output<string> {
  return pulumi.all(Object.values(pairs).map(({ end }) => end)).apply((ends) => [...ends].sort()[0]);
}

/** Every certificate of the federation's control plane: three authorities, their certificates, the token key. */
export class Certificates extends pulumi.ComponentResource {
  readonly authorities: Readonly<Record<Authority, KeyPair>>;
  readonly pairs: Readonly<Record<keyof typeof leaves, KeyPair>>;
  /** Signs and verifies service-account tokens. */
  readonly tokens: { readonly publicKey: pulumi.Output<string>; readonly key: pulumi.Output<string> };

  /** The earliest ends, RFC 3339: of the authorities, and of what they signed. Both are made anew by an `up`. */
  readonly expiry: { readonly ca: pulumi.Output<string>; readonly certificates: pulumi.Output<string> };

  constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federation:federation:Certificates", name, {}, opts);
    const parent = { parent: this };
    const make = (label: Authority, commonName: string) => {
      const subject = { commonName, organization: NAMESPACE };
      return authority(`${name}-${label}`, { subject, uses: AUTHORITY_USES }, parent);
    };
    this.authorities = {
      ca: make("ca", "karmada"),
      "front-proxy-ca": make("front-proxy-ca", "karmada front proxy"),
      "etcd-ca": make("etcd-ca", "karmada etcd"),
    };
    this.pairs = Object.fromEntries(
      Object.entries<Leaf>(leaves).map(([leaf, spec]) => [
        leaf,
        issued(
          `${name}-${leaf}`,
          this.signing(leaf === "apiserver" ? reachedAt(spec, args.apiAddress) : spec, args.certificates),
          parent,
        ),
      ]),
    ) as Record<keyof typeof leaves, KeyPair>;
    this.expiry = { ca: earliest(this.authorities), certificates: earliest(this.pairs) };
    const tokens = privateKey(`${name}-tokens-key`, parent);
    this.tokens = { publicKey: tokens.publicKeyPem, key: pulumi.secret(tokens.privateKeyPem) };
    this.registerOutputs({ certificate: this.authorities.ca.certificate });
  }

  private signing(
    { issuer, commonName, organization, uses, dnsNames, addresses = [] }: Leaf,
    certificates: Validity,
  ): IssuedArgs {
    return {
      issuer: this.authorities[issuer],
      subject: { commonName, ...(organization && { organization }) },
      uses: ["digital_signature", "key_encipherment", ...uses],
      ...(dnsNames && {
        hosts: { names: [...dnsNames, ...loopback.names], addresses: [...loopback.addresses, ...addresses] },
      }),
      certificates,
    };
  }
}
