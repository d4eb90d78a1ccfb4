import { generateKeyPairSync } from "node:crypto";
import { stringify } from "yaml";

/** Valid from 2026 to 2036; vouches for nothing. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBEDCBt6ADAgECAgEBMAoGCCqGSM49BAMCMBAxDjAMBgNVBAMTBWdpdmVuMB4X
DTI2MDEwMTAwMDAwMFoXDTM2MDEwMTAwMDAwMFowEDEOMAwGA1UEAxMFZ2l2ZW4w
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQS7EBHp+8w/u5VjLrJ2SKrz6Qe3n7Z
e3tvwBA5GW6+GB69wJ6kp9+8385cmSDttiKsyQUHbz+X7CGdtEk1h7MvowIwADAK
BggqhkjOPQQDAgNIADBFAiEAhWmZfQhM07SsTi09VpMOIwmxKVpBgneP0RVx3g/R
cUoCIGZsisd5brzspkG0AT44fa/8zVHXUBPNl4ici79+wFam
-----END CERTIFICATE-----
`;

/** Made anew each time: no key belongs into a repository. */
export const KEY = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

export const encode = (text: string): string => Buffer.from(text).toString("base64");

const authority = { "certificate-authority-data": encode(CERTIFICATE) };

/** Parts of a given kubeconfig that a test wants otherwise. */
export interface Given {
  readonly cluster?: object;
  readonly user?: object;
  readonly config?: object;
}

/** A kubeconfig as an administrator of another cluster hands it over. */
export function givenKubeconfig({ cluster, user, config }: Given = {}): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "admin@munich",
    clusters: [
      { name: "munich", cluster: { server: "https://munich.example.com:6443", ...(cluster ?? authority) } },
    ],
    users: [{ name: "admin", user: user ?? { token: "the-token" } }],
    contexts: [{ name: "admin@munich", context: { cluster: "munich", user: "admin", namespace: "web" } }],
    ...config,
  });
}
