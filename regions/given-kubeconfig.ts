import { X509Certificate } from "node:crypto";
import { parse, YAMLParseError } from "yaml";
import { Entry, Findings, isEntry } from "./findings";
import { readCredentials } from "./given-credentials";
import { readServer } from "./given-server";
import { Kubeconfig, kubeconfigText } from "./kubeconfig";

/** How to read a kubeconfig that somebody else wrote. */
export interface ReadArgs {
  /** Name that context, cluster and user get in ours: `<member>.<domain>`. Those of the file may clash with others'. */
  readonly name: string;
  /** Which of its contexts. @default its current one */
  readonly context?: string;
  /** Text of a file that it names. @default none: one that comes as a secret has no files beside it */
  readonly readFile?: (path: string) => string;
}

/** What a given kubeconfig says of one cluster. All of it is secret. */
export interface GivenCluster {
  /** `https://host:port`, with a path where it has one. */
  readonly server: string;
  /** PEM; "" where the system's authorities vouch for the server. */
  readonly caCertificate: string;
  /** Whether nobody is to check who answers. */
  readonly insecure: boolean;
  /** End of its client certificate, RFC 3339. @default it has none */
  readonly certificateEnd?: string;
  /** A kubeconfig of this context alone, with what it named as files in it; YAML. */
  readonly kubeconfig: string;
}

/** `cluster` is there where `findings` are not. No text of either tells what the kubeconfig keeps secret. */
export interface Reading {
  readonly cluster?: GivenCluster;
  /** What keeps it from being used, each with its remedy. */
  readonly findings: readonly string[];
  readonly warnings: readonly string[];
}

/** The context that is meant, and all reasons why it can't be used. Never throws. */
export function readKubeconfig(text: string, args: ReadArgs): Reading {
  const findings = new Findings();
  const cluster = read(text, args, findings);
  return findings.faults.length > 0
    ? { findings: findings.faults, warnings: [] }
    : { cluster, findings: [], warnings: findings.warnings };
}

function read(text: string, args: ReadArgs, findings: Findings): GivenCluster | undefined {
  const config = document(text, findings);
  const context = config && contextOf(config, args.context, findings);
  if (!config || !context) return undefined;
  const { name } = args;
  const cluster = readServer(entryOf(config, "cluster", context, findings), args.readFile, findings);
  const user = readCredentials(entryOf(config, "user", context, findings), args.readFile, findings);
  if (!cluster || !user) return undefined;
  const own: Kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: cluster.entry }],
    users: [{ name, user: user.entry }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  const { server, caCertificate, insecure } = cluster;
  const end = user.certificate && new X509Certificate(user.certificate).validTo;
  return {
    server,
    caCertificate,
    insecure,
    certificateEnd: end && new Date(end).toISOString(),
    kubeconfig: kubeconfigText(own),
  };
}

function document(text: string, findings: Findings): Entry | undefined {
  try {
    const config: unknown = parse(text);
    if (isEntry(config) && config.kind === "Config") return config;
    findings.fault("is no kubeconfig: it has no `kind: Config`");
  } catch (error) {
    // The parser's own message quotes the line, which may hold a key.
    const at = error instanceof YAMLParseError ? error.linePos?.[0] : undefined;
    findings.fault(`is no YAML${at ? `: line ${at.line}, column ${at.col}` : ""}`);
  }
  return undefined;
}

/** Entries of a list by their names; what has no name is none. */
function named(config: Entry, list: "contexts" | "clusters" | "users"): Map<string, Entry> {
  const entries = Array.isArray(config[list]) ? config[list].filter(isEntry) : [];
  // The first of a name counts, as for kubectl.
  return new Map(
    entries.reverse().flatMap((each) => (typeof each.name === "string" ? [[each.name, each]] : [])),
  );
}

function contextOf(config: Entry, wanted: string | undefined, findings: Findings): Entry | undefined {
  const contexts = named(config, "contexts");
  const name = wanted ?? config["current-context"];
  const known = [...contexts.keys()].reverse().join(", ") || "none";
  if (typeof name !== "string" || name === "") {
    findings.fault(`has no current context: set context to one of its own (${known})`);
    return undefined;
  }
  const context = contexts.get(name);
  if (context && isEntry(context.context)) return { ...context.context, name };
  findings.fault(`has no context "${name}": set context to one of its own (${known})`);
  return undefined;
}

function entryOf(
  config: Entry,
  kind: "cluster" | "user",
  context: Entry,
  findings: Findings,
): Entry | undefined {
  const wanted = context[kind];
  const found = typeof wanted === "string" ? named(config, `${kind}s`).get(wanted) : undefined;
  if (isEntry(found?.[kind])) return found[kind];
  findings.fault(
    typeof wanted === "string" && wanted !== ""
      ? `context "${context.name}" is of the ${kind} "${wanted}", which is not in it: write the kubeconfig anew`
      : `context "${context.name}" names no ${kind}: write the kubeconfig anew`,
  );
  return undefined;
}
