import { spawn } from "child_process";
import * as path from "path";
import { setTimeout as sleep } from "timers/promises";
import { control } from "../../sandbox/box/control";
import { place } from "../../sandbox/box/place";

const root = path.resolve(__dirname, "../..");

/** What a command printed and how it ended. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** What is done in the middle of a command: once, as soon as its output matches. */
export interface Moment {
  readonly when: RegExp;
  /** Gets the command's process group. */
  act(group: number): void;
}

/** Ctrl-C, which a terminal sends to the whole process group. */
export const interrupt = (group: number): void => void process.kill(-group, "SIGINT");

/** Runs a command as a user does, from the checkout's root; its output goes to the log too. */
export function command(
  program: string,
  args: readonly string[],
  options: { moment?: Moment; seconds?: number } = {},
): Promise<Run> {
  return new Promise((done, fail) => {
    process.stderr.write(`\n$ ${program} ${args.join(" ")}\n`);
    // A process group of its own, as a terminal gives it.
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = "";
    let { moment } = options;
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      process.stderr.write(chunk);
      if (!moment?.when.test(output)) return;
      moment.act(child.pid as number);
      moment = undefined;
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const limit = setTimeout(
      () => process.kill(-(child.pid as number), "SIGKILL"),
      (options.seconds ?? 900) * 1000,
    );
    child.once("error", fail);
    child.once("close", (code, signal) => {
      clearTimeout(limit);
      done({ code: signal ? 128 : (code ?? 1), output });
    });
  });
}

/** `npm run sandbox -- ARGS`, silent about npm itself. */
export function sandbox(...args: string[]): Promise<Run> {
  return command("npm", ["run", "--silent", "sandbox", "--", ...args]);
}

/** What `up` and `preview` are given for a federation of one small member that runs nginx so many times. */
export const oneMember = (replicas: number): string[] => [
  "--set",
  'members={"us-west":{"region":"us-west-2","workers":{"count":1}}}',
  "--set",
  `apps.nginx={"image":"nginx:1.29","replicas":${replicas},"placement":{"*":{}}}`,
];

/**
 * A box of the suite's own: none is open before its tests, unless they ask for an open one, and none after them, however they
 * end. Call it before the suite's own `beforeAll`.
 */
export function ownBox(state: "open" | "closed"): void {
  const close = async () => expect((await sandbox("down", "--force")).code).toBe(0);
  beforeAll(async () => {
    await close();
    if (state === "open") expect((await sandbox("open")).code).toBe(0);
  });
  afterAll(close);
}

/** kubectl's JSON answer from a member or the federation. */
export async function get<T>(who: string, ...args: string[]): Promise<T> {
  const run = await sandbox("kubectl", who, "get", ...args, "-o", "json");
  if (run.code !== 0) throw new Error(`kubectl ${who} get ${args.join(" ")}: ${run.output}`);
  return JSON.parse(run.output.slice(run.output.indexOf("{"))) as T;
}

interface Deployment {
  readonly status: { readonly readyReplicas?: number; readonly replicas?: number };
}

export const MEMBERS = ["us-west", "us-east", "ap-northeast"] as const;

/** Ready replicas of nginx in each member; 0 where it has no Deployment. */
export async function readyReplicas(app = "nginx"): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const member of MEMBERS) {
    const list = await get<{ items: (Deployment & { metadata: { name: string } })[] }>(
      member,
      "deployments",
      "-n",
      "default",
    );
    counts[member] = list.items.find((one) => one.metadata.name === app)?.status.readyReplicas ?? 0;
  }
  return counts;
}

/** Which region answered a client: `{ "us-east-2": "us-west-2", … }` from the rows of `status`. */
export async function answers(): Promise<Record<string, string>> {
  const run = await sandbox("status");
  const rows = [...run.output.matchAll(/^curl http:\/\/\S+ from (\S+)\s+200\s+(\S+)\s+(\S+)/gm)];
  return Object.fromEntries(rows.map((row) => [row[1], row[3]]));
}

/** Set identifiers and TTLs of the records that `status` lists. */
export async function records(): Promise<Record<string, number>> {
  const run = await sandbox("status");
  const rows = [...run.output.matchAll(/^(\S+)\s+CNAME\s+(\d+)\s+(\S+)\s+(?:yes|no|\?)\s+(\S+elb\S+)$/gm)];
  return Object.fromEntries(rows.map((row) => [row[3], Number(row[2])]));
}

/** Runs one of this folder's scripts in the box. */
export function inBox(script: string, ...args: string[]): Promise<Run> {
  return sandbox("shell", process.execPath, "--no-warnings", "--import", "tsx", script, ...args);
}

/** An answer of an AWS service in the box. */
export async function aws<T>(
  service: "ec2" | "s3" | "ssm",
  region: string,
  operation: string,
  input: object,
): Promise<T> {
  const run = await inBox("test/e2e/aws.ts", service, region, operation, JSON.stringify(input));
  if (run.code !== 0) throw new Error(`${operation} in ${region}: ${run.output}`);
  return JSON.parse(run.output.slice(run.output.indexOf("{"))) as T;
}

/** An answer of EC2 in the box. */
export function ec2<T>(region: string, operation: string, input: object): Promise<T> {
  return aws("ec2", region, operation, input);
}

/** What a shell command in an instance's machine printed and how it ended. */
export async function inMachine(
  instance: string,
  script: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  process.stderr.write(`\n# ${instance}: ${script}\n`);
  return control(
    place().socket,
    "POST",
    "/exec",
    { machine: instance, command: ["bash", "-c", script] },
    300,
  );
}

export interface Instance {
  readonly InstanceId: string;
  readonly ImageId: string;
  readonly PrivateDnsName: string;
  readonly PublicIpAddress?: string;
  readonly LaunchTime: string;
  readonly BlockDeviceMappings: { DeviceName: string; Ebs: { VolumeId: string } }[];
}

/** Instances of a region that are there, those of a name (`us-west-worker`) where one is given. */
export async function instances(region: string, name?: string, states = ["running"]): Promise<Instance[]> {
  const Filters = [
    ...(name ? [{ Name: "tag:Name", Values: [`federation-sandbox-${name}`] }] : []),
    { Name: "instance-state-name", Values: states },
  ];
  type Answer = { Reservations: { Instances: Instance[] }[] };
  const { Reservations } = await ec2<Answer>(region, "describeInstances", { Filters });
  return Reservations.flatMap(({ Instances }) => Instances);
}

/** Waits until none of these instances runs any more: AWS refreshes a group's on its own, after the `up`. */
export async function untilGone(region: string, ids: readonly string[]): Promise<void> {
  const left = async (): Promise<string[]> =>
    (await instances(region)).map(({ InstanceId }) => InstanceId).filter((id) => ids.includes(id));
  for (let looks = 30; looks > 0 && (await left()).length > 0; looks--) await sleep(10_000);
  expect(await left()).toEqual([]);
}

/** Asserts that a `destroy` or `down` left nothing: by tag, and by the difference of the whole account. */
export async function leavesNothing(verb: "destroy" | "down"): Promise<void> {
  const run = await sandbox(verb);
  expect(run.output).toMatch(/^0 left$/m);
  expect(run.output).toMatch(/^account: 0 differences/m);
  expect(run.code).toBe(0);
}
