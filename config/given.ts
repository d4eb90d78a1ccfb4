import { dirname, isAbsolute, resolve } from "node:path";
import { GivenCluster, ReadArgs, readKubeconfig } from "../regions/given-kubeconfig";
import type { ExternalMemberInput } from "./external-schema";
import type { Fault } from "./faults";
import type { KubeconfigInput } from "./fields";

/** Where kubeconfigs and manifests come from; what the config's reader itself does not touch. */
export interface Sources {
  /** Text of a file, by its absolute path. @throws when it can't be read */
  readonly file: (path: string) => string;
  /** Names of the files in a directory, sorted; undefined for a file. @throws when there is neither */
  readonly list: (path: string) => readonly string[] | undefined;
  /** A value of the stack's config, decrypted; undefined when it is not set. */
  readonly value: (key: string) => string | undefined;
}

/** What was found of each external member's cluster. */
export interface Given {
  readonly clusters: Readonly<Record<string, GivenCluster>>;
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}

/** Reads the kubeconfigs of external members; every one that can't be used is a fault or several. */
export function givenClusters(
  members: Readonly<Record<string, ExternalMemberInput>>,
  domain: string,
  sources: Sources,
): Given {
  const read = Object.entries(members).map(([name, { kubeconfig, context }]) => ({
    name,
    ...givenCluster(
      `members.${name}.kubeconfig`,
      kubeconfig,
      { name: `${name}.${domain}`, context },
      sources,
    ),
  }));
  return {
    clusters: Object.fromEntries(read.flatMap(({ name, cluster }) => (cluster ? [[name, cluster]] : []))),
    faults: read.flatMap(({ faults }) => faults),
    warnings: read.flatMap(({ warnings }) => warnings),
  };
}

/** What one kubeconfig says. `at` is the path of the key that tells where it is. */
export function givenCluster(
  at: string,
  kubeconfig: KubeconfigInput,
  { name, context }: Pick<ReadArgs, "name" | "context">,
  sources: Sources,
): Pick<Given, "faults" | "warnings"> & { readonly cluster?: GivenCluster } {
  const found = textOf(kubeconfig, sources);
  if ("remedy" in found) {
    const { key, remedy } = found;
    return { faults: [{ path: `${at}.${key}`, value: kubeconfig[key], remedy }], warnings: [] };
  }
  const reading = readKubeconfig(found.text, { name, context, readFile: found.readFile });
  const value = kubeconfig.file ?? kubeconfig.secret;
  return {
    cluster: reading.cluster,
    faults: reading.findings.map((remedy) => ({ path: at, value, remedy })),
    warnings: reading.warnings.map((text) => `${at}: ${text}`),
  };
}

type Found =
  | { readonly text: string; readonly readFile?: (path: string) => string }
  | { readonly key: "file" | "secret"; readonly remedy: string };

function textOf({ file, secret }: KubeconfigInput, sources: Sources): Found {
  if (file !== undefined) {
    const path = resolve(file);
    // Relative to the kubeconfig, as kubectl takes them.
    const beside = (other: string) => sources.file(isAbsolute(other) ? other : resolve(dirname(path), other));
    try {
      return { text: sources.file(path), readFile: beside };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "no file";
      return { key: "file", remedy: `can't be read (${code}): give the path from the project's directory` };
    }
  }
  const text = sources.value(secret!);
  if (text !== undefined) return { text };
  return {
    key: "secret",
    remedy: `is not set: pulumi config set --secret federation:${secret} < KUBECONFIG`,
  };
}
