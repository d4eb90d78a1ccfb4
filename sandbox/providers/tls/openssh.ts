/** Keys in OpenSSH's own formats (PROTOCOL.key): the public line, its fingerprints, the private file. */

import { createHash, KeyObject, randomBytes } from "node:crypto";

const CURVES: Record<string, string> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };

/** The public key's blob; undefined for curves that OpenSSH does not know (P-224). */
export function publicBlob(key: KeyObject): Buffer | undefined {
  const jwk = key.export({ format: "jwk" });
  if (jwk.kty === "RSA") return fields("ssh-rsa", integer(jwk.e!), integer(jwk.n!));
  if (jwk.kty === "OKP") return fields("ssh-ed25519", bytes(jwk.x!));
  const curve = CURVES[jwk.crv!];
  return curve ? fields(`ecdsa-sha2-${curve}`, curve, point(jwk)) : undefined;
}

/** `ecdsa-sha2-nistp256 AAAA…\n`, or "" where there is no such form. */
export function publicLine(blob: Buffer | undefined): string {
  if (!blob) return "";
  const kind = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString();
  return `${kind} ${blob.toString("base64")}\n`;
}

/** Fingerprints as `ssh-keygen -l` prints them. */
export function fingerprints(blob: Buffer | undefined): { md5: string; sha256: string } {
  if (!blob) return { md5: "", sha256: "" };
  const md5 = createHash("md5").update(blob).digest("hex").match(/../g)!.join(":");
  return { md5, sha256: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}` };
}

/** The unencrypted private key file, or "" where there is no such form. */
export function privateFile(key: KeyObject, blob: Buffer | undefined): string {
  if (!blob) return "";
  const check = randomBytes(4);
  const body = Buffer.concat([check, check, privateFields(key), string("")]);
  // Padding to the cipher's block size, 8 for "none", by 1, 2, 3 …
  const padding = Buffer.from(Array.from({ length: (8 - (body.length % 8)) % 8 }, (_, i) => i + 1));
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    fields("none", "none", ""),
    Buffer.from([0, 0, 0, 1]),
    string(blob),
    string(Buffer.concat([body, padding])),
  ]);
  const lines = file.toString("base64").match(/.{1,70}/g)!;
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join(
    "\n",
  );
}

function privateFields(key: KeyObject): Buffer {
  const jwk = key.export({ format: "jwk" });
  if (jwk.kty === "RSA")
    return fields("ssh-rsa", ...[jwk.n!, jwk.e!, jwk.d!, jwk.qi!, jwk.p!, jwk.q!].map(integer));
  if (jwk.kty === "OKP")
    return fields("ssh-ed25519", bytes(jwk.x!), Buffer.concat([bytes(jwk.d!), bytes(jwk.x!)]));
  const curve = CURVES[jwk.crv!];
  return fields(`ecdsa-sha2-${curve}`, curve, point(jwk), integer(jwk.d!));
}

function bytes(base64url: string): Buffer {
  return Buffer.from(base64url, "base64url");
}

function point(jwk: JsonWebKey): Buffer {
  return Buffer.concat([Buffer.from([4]), bytes(jwk.x!), bytes(jwk.y!)]);
}

/** A positive mpint: no leading zeros, but one if the top bit would read as a sign. */
function integer(base64url: string): Buffer {
  let value = bytes(base64url);
  while (value.length > 1 && value[0] === 0) value = value.subarray(1);
  return value[0] & 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value;
}

function fields(...items: (string | Buffer)[]): Buffer {
  return Buffer.concat(items.map(string));
}

function string(item: string | Buffer): Buffer {
  const content = Buffer.from(item as Buffer);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}
