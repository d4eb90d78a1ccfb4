/** What a certificate says beside its name: subject and extensions as Go's x509 writes them. */

import "reflect-metadata";
import { createHash, KeyObject } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { Props } from "../runtime";
import { publicDer } from "./keys";

const { KeyUsageFlags: Usage, ExtendedKeyUsage } = x509;

const KEY_USES: Record<string, number> = {
  digital_signature: Usage.digitalSignature,
  content_commitment: Usage.nonRepudiation,
  key_encipherment: Usage.keyEncipherment,
  data_encipherment: Usage.dataEncipherment,
  key_agreement: Usage.keyAgreement,
  cert_signing: Usage.keyCertSign,
  crl_signing: Usage.cRLSign,
  encipher_only: Usage.encipherOnly,
  decipher_only: Usage.decipherOnly,
};

const EXTENDED_USES: Record<string, string> = {
  any_extended: "2.5.29.37.0",
  server_auth: ExtendedKeyUsage.serverAuth,
  client_auth: ExtendedKeyUsage.clientAuth,
  code_signing: ExtendedKeyUsage.codeSigning,
  email_protection: ExtendedKeyUsage.emailProtection,
  ipsec_end_system: "1.3.6.1.5.5.7.3.5",
  ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
  ipsec_user: "1.3.6.1.5.5.7.3.7",
  timestamping: ExtendedKeyUsage.timeStamping,
  ocsp_signing: ExtendedKeyUsage.ocspSigning,
  microsoft_server_gated_crypto: "1.3.6.1.4.1.311.10.3.3",
  netscape_server_gated_crypto: "2.16.840.1.113730.4.1",
  microsoft_commercial_code_signing: "1.3.6.1.4.1.311.2.1.22",
  microsoft_kernel_code_signing: "1.3.6.1.4.1.311.61.1.1",
};

/** Subject property → attribute, in the order in which Go writes them. */
const SUBJECT: [string, string][] = [
  ["country", "2.5.4.6"],
  ["organization", "2.5.4.10"],
  ["organizationalUnit", "2.5.4.11"],
  ["locality", "2.5.4.7"],
  ["province", "2.5.4.8"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "2.5.4.3"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "1.2.840.113549.1.9.1"],
];

export function subjectName(subject: Props = {}): x509.Name {
  const attributes = SUBJECT.flatMap(([property, oid]) =>
    [subject[property] ?? []].flat().map((value: string) => ({ [oid]: [attribute(property, value)] })),
  );
  return new x509.Name(attributes);
}

/** PrintableString where the text allows it, as Go does: other encoders of the same name must give the same bytes. */
function attribute(
  property: string,
  value: string,
): { ia5String: string } | { printableString: string } | { utf8String: string } {
  if (property === "emailAddress") return { ia5String: value };
  return /^[A-Za-z0-9 '()+,\-./:=?*&]*$/.test(value) ? { printableString: value } : { utf8String: value };
}

/** Names that are not these are refused: a silently dropped use would surface as a handshake error much later. */
export function unknownUses(uses: string[]): string[] {
  return uses.filter((use) => !(use in KEY_USES) && !(use in EXTENDED_USES));
}

export function usageExtensions(uses: string[]): x509.Extension[] {
  const bits = uses.reduce((sum, use) => sum | (KEY_USES[use] ?? 0), 0);
  const extended = uses.map((use) => EXTENDED_USES[use]).filter(Boolean);
  return [
    ...(bits ? [new x509.KeyUsagesExtension(bits, true)] : []),
    ...(extended.length ? [new x509.ExtendedKeyUsageExtension(extended, false)] : []),
  ];
}

export function nameExtensions(inputs: Props): x509.Extension[] {
  const names: x509.JsonGeneralNames = [
    ...(inputs.dnsNames ?? []).map((value: string) => ({ type: "dns" as const, value })),
    ...(inputs.ipAddresses ?? []).map((value: string) => ({ type: "ip" as const, value })),
    ...(inputs.uris ?? []).map((value: string) => ({ type: "url" as const, value })),
  ];
  return names.length ? [new x509.SubjectAlternativeNameExtension(names, false)] : [];
}

/** Always there and critical, as in every certificate that Go's x509 makes from a template with valid constraints. */
export function basicConstraints(inputs: Props): x509.Extension {
  const ca = inputs.isCaCertificate ?? false;
  const length = inputs.maxPathLength ?? -1;
  return new x509.BasicConstraintsExtension(ca, ca && length >= 0 ? length : undefined, true);
}

/** SHA-1 of the public key's bits, the first method of RFC 5280. */
export function keyIdentifier(key: KeyObject): string {
  const info = new x509.PublicKey(new Uint8Array(publicDer(key)));
  const bits = x509KeyBits(info);
  return createHash("sha1").update(bits).digest("hex");
}

function x509KeyBits(key: x509.PublicKey): Buffer {
  // SEQUENCE { algorithm SEQUENCE, BIT STRING }: the bit string ends the encoding and begins after its zero pad octet.
  const der = Buffer.from(key.rawData);
  const outer = header(der, 0);
  const algorithm = header(der, outer.start);
  const bits = header(der, algorithm.start + algorithm.length);
  return der.subarray(bits.start + 1, bits.start + bits.length);
}

function header(der: Buffer, at: number): { start: number; length: number } {
  const first = der[at + 1];
  if (first < 0x80) return { start: at + 2, length: first };
  const octets = first & 0x7f;
  return { start: at + 2 + octets, length: der.readUIntBE(at + 2, octets) };
}
