import { execFile } from "node:child_process";

/** An exec plugin as a kubeconfig's user names it. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  /** What its author says to those who lack it. */
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
}

/** What a plugin gives: a token, or a client certificate with its key, both PEM. */
export interface ExecCredential {
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Milliseconds since 1970 from which it is good no more. @default it stays good */
  readonly end?: number;
}

/** Seconds that a plugin may take: some ask their cloud first. */
const TIMEOUT = 30;

/** A plugin's answer is short; more is none. */
const MOST_BYTES = 1 << 20;

/**
 * Asks an exec plugin for credentials.
 *
 * @param cluster what the plugin is told of the cluster, where it wants to know.
 * @throws naming the plugin, with the first line of what it says.
 */
export async function execCredential(plugin: ExecPlugin, cluster: object): Promise<ExecCredential> {
  const { apiVersion, command, provideClusterInfo } = plugin;
  const info = { interactive: false, ...(provideClusterInfo && { cluster }) };
  const own = Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value]));
  const request = JSON.stringify({ apiVersion, kind: "ExecCredential", spec: info });
  const env = { ...process.env, ...own, KUBERNETES_EXEC_INFO: request };
  const answer = await run(plugin, env);
  const status = statusOf(answer, apiVersion);
  if (typeof status === "string") throw new Error(`exec plugin ${command} ${status}`);
  return status;
}

function run({ command, args = [], installHint }: ExecPlugin, env: NodeJS.ProcessEnv): Promise<string> {
  const options = { env, timeout: TIMEOUT * 1000, killSignal: "SIGKILL" as const, maxBuffer: MOST_BYTES };
  return new Promise((resolve, reject) => {
    const child = execFile(command, [...args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") {
        const hint = installHint?.trim().split("\n", 1)[0];
        return reject(
          new Error(`exec plugin ${command} is not on this machine${hint ? `: ${hint}` : ": install it"}`),
        );
      }
      // Never the error's own message: it has the arguments.
      const said = stderr.split("\n").find((line) => line.trim() !== "");
      const why = error.killed
        ? `gave no answer within ${TIMEOUT} s`
        : `failed: ${said?.trim() ?? `exit ${error.code}`}`;
      reject(new Error(`exec plugin ${command} ${why}`));
    });
    // It is told that nobody is there to ask; one that reads all the same must not wait for ever.
    child.stdin?.end();
  });
}

/** The credentials of a plugin's answer, or what is wrong with it. */
function statusOf(answer: string, apiVersion: string): ExecCredential | string {
  let credential;
  try {
    credential = JSON.parse(answer);
  } catch {
    return "printed no JSON";
  }
  if (credential?.kind !== "ExecCredential") return "printed no ExecCredential";
  if (credential.apiVersion !== apiVersion)
    return `answered in ${credential.apiVersion}, asked in ${apiVersion}`;
  const {
    token,
    clientCertificateData: certificate,
    clientKeyData: key,
    expirationTimestamp,
  } = credential.status ?? {};
  if (!token && !(certificate && key)) return "gave neither a token nor a client certificate with its key";
  return { token, certificate, key, end: expirationTimestamp && Date.parse(expirationTimestamp) };
}
