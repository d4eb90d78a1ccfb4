import { DescribeInstancesCommand, EC2Client, GetConsoleOutputCommand } from "@aws-sdk/client-ec2";
import { declareLost } from "./lost";
import { until } from "./poll";

/** Lines of a node's console that an error shows. */
const CONSOLE_LINES = 25;

/** Seconds in which any node that runs answers. */
const SILENCE = 60;

/** Whom to wait for. */
export interface Nodes {
  readonly member: string;
  readonly region: string;
  /** Instances of the control plane, whose console tells what is wrong. */
  readonly instanceIds: readonly string[];
  /** Seconds from a node's start. */
  readonly timeout: number;
  /** Whether they are of the host of the federation, which then cannot go on without them. @default false */
  readonly host?: boolean;
}

export interface NodesOptions {
  /** Told what is being waited for. */
  readonly report?: (line: string) => void;
  /** When the newest of some instances was started. */
  readonly startOf?: (region: string, instanceIds: readonly string[]) => Promise<Date>;
  /** Seconds in vain after which it is asked whether the nodes can still be starting. @default 60 */
  readonly silence?: number;
  /** The end of an instance's console output. */
  readonly consoleOf?: (region: string, instanceId: string) => Promise<string>;
}

/**
 * Looks until `look` answers undefined, as `until` does. How long nodes may take counts from their start, so that a run ends
 * soon where nodes ran for days and are not well now.
 *
 * @throws when the time is over, with the last answer, the end of the nodes' console output, and how to go on without the
 * member.
 */
export async function untilNodes(
  nodes: Nodes,
  what: string,
  look: () => Promise<string | undefined>,
  options: NodesOptions = {},
): Promise<void> {
  const wait = (timeout: number) => until({ what, timeout, report: options.report }, look);
  const remedy = nodes.host ? "" : `\n${capital(declareLost(nodes.member))}.`;
  try {
    await wait(Math.min(nodes.timeout, options.silence ?? SILENCE));
  } catch (error) {
    const obstacle = (error as Error).message;
    const left = await timeLeft(nodes, options.startOf ?? newestStart).catch((unknown: Error) => {
      const starting = `whether its nodes only start is not to be found out: ${unknown.message}`;
      throw new Error(`${obstacle}\nAWS in ${nodes.region} does not tell either; ${starting}${remedy}`);
    });
    await (left > 0 ? wait(left) : Promise.reject(error)).catch(async (last: Error) => {
      throw new Error((await explain(nodes, last.message, options.consoleOf ?? consoleTail)) + remedy);
    });
  }
}

const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);

/** Seconds that are left of the time that nodes may take. */
async function timeLeft(
  { region, instanceIds, timeout }: Nodes,
  startOf: NonNullable<NodesOptions["startOf"]>,
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
  args: Nodes,
  obstacle: string,
  consoleOf: NonNullable<NodesOptions["consoleOf"]>,
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
