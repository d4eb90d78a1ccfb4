import { DescribeInstancesCommand, EC2Client, GetConsoleOutputCommand } from "@aws-sdk/client-ec2";
import * as pulumi from "@pulumi/pulumi";
import { apiClient } from "./api-client";
import { shownAt } from "./gate";
import { declareLost } from "./lost";
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
  /** Seconds from a node's start. */
  readonly timeout: number;
  /** Whether it hosts the federation, which then cannot go on without it. @default false */
  readonly host?: boolean;
}

export interface ReadyOptions {
  /** Told what is being waited for. */
  readonly report?: (line: string) => void;
  /** When the newest of some instances was started. */
  readonly startOf?: (region: string, instanceIds: readonly string[]) => Promise<Date>;
  /** Seconds of silence after which it is asked whether the nodes can still be starting. @default 60 */
  readonly silence?: number;
  /** The end of an instance's console output. */
  readonly consoleOf?: (region: string, instanceId: string) => Promise<string>;
}

/** Seconds in which any API that runs answers. */
const SILENCE = 60;

/**
 * Waits until the API says it is ready and lets the operator's certificate in. Reads only. How long nodes may take counts from
 * their start, so that a cluster that ran for days and is silent now ends the run soon.
 *
 * @throws when it does not within the time, naming the member, with the end of its nodes' console output.
 */
export async function waitUntilReady(args: ReadyArgs, options: ReadyOptions = {}): Promise<void> {
  const call = apiClient(args.kubeconfig);
  const what = `The API of ${args.member}`;
  const answers = (timeout: number) =>
    until({ what, timeout, report: options.report }, async () => {
      // The second asks for more than readiness: the binding that lets the operator in is made after the API is up.
      for (const path of ["/readyz", "/api/v1/nodes?limit=1"]) {
        const { status } = await call(path);
        if (status !== 200) return `${path} answers ${status}`;
      }
      return undefined;
    });
  const remedy = args.host ? "" : `\n${capital(declareLost(args.member))}.`;
  try {
    await answers(Math.min(args.timeout, options.silence ?? SILENCE));
  } catch (error) {
    const silent = (error as Error).message;
    const left = await timeLeft(args, options.startOf ?? newestStart).catch((unknown: Error) => {
      const nodes = `whether its nodes only start is not to be found out: ${unknown.message}`;
      throw new Error(`${silent}\nAWS in ${args.region} does not tell either; ${nodes}${remedy}`);
    });
    await (left > 0 ? answers(left) : Promise.reject(error)).catch(async (last: Error) => {
      throw new Error((await explain(args, last.message, options.consoleOf ?? consoleTail)) + remedy);
    });
  }
}

const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);

/** Seconds that are left of the time that nodes may take. */
async function timeLeft(
  { region, instanceIds, timeout }: ReadyArgs,
  startOf: NonNullable<ReadyOptions["startOf"]>,
): Promise<number> {
  const started = await startOf(region, instanceIds);
  return Math.ceil(timeout - (Date.now() - started.getTime()) / 1000);
}

/** Asks once or twice, for seconds: a region that is gone must not hold up the error that says so. */
const client = (region: string): EC2Client =>
  new EC2Client({
    region,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 5000 },
  });

async function newestStart(region: string, instanceIds: readonly string[]): Promise<Date> {
  const { Reservations = [] } = await client(region).send(
    new DescribeInstancesCommand({ InstanceIds: [...instanceIds] }),
  );
  const starts = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ LaunchTime }) => LaunchTime!));
  return new Date(Math.max(...starts.map((each) => each.getTime())));
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
  const ec2 = client(region);
  const { Output = "" } = await ec2
    .send(new GetConsoleOutputCommand({ InstanceId: instanceId, Latest: true }))
    // Only newer instance types tell the latest; the others what EC2 has kept.
    .catch(() => ec2.send(new GetConsoleOutputCommand({ InstanceId: instanceId })));
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
export async function readyOrTold(
  args: ReadyArgs,
  resource: pulumi.Resource,
  options: ReadyOptions = {},
): Promise<void> {
  try {
    await waitUntilReady(args, { report: shownAt(resource), ...options });
  } catch (error) {
    await pulumi.log.error((error as Error).message, resource);
    throw new Error(`the API of ${args.member} does not answer: what is known of it is shown above`);
  }
}
