import { Entry, Findings, isEntry, ReadFile } from "./findings";

/** Versions of client.authentication.k8s.io that clients still speak. */
const execVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

const updates: Readonly<Record<string, string>> = {
  aws: "upgrade the AWS CLI, then aws eks update-kubeconfig --name CLUSTER --region REGION",
  "aws-iam-authenticator":
    "upgrade the AWS CLI, then aws eks update-kubeconfig --name CLUSTER --region REGION",
};

/**
 * A user's credentials as our kubeconfig has them: files read into it, and nothing that is not used. `certificate` is
 * the client certificate, PEM. Undefined where there are findings.
 */
export function readCredentials(
  user: Entry | undefined,
  readFile: ReadFile,
  findings: Findings,
): { entry: Entry; certificate?: string } | undefined {
  if (!user) return undefined;
  const before = findings.faults.length;
  refuseOthers(user, findings);
  const entry = { ...certificateOf(user, readFile, findings), ...tokenOf(user, readFile, findings) };
  const basic = basicOf(user, findings);
  const exec = user.exec === undefined ? {} : { exec: execOf(user.exec, findings) };
  const all: Entry = { ...entry, ...basic, ...exec };
  if (findings.faults.length > before) return undefined;
  if (Object.keys(all).length === 0) {
    findings.fault(
      "user: has no credentials: give a token, a client certificate, a password or an exec plugin",
    );
    return undefined;
  }
  const data = entry["client-certificate-data"];
  return { entry: all, certificate: data && Buffer.from(data, "base64").toString() };
}

function refuseOthers(user: Entry, findings: Findings): void {
  if (user["auth-provider"]) {
    findings.fault(
      "user: auth-provider is of a time before Kubernetes 1.26: have your cloud's CLI write an exec plugin",
    );
  }
  if (user.as || user["as-groups"] || user["as-uid"]) {
    findings.fault("user: acting as another can't be used: give that one's own credentials");
  }
}

const encode = (text: string): string => Buffer.from(text).toString("base64");

function certificateOf(user: Entry, readFile: ReadFile, findings: Findings): Record<string, string> {
  const certificate = findings.pem(user, "client-certificate", "CERTIFICATE", readFile);
  const key = findings.pem(user, "client-key", "PRIVATE KEY", readFile);
  if ((certificate === "") !== (key === "") && certificate !== undefined && key !== undefined) {
    const [has, lacks] = key === "" ? ["certificate", "key"] : ["key", "certificate"];
    findings.fault(`user: has a client-${has} without client-${lacks}: write the kubeconfig anew`);
  }
  if (!certificate || !key) return {};
  return { "client-certificate-data": encode(certificate), "client-key-data": encode(key) };
}

function tokenOf(user: Entry, readFile: ReadFile, findings: Findings): Record<string, string> {
  // The file counts where there are both, as for kubectl.
  const token = findings.file(user, "tokenFile", readFile) || user.token;
  if (token === undefined || token === "") return {};
  if (typeof token === "string") return { token: token.trim() };
  findings.fault("user: token is no text");
  return {};
}

function basicOf(user: Entry, findings: Findings): Record<string, string> {
  const { username, password } = user;
  if (username === undefined || username === "") return {};
  if (typeof username === "string" && typeof password === "string") return { username, password };
  findings.fault("user: username and password must both be texts: quote what looks like a number");
  return {};
}

function execOf(exec: unknown, findings: Findings): Entry {
  const given = isEntry(exec) ? exec : {};
  const { apiVersion, command, args, env, installHint, interactiveMode, provideClusterInfo } = given;
  if (typeof command !== "string" || command === "") {
    findings.fault("user: exec has no command");
    return {};
  }
  const program = command.split("/").pop()!;
  if (command.includes("/") && !command.startsWith("/")) {
    findings.fault(
      `user: exec command ${command} is relative: name it by its whole path, or put it into PATH`,
    );
  }
  if (!execVersions.includes(String(apiVersion))) {
    const remedy = updates[program] ?? `upgrade ${program} and have it write the kubeconfig anew`;
    findings.fault(
      `user: exec plugin ${program} speaks ${apiVersion ?? "no version"}, which clients have given up; they take v1beta1 and v1: ${remedy}`,
    );
  }
  if (interactiveMode === "Always") {
    findings.fault(
      `user: exec plugin ${program} always asks a person, and nobody is there: use one that does not`,
    );
  }
  if (apiVersion === execVersions[0] && interactiveMode === undefined) {
    findings.fault(`user: exec plugin ${program} of v1 must say interactiveMode: add interactiveMode: Never`);
  }
  const all = { apiVersion, command, args, env, installHint, interactiveMode, provideClusterInfo };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== null));
}
