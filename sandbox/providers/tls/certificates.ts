/** Requests and certificates. */

import "reflect-metadata";
import { createPublicKey, KeyObject, randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { Props } from "../runtime";
import { basicConstraints, keyIdentifier, nameExtensions, subjectName, usageExtensions } from "./extensions";
import { publicDer, signer } from "./keys";

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const HOUR_MS = 3_600_000;

export interface Issued {
  pem: string;
  /** The serial number, decimal: upstream's id of a certificate. */
  serial: string;
  start: Date;
  end: Date;
}

/** A certificate for the key that signs it. */
export async function selfSigned(key: KeyObject, inputs: Props): Promise<Issued> {
  const name = subjectName(inputs.subject);
  const id = keyIdentifier(key);
  const extensions = [
    ...nameExtensions(inputs),
    ...(inputs.setSubjectKeyId || inputs.isCaCertificate ? [new x509.SubjectKeyIdentifierExtension(id)] : []),
    ...(inputs.setAuthorityKeyId ? [new x509.AuthorityKeyIdentifierExtension(id)] : []),
  ];
  return issue(key, key, name, name, extensions, inputs);
}

/** A certificate for a request's key and names, signed by a CA. */
export async function locallySigned(caKey: KeyObject, inputs: Props): Promise<Issued> {
  const request = parse("certRequestPem", () => new x509.Pkcs10CertificateRequest(inputs.certRequestPem));
  if (!(await request.verify())) throw new Error("certRequestPem: its signature is not by its own key");
  const ca = parse("caCertPem", () => new x509.X509Certificate(inputs.caCertPem));
  if (
    !createPublicKey({ key: Buffer.from(ca.publicKey.rawData), format: "der", type: "spki" }).equals(
      createPublicKey(caKey),
    )
  )
    throw new Error("caPrivateKeyPem is not the key of caCertPem");
  const key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: "der", type: "spki" });
  const names = request.getExtension(SUBJECT_ALTERNATIVE_NAME);
  const authority = ca.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  const extensions = [
    ...(names ? [new x509.SubjectAlternativeNameExtension(names.rawData)] : []),
    ...(inputs.setSubjectKeyId || inputs.isCaCertificate
      ? [new x509.SubjectKeyIdentifierExtension(keyIdentifier(key))]
      : []),
    ...(authority ? [new x509.AuthorityKeyIdentifierExtension(authority)] : []),
  ];
  // The CA's own bytes: a re-encoded name would break the chain for verifiers that compare them.
  return issue(key, caKey, request.subjectName, ca.subjectName, extensions, inputs);
}

async function issue(
  key: KeyObject,
  caKey: KeyObject,
  subject: x509.Name,
  issuer: x509.Name,
  extensions: x509.Extension[],
  inputs: Props,
): Promise<Issued> {
  const { key: signingKey, algorithm } = await signer(caKey);
  // Seconds, as in the certificate: else the state would say another moment than the certificate does.
  const start = new Date(Math.floor(Date.now() / 1000) * 1000);
  const end = new Date(start.getTime() + inputs.validityPeriodHours * HOUR_MS);
  const serial = randomBytes(16);
  serial[0] = (serial[0] & 0x7f) | 0x01; // positive and of full length
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString("hex"),
    subject,
    issuer,
    notBefore: start,
    notAfter: end,
    publicKey: new x509.PublicKey(new Uint8Array(publicDer(key))),
    signingKey: signingKey as unknown as CryptoKey,
    signingAlgorithm: algorithm,
    extensions: [basicConstraints(inputs), ...usageExtensions(inputs.allowedUses ?? []), ...extensions],
  });
  return {
    pem: certificate.toString("pem") + "\n",
    serial: BigInt(`0x${serial.toString("hex")}`).toString(),
    start,
    end,
  };
}

/** A PKCS#10 request in PEM. */
export async function request(key: KeyObject, inputs: Props): Promise<string> {
  const { key: privateKey, algorithm } = await signer(key);
  const publicKey = await webcrypto.subtle.importKey("spki", publicDer(key), algorithm, true, ["verify"]);
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subjectName(inputs.subject) as unknown as string,
    keys: { privateKey, publicKey } as unknown as CryptoKeyPair,
    signingAlgorithm: algorithm,
    extensions: nameExtensions(inputs),
  });
  return made.toString("pem") + "\n";
}

function parse<T>(property: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`${property} cannot be read`, { cause: error });
  }
}
