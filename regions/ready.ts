import { EC2Client, GetConsoleOutputCommand } from "@aws-sdk/client-ec2";
import * as pulumi from "@pulumi/pulumi";
import { apiClient } from "./api-client";
import { shownAt } from "./gate";
import { until } from "./poll";

/** Lines of a node's console that an error shows. */
const CONSOLE_LINES = 25;

/** Whom to wait for. */
export interface ReadyArgs {
  readonly member: string;
  readonly region: string;
  /** The operator's. */
  readonly kubeconfig: string;
  /** Instances of the control plane, whose console tells why it does not answer. */
  readonly instanceIds: readonly string[];
  /** Seconds. */
  readonly timeout: number;
}

export interface ReadyOptions {
  /** Told what is being waited for. */
  readonly report?: (line: string) => void;
  /** The end of an instance's console output. */
  readonly consoleOf?: (region: string, instanceId: string) => Promise<string>;
}

/**
 * Waits until the API says it is ready and lets the operator's certificate in. Reads only.
 *
 * @throws when it does not within the time, naming the member, with the end of its nodes' console output.
 */
export async function waitUntilReady(args: ReadyArgs, options: ReadyOptions = {}): Promise<void> {
  const call = apiClient(args.kubeconfig);
  const wait = { what: `The API of ${args.member}`, timeout: args.timeout, report: options.report };
  try {
    await until(wait, async () => {
      // The second asks for more than readiness: the binding that lets the operator in is made after the API is up.
      for (const path of ["/readyz", "/api/v1/nodes?limit=1"]) {
        const { status } = await call(path);
        if (status !== 200) return `${path} answers ${status}`;
      }
      return undefined;
    });
  } catch (error) {
    throw new Error(await explain(args, (error as Error).message, options.consoleOf ?? consoleTail));
  }
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
    obstacle,
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
  return (ours.length > 0 ? ours : lines).slice(-CONSOLE_LINES).join("\n") || "(nothing yet)";
}

/**
 * Waits, and logs why it was in vain at the member, once and whole: what is thrown here is repeated by all that needs the
 * kubeconfig.
 */
export async function readyOrTold(args: ReadyArgs, resource: pulumi.Resource): Promise<void> {
  try {
    await waitUntilReady(args, { report: shownAt(resource) });
  } catch (error) {
    await pulumi.log.error((error as Error).message, resource);
    throw new Error(`the API of ${args.member} did not get ready: its console is shown above`);
  }
}
