import "reflect-metadata";
import * as fs from "fs";
import * as tls from "tls";
import * as x509 from "@peculiar/x509";
import { webcrypto } from "crypto";

x509.cryptoProvider.set(webcrypto as unknown as Crypto);
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;

/** Makes server certificates for any name, signed by the box's CA: one key for all, one certificate a name. */
export async function certificateMint(ca: { cert: string; key: string }): Promise<(name: string) => Promise<tls.SecureContext>> {
  const issuer = new x509.X509Certificate(fs.readFileSync(ca.cert, "utf8"));
  const signingKey = await importKey(fs.readFileSync(ca.key, "utf8"));
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as unknown as CryptoKeyPair;
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey as never), "PRIVATE KEY");
  const made = new Map<string, Promise<tls.SecureContext>>();

  const mint = async (name: string): Promise<tls.SecureContext> => {
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString("hex"),
      subject: `CN=${name.slice(0, 64)}`,
      issuer: issuer.subject,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + 365 * DAY_MS),
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }]),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ],
    });
    return tls.createSecureContext({ key, cert: certificate.toString("pem") + "\n" + issuer.toString("pem") });
  };
  return (name) => {
    const known = made.get(name) ?? mint(name);
    made.set(name, known);
    return known;
  };
}

async function importKey(pem: string): Promise<CryptoKey> {
  const { createPrivateKey } = await import("crypto");
  const pkcs8 = createPrivateKey(pem).export({ format: "der", type: "pkcs8" });
  return (await webcrypto.subtle.importKey("pkcs8", pkcs8, ALGORITHM, false, ["sign"])) as unknown as CryptoKey;
}
