import "reflect-metadata"; // @peculiar/x509 asks for it
import { webcrypto } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as x509 from "@peculiar/x509";
import type { Build } from "./step";

const years = 10;
const day = 86_400_000; // milliseconds
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * The box's certificate authority. It needs no other part, so its key in the cache never changes: it is made once, and
 * everything prepared later trusts the same one.
 */
export async function makeCa(build: Build): Promise<void> {
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
    "sign",
    "verify",
  ])) as unknown as CryptoKeyPair;
  const usages = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString("hex"),
    name: "O=Federation sandbox, CN=Federation sandbox CA",
    notBefore: new Date(Date.now() - day), // for a clock that is set back
    notAfter: new Date(Date.now() + years * 365 * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(usages, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey as never);
  fs.writeFileSync(path.join(build.partial, "ca.key"), `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`, {
    mode: 0o600,
  });
  fs.writeFileSync(path.join(build.partial, "ca.crt"), `${certificate.toString("pem")}\n`);
}

/** Bundle of Mozilla's authorities, as Debian packages them, and the box's own: what everything in a box trusts. */
export async function makeTrust(build: Build): Promise<void> {
  const mozilla = path.join(build.part("tools"), "tree", "usr/share/ca-certificates/mozilla");
  const files = fs
    .readdirSync(mozilla)
    .sort()
    .map((name) => path.join(mozilla, name));
  const texts = [...files, path.join(build.part("ca"), "ca.crt")].map((file) =>
    fs.readFileSync(file, "utf8").trimEnd(),
  );
  fs.writeFileSync(path.join(build.partial, "bundle.crt"), `${texts.join("\n")}\n`);
}
