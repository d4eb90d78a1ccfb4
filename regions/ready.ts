import { EC2Client, GetConsoleOutputCommand } from "@aws-sdk/client-ec2";
import * as pulumi from "@pulumi/pulumi";
import { request } from "https";

/** Milliseconds between two questions, and for how long one may go unanswered. */
const pause = 2000;
const patience = 5000;

/** Milliseconds between two lines of progress. */
const progressPause = 15_000;

/** Lines of a node's console that an error shows. */
const consoleLines = 25;

/** Whom to wait for. Certificates and key are PEM. */
export interface ReadyArgs {
  readonly member: string;
  readonly region: string;
  /** `https://host:port`. */
  readonly server: string;
  readonly caCertificate: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  /** Instances of the control plane, whose console tells why it does not answer. */
  readonly instanceIds: readonly string[];
  /** Seconds. */
  readonly timeout: number;
}

export interface ReadyOptions {
  /** Told every few seconds what is being waited for. */
  readonly progress?: (line: string) => void;
  /** The end of an instance's console output. */
  readonly consoleOf?: (region: string, instanceId: string) => Promise<string>;
}

/**
 * Waits until the API says it is ready and lets the operator's certificate in. Reads only.
 *
 * @throws when it does not within the time, naming the member, with the end of its nodes' console output.
 */
export async function waitUntilReady(args: ReadyArgs, options: ReadyOptions = {}): Promise<void> {
  const start = Date.now();
  const deadline = start + args.timeout * 1000;
  let told = start;
  for (;;) {
    const obstacle = await firstObstacle(args);
    if (obstacle === undefined) return;
    const now = Date.now();
    if (now >= deadline) {
      throw new Error(await explain(args, obstacle, options.consoleOf ?? consoleTail));
    }
    if (now - told >= progressPause) {
      told = now;
      options.progress?.(
        `${args.member}: waiting for its API, ${Math.round((now - start) / 1000)} s: ${obstacle}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Why the API cannot be used yet, undefined when it can. */
async function firstObstacle(args: ReadyArgs): Promise<string | undefined> {
  // The second asks for more than readiness: the binding that lets the operator in is made after the API is up.
  for (const path of ["/readyz", "/api/v1/nodes?limit=1"]) {
    const obstacle = await ask(args, path).catch((error: Error) => error.message || String(error));
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}

function ask(args: ReadyArgs, path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const { caCertificate: ca, clientCertificate: cert, clientKey: key } = args;
    const call = request(
      new URL(path, args.server),
      { ca, cert, key, timeout: patience, agent: false },
      (response) => {
        response.resume();
        response.on("error", reject);
        response.on("end", () =>
          resolve(response.statusCode === 200 ? undefined : `${path} answers ${response.statusCode}`),
        );
      },
    );
    call.on("timeout", () => call.destroy(new Error(`${args.server} does not answer`)));
    call.on("error", reject);
    call.end();
  });
}

async function explain(
  args: ReadyArgs,
  obstacle: string,
  consoleOf: NonNullable<ReadyOptions["consoleOf"]>,
): Promise<string> {
  const consoles = await Promise.all(
    args.instanceIds.map(async (id) => {
      const tail = await consoleOf(args.region, id).catch(
        (error: Error) => `(cannot be read: ${error.message})`,
      );
      return `Console of ${id}:\n${tail.trim().replace(/^/gm, "  | ")}`;
    }),
  );
  return [
    `The API of ${args.member} (${args.server}) did not get ready within ${args.timeout} s: ${obstacle}.`,
    "If the nodes only need longer, raise federation:timeouts.api; if not, their console says why:",
    ...consoles,
  ].join("\n");
}

/** The last lines of an instance's console: those of the bootstrap where there are any. */
async function consoleTail(region: string, instanceId: string): Promise<string> {
  const client = new EC2Client({ region });
  const { Output = "" } = await client
    .send(new GetConsoleOutputCommand({ InstanceId: instanceId, Latest: true }))
    // Only newer instance types tell the latest; the others what EC2 has kept.
    .catch(() => client.send(new GetConsoleOutputCommand({ InstanceId: instanceId })));
  const lines = Buffer.from(Output, "base64")
    .toString()
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  const ours = lines.filter((line) => line.includes("federation["));
  return (ours.length > 0 ? ours : lines).slice(-consoleLines).join("\n") || "(nothing yet)";
}

/**
 * Waits in `apply`, during `up` only: a preview must not wait for what it does not make.
 *
 * The reason is logged at the member, once and whole: what is thrown here is repeated by all that needs the kubeconfig.
 */
export async function readyInUp(args: ReadyArgs, resource: pulumi.Resource): Promise<void> {
  if (pulumi.runtime.isDryRun()) return;
  const progress = (line: string): void => void pulumi.log.info(line, resource, undefined, true);
  try {
    await waitUntilReady(args, { progress });
  } catch (error) {
    await pulumi.log.error((error as Error).message, resource);
    throw new Error(`the API of ${args.member} did not get ready: its console is shown above`);
  }
}
