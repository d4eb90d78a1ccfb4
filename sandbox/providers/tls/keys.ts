/** Private keys: made, read from PEM, and written in the forms that upstream outputs. */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  ED25519KeyPairOptions,
  generateKeyPairSync,
  KeyObject,
  webcrypto,
} from "node:crypto";
import { Props } from "../runtime";
import { fingerprints, privateFile, publicBlob, publicLine } from "./openssh";

/** Upstream's curve names → Node's. */
const CURVES: Record<string, string> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};
/** Node's curve names → Web Crypto's, with the hash that goes with each in Go's x509. */
const SIGNERS: Record<string, { namedCurve: string; hash: string }> = {
  prime256v1: { namedCurve: "P-256", hash: "SHA-256" },
  secp384r1: { namedCurve: "P-384", hash: "SHA-384" },
  secp521r1: { namedCurve: "P-521", hash: "SHA-512" },
};

const DER: ED25519KeyPairOptions<"der", "der"> = {
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "der" },
};

/**
 * Read anew from its encoding: a key object shares a lock with the job that made it, and Node 20 stands still for ever
 * when the collector removes that job while the key is written as JWK, which holds the lock.
 */
function fresh({ privateKey }: { privateKey: Buffer }): KeyObject {
  return createPrivateKey({ key: privateKey, type: "pkcs8", format: "der" });
}

/** A new key for `algorithm` RSA, ECDSA or ED25519. */
export function generateKey(algorithm: string, inputs: Props): KeyObject {
  switch (algorithm) {
    case "RSA":
      return fresh(generateKeyPairSync("rsa", { modulusLength: inputs.rsaBits ?? 2048, ...DER }));
    case "ECDSA": {
      const namedCurve = CURVES[inputs.ecdsaCurve ?? "P224"];
      if (!namedCurve)
        throw new Error(`ecdsaCurve ${inputs.ecdsaCurve} is none of ${Object.keys(CURVES).join(", ")}`);
      return fresh(generateKeyPairSync("ec", { namedCurve, ...DER }));
    }
    case "ED25519":
      return fresh(generateKeyPairSync("ed25519", DER));
    default:
      throw new Error(`algorithm ${algorithm} is none of RSA, ECDSA, ED25519`);
  }
}

export function algorithmOf(key: KeyObject): string {
  return (
    ({ rsa: "RSA", ec: "ECDSA", ed25519: "ED25519" } as Record<string, string>)[key.asymmetricKeyType!] ?? ""
  );
}

/** Reads a private key in PEM (PKCS#1, SEC 1 or PKCS#8); `what` names the property in the error. */
export function readKey(pem: string | undefined, what: string): KeyObject {
  if (!pem) throw new Error(`${what} is missing`);
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new Error(`${what} is not a private key in PEM`, { cause: error });
  }
}

/** DER of the public key (SubjectPublicKeyInfo). */
export function publicDer(key: KeyObject): Buffer {
  return (key.type === "private" ? createPublicKey(key) : key).export({ type: "spki", format: "der" });
}

/** Upstream's id of a key or request: SHA-1 in hex. */
export function sha1(content: string | Buffer): string {
  return createHash("sha1").update(content).digest("hex");
}

/** Every form of the private key. */
export function privateForms(key: KeyObject): Props {
  const pkcs8 = key.export({ type: "pkcs8", format: "pem" });
  const classic = { rsa: "pkcs1", ec: "sec1" } as Record<string, "pkcs1" | "sec1">;
  const type = classic[key.asymmetricKeyType!];
  return {
    privateKeyPem: type ? key.export({ type, format: "pem" }) : pkcs8,
    privateKeyPemPkcs8: pkcs8,
    privateKeyOpenssh: privateFile(key, publicBlob(key)),
  };
}

/** Every form of its public half. */
export function publicForms(key: KeyObject): Props {
  const shown = createPublicKey(key);
  const blob = publicBlob(shown);
  const { md5, sha256 } = fingerprints(blob);
  return {
    publicKeyPem: shown.export({ type: "spki", format: "pem" }),
    publicKeyOpenssh: publicLine(blob),
    publicKeyFingerprintMd5: md5,
    publicKeyFingerprintSha256: sha256,
  };
}

export interface Signer {
  key: webcrypto.CryptoKey;
  algorithm: Algorithm & { namedCurve?: string; hash?: string };
}

/** The key as Web Crypto signs with it. */
export async function signer(key: KeyObject): Promise<Signer> {
  const algorithm = signingAlgorithm(key);
  const der = key.export({ type: "pkcs8", format: "der" });
  return { key: await webcrypto.subtle.importKey("pkcs8", der, algorithm, true, ["sign"]), algorithm };
}

export function signingAlgorithm(key: KeyObject): Signer["algorithm"] {
  if (key.asymmetricKeyType === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  if (key.asymmetricKeyType === "ed25519") return { name: "Ed25519" };
  const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
  const rule = SIGNERS[curve];
  if (rule) return { name: "ECDSA", ...rule };
  throw new Error(`keys of curve ${curve} cannot sign here: use ecdsaCurve P256, P384 or P521`);
}
