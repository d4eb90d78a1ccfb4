import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Validity } from "../config";

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: pulumi.Output<string>;
  /** Secret. */
  readonly key: pulumi.Output<string>;
  /** RFC 3339. */
  readonly end: pulumi.Output<string>;
}

type Subject = tls.types.input.CertRequestSubject;

export interface AuthorityArgs {
  readonly subject: Subject;
  readonly uses: readonly string[];
  /** Whether the certificate says its key's id, by which what it signed finds it. @default false */
  readonly subjectKeyId?: boolean;
}

export interface IssuedArgs {
  readonly issuer: KeyPair;
  readonly subject: Subject;
  readonly uses: readonly string[];
  /** Names and addresses that a server answers to. @default none */
  readonly hosts?: { readonly names: readonly string[]; readonly addresses: readonly string[] };
  readonly certificates: Validity;
}

const hoursPerYear = 8760;

/** Years that an authority lives; it is renewed on its key a year before, so that what it signed stays good. */
const authorityYears = 10;

/** A private key on the curve that all of them are on. */
export function privateKey(name: string, opts: pulumi.CustomResourceOptions): tls.PrivateKey {
  return new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
}

/** An authority that signs itself, and its key `<name>-key`. */
export function authority(name: string, args: AuthorityArgs, opts: pulumi.CustomResourceOptions): KeyPair {
  const key = privateKey(`${name}-key`, opts);
  const certificate = new tls.SelfSignedCert(
    name,
    {
      privateKeyPem: key.privateKeyPem,
      subject: args.subject,
      isCaCertificate: true,
      ...(args.subjectKeyId && { setSubjectKeyId: true }),
      allowedUses: [...args.uses],
      validityPeriodHours: authorityYears * hoursPerYear,
      earlyRenewalHours: hoursPerYear,
    },
    opts,
  );
  return pair(certificate, key);
}

/** A certificate that an authority signs, with its key `<name>-key` and its request `<name>-request`. */
export function issued(name: string, args: IssuedArgs, opts: pulumi.CustomResourceOptions): KeyPair {
  const { issuer, hosts, certificates } = args;
  const key = privateKey(`${name}-key`, opts);
  const request = new tls.CertRequest(
    `${name}-request`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: args.subject,
      ...(hosts && { dnsNames: [...hosts.names], ipAddresses: [...hosts.addresses] }),
    },
    opts,
  );
  const certificate = new tls.LocallySignedCert(
    name,
    {
      certRequestPem: request.certRequestPem,
      caCertPem: issuer.certificate,
      caPrivateKeyPem: issuer.key,
      allowedUses: [...args.uses],
      validityPeriodHours: certificates.validity,
      earlyRenewalHours: certificates.renewal,
    },
    opts,
  );
  return pair(certificate, key);
}

function pair(
  { certPem, validityEndTime }: tls.SelfSignedCert | tls.LocallySignedCert,
  key: tls.PrivateKey,
): KeyPair {
  return { certificate: certPem, key: pulumi.secret(key.privateKeyPem), end: validityEndTime };
}
