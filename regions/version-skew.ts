/** Minors of Kubernetes 1. */
export interface Minors {
  readonly oldest: number;
  readonly newest: number;
}

/**
 * What each Karmada release is tested against by its makers: the table "Kubernetes compatibility" in the README of its tag
 * (https://github.com/karmada-io/karmada/blob/v1.16.0/README.md, the row of HEAD, which became v1.16).
 */
const tested: Readonly<Record<string, Minors>> = {
  "1.16": { oldest: 25, newest: 34 },
};

/**
 * Kubernetes minors that a member may have: what Karmada is tested against, and up to what this program's own members
 * run, since those join as well. Undefined for a Karmada release of which nothing is known.
 *
 * @param karmada `vX.Y.Z`
 * @param kubernetes of our own members, `vX.Y.Z`
 */
export function allowedMinors(karmada: string, kubernetes: string): Minors | undefined {
  const row = tested[karmada.replace(/^v(\d+\.\d+)\..*$/, "$1")];
  return row && { oldest: row.oldest, newest: Math.max(row.newest, Number(kubernetes.split(".")[1])) };
}

/** What `/version` says, where it says something usable. */
export interface ServerVersion {
  readonly major?: string;
  readonly minor?: string;
  readonly gitVersion?: string;
}

/** Why a member of this version can't join; undefined when it can. */
export function versionFinding(
  server: ServerVersion,
  versions: { readonly karmada: string; readonly kubernetes: string },
): string | undefined {
  const allowed = allowedMinors(versions.karmada, versions.kubernetes);
  // Clouds write "33+".
  const minor = Number.parseInt(server.minor ?? "", 10);
  if (server.major !== "1" || Number.isNaN(minor)) {
    return `/version names no release of Kubernetes 1 (${server.gitVersion ?? "nothing"}): is this a Kubernetes API?`;
  }
  if (!allowed || (minor >= allowed.oldest && minor <= allowed.newest)) return undefined;
  const way = minor < allowed.oldest ? "upgrade the cluster" : "raise versions.kubernetes to what it runs";
  return (
    `runs Kubernetes ${server.gitVersion ?? `1.${minor}`}; Karmada ${versions.karmada} and this stack go with ` +
    `1.${allowed.oldest} to 1.${allowed.newest} – ${way}`
  );
}
