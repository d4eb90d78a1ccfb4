import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient } from "@aws-sdk/client-iam";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { cacheRoot } from "../../../sandbox/prepare/cache";
import { plan } from "../../../sandbox/prepare/step";
import { steps } from "../../../sandbox/prepare/steps";

/** Where the emulator's modules lie. */
export const folder = path.resolve(__dirname, "../../../sandbox/cloud/emulator");

/** The operator of the tests' account. */
export const OPERATOR = { accessKeyId: "AKIAOPERATOR00000000", secretAccessKey: "the-operator-of-the-tests" };

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** A running emulator on a free loopback port, and the SDK's clients for it. */
export interface Emulator {
  url: string;
  clients(region: string, keys?: Keys): Clients;
  get(path: string): Promise<any>;
  send(method: "PUT" | "POST", path: string, body: unknown): Promise<any>;
  stop(): Promise<void>;
}

export type Clients = ReturnType<typeof makeClients>;

function makeClients(endpoint: string, region: string, credentials: Keys) {
  const shared = { endpoint, region, credentials, maxAttempts: 1 };
  return {
    ec2: new EC2Client(shared),
    elb: new ElasticLoadBalancingClient(shared),
    elbv2: new ElasticLoadBalancingV2Client(shared),
    asg: new AutoScalingClient(shared),
    iam: new IAMClient(shared),
    route53: new Route53Client(shared),
    quotas: new ServiceQuotasClient(shared),
    ssm: new SSMClient(shared),
    sts: new STSClient(shared),
    s3: new S3Client({ ...shared, forcePathStyle: true }),
  };
}

/** The emulator's own Python; of all that is prepared it needs this part alone. FEDERATION_TEST_PYTHON takes its place. */
export function python(): string {
  const step = plan(steps, cacheRoot()).find((one) => one.name === "python")!;
  const found = process.env.FEDERATION_TEST_PYTHON ?? path.join(step.path, "bin", "python");
  if (!existsSync(found))
    throw new Error(`the emulator's Python ${found} is missing: run \`npm start\` once`);
  return found;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** Start one; resolves when it answers, rejects with its output when it does not within 30 s. */
export async function startEmulator(): Promise<Emulator> {
  const port = await freePort();
  const env = {
    ...process.env,
    FEDERATION_OPERATOR_ACCESS_KEY_ID: OPERATOR.accessKeyId,
    FEDERATION_OPERATOR_SECRET_ACCESS_KEY: OPERATOR.secretAccessKey,
  };
  const child = spawn(python(), [folder, String(port)], { env, cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
  await untilReady(child);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    clients: (region, keys = OPERATOR) => makeClients(url, region, keys),
    get: async (where) => (await fetch(url + where)).json(),
    send: async (method, where, body) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const answer = await fetch(url + where, { method, body: text });
      if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function untilReady(child: ChildProcess): Promise<void> {
  let output = "";
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`the emulator was not ready in 30 s:\n${output}`));
    }, 30_000);
    const listen = (chunk: Buffer) => {
      output += chunk;
      if (process.env.FEDERATION_TEST_VERBOSE) process.stderr.write(chunk);
      if (!output.includes("ready\n")) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout!.on("data", listen);
    child.stderr!.on("data", listen);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the emulator ended with code ${code}:\n${output}`));
    });
  });
}
