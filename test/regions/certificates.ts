import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { RequestListener } from "http";
import { createServer, Server } from "https";
import type { AddressInfo } from "net";
import { webcrypto } from "crypto";

x509.cryptoProvider.set(webcrypto as Crypto);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Certificate and private key, PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  readonly cert: string;
  issue(name: string, addresses?: string[]): Promise<Pair>;
}

const pem = async (key: CryptoKey): Promise<string> =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");

/** A CA made for one test. */
export async function authority(): Promise<Authority> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
  const days = 24 * 3600 * 1000;
  const validity = { notBefore: new Date(Date.now() - days), notAfter: new Date(Date.now() + days) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=test CA",
    keys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    cert: ca.toString("pem"),
    issue: async (name, addresses = []) => {
      const own = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: "02",
        subject: name,
        issuer: ca.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...validity,
        extensions: [
          new x509.SubjectAlternativeNameExtension(
            addresses.map((value) => ({ type: "ip" as const, value })),
          ),
        ],
      });
      return { cert: certificate.toString("pem"), key: await pem(own.privateKey) };
    },
  };
}

/** An API server of the test's own on the loopback, that asks for a client certificate. */
export async function serve(
  ca: Authority,
  listener: RequestListener,
): Promise<{ url: string; server: Server }> {
  const pair = await ca.issue("CN=server", ["127.0.0.1"]);
  const server = createServer(
    { ...pair, ca: ca.cert, requestCert: true, rejectUnauthorized: false },
    listener,
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
