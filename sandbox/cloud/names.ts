import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import * as path from "node:path";

/** Network namespace of a VPC's router: the VPC's own id, which begins with `vpc-`. */
export const routerNamespace = (vpc: string): string => vpc;

/** The router's end of an interface's veth; the kernel takes at most 15 characters. */
export const portName = (networkInterface: string): string =>
  `eni${networkInterface.replace(/^eni-/, "").slice(0, 8)}`;

/** The router's link to the box's internet. */
export const INTERNET = "internet";

/** The box's end of that link, for VPC number `link`. */
export const linkName = (link: number): string => `vpc${link}`;
export const boxAddress = (link: number): string => `198.19.${link}.1`;
/** What the box sees as the source of a VPC's questions to the resolver. */
export const routerAddress = (link: number): string => `198.19.${link}.2`;

export const METADATA = "169.254.169.254";
export const RESOLVER = "169.254.169.253";
/** The box's DNS server, which answers for every VPC's resolver. */
export const BOX_DNS = "198.18.0.1";

/**
 * Folder for unix sockets. Not in the run directory: a socket's path is limited to 107 characters, and
 * haproxy adds to it while it binds.
 */
export function socketDir(runDir: string): string {
  return path.join(
    tmpdir(),
    `cloud-${createHash("sha256").update(path.resolve(runDir)).digest("hex").slice(0, 10)}`,
  );
}

/** A short, stable file name for a key of any form. */
export function shortName(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 12);
}
