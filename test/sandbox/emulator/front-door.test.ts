import { execFileSync } from "node:child_process";
import * as http from "node:http";
import * as asg from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as route53 from "@aws-sdk/client-route-53";
import * as s3 from "@aws-sdk/client-s3";
import * as ssm from "@aws-sdk/client-ssm";
import * as sts from "@aws-sdk/client-sts";
import { type Clients, type Emulator, OPERATOR, startEmulator } from "./emulator";
import { nodeRole } from "./nodes";
import { grant, keysOf, runAs, ungrant } from "./permissions";
import { Stage } from "./stage";
import { role as deleteRole } from "./teardown";

jest.setTimeout(60_000);

let emulator: Emulator;
let c: Clients;

beforeAll(async () => {
  emulator = await startEmulator();
  c = emulator.clients("us-west-2");
});
afterAll(() => emulator?.stop());

describe("who may call", () => {
  const calls: [string, string, (clients: Clients) => Promise<unknown>][] = [
    ["EC2", "AuthFailure", (k) => k.ec2.send(new ec2.DescribeVpcsCommand({}))],
    ["IAM", "InvalidClientTokenId", (k) => k.iam.send(new iam.ListRolesCommand({}))],
    ["STS", "InvalidClientTokenId", (k) => k.sts.send(new sts.GetCallerIdentityCommand({}))],
    [
      "load balancers",
      "InvalidClientTokenId",
      (k) => k.elbv2.send(new elbv2.DescribeLoadBalancersCommand({})),
    ],
    ["auto-scaling", "InvalidClientTokenId", (k) => k.asg.send(new asg.DescribeAutoScalingGroupsCommand({}))],
    ["Route 53", "InvalidClientTokenId", (k) => k.route53.send(new route53.ListHostedZonesCommand({}))],
    ["SSM", "UnrecognizedClientException", (k) => k.ssm.send(new ssm.DescribeParametersCommand({}))],
    ["S3", "InvalidAccessKeyId", (k) => k.s3.send(new s3.ListBucketsCommand({}))],
  ];
  test.each(calls)("%s knows the operator and refuses a stranger with %s", async (_, code, call) => {
    await call(c);
    const stranger = emulator.clients("us-west-2", {
      accessKeyId: "AKIASTRANGER00000000",
      secretAccessKey: "x",
    });
    await expect(call(stranger)).rejects.toMatchObject({ name: code });
  });

  test("a wrong secret is a wrong signature", async () => {
    const wrong = emulator.clients("us-west-2", { ...OPERATOR, secretAccessKey: "wrong" });
    await expect(wrong.ec2.send(new ec2.DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: "AuthFailure",
    });
    await expect(wrong.ssm.send(new ssm.DescribeParametersCommand({}))).rejects.toMatchObject({
      name: "InvalidSignatureException",
    });
    await expect(wrong.sts.send(new sts.GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
    });
  });

  test("an unsigned call is refused", async () => {
    const answer = await fetch(emulator.url, {
      method: "POST",
      body: "Action=DescribeVpcs&Version=2016-11-15",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await fetch(`${emulator.url}/moto-api/data.json`)).status).toBeGreaterThanOrEqual(400);
  });

  test("signed bodies, odd keys and paths are verified whole (S3, SSM)", async () => {
    await c.s3.send(
      new s3.CreateBucketCommand({
        Bucket: "signed",
        CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
      }),
    );
    const Key = "a b/ü+(1)=~.txt";
    await c.s3.send(new s3.PutObjectCommand({ Bucket: "signed", Key, Body: "körper" }));
    const got = await c.s3.send(new s3.GetObjectCommand({ Bucket: "signed", Key }));
    expect(await got.Body!.transformToString()).toBe("körper");
    await c.ssm.send(
      new ssm.PutParameterCommand({ Name: "/a/ü", Value: "wert & so=1+2", Type: "SecureString" }),
    );
    const read = await c.ssm.send(new ssm.GetParameterCommand({ Name: "/a/ü", WithDecryption: true }));
    expect(read.Parameter!.Value).toBe("wert & so=1+2");
  });
});

describe("an instance's credentials", () => {
  let stage: Stage;
  let instance: string;
  beforeAll(async () => {
    stage = await Stage.on(emulator);
    await nodeRole(c, "worker");
    instance = await runAs(stage, "worker");
  });
  const keys = () => keysOf(emulator, "worker", instance);

  test("are its role's, in its own name, for some hours", async () => {
    const { until, ...own } = await keys();
    const who = await emulator.clients("eu-west-1", own).sts.send(new sts.GetCallerIdentityCommand({}));
    expect(who.Arn).toBe("arn:aws:sts::123456789012:assumed-role/worker/" + instance);
    expect(new Date(until).getTime() - Date.now()).toBeGreaterThan(3600_000);
  });

  test("do not work without their token, nor with another secret", async () => {
    const { sessionToken: _, ...bare } = await keys();
    await expect(
      emulator.clients("us-west-2", bare).sts.send(new sts.GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    const wrong = { ...(await keys()), secretAccessKey: "x" };
    await expect(
      emulator.clients("us-west-2", wrong).sts.send(new sts.GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
  });

  test("sign with curl, as user data does, and read a SecureString", async () => {
    await c.ssm.send(
      new ssm.PutParameterCommand({
        Name: "/us-west/workers/token",
        Value: "abcdef.0123456789abcdef",
        Type: "SecureString",
      }),
    );
    await grant(c, "worker", [{ Action: "ssm:GetParameter", Resource: "*" }]);
    const own = await keys();
    const answer = execFileSync(
      "curl",
      [
        "-sS",
        "--aws-sigv4",
        "aws:amz:us-west-2:ssm",
        "-K",
        "-",
        "-H",
        "Content-Type: application/x-amz-json-1.1",
        "-H",
        "X-Amz-Target: AmazonSSM.GetParameter",
        "-d",
        '{"Name":"/us-west/workers/token","WithDecryption":true}',
        emulator.url + "/",
      ],
      {
        input: `user = "${own.accessKeyId}:${own.secretAccessKey}"\nheader = "X-Amz-Security-Token: ${own.sessionToken}"\n`,
        encoding: "utf8",
      },
    );
    expect(JSON.parse(answer).Parameter.Value).toBe("abcdef.0123456789abcdef");
  });

  test("are for running instances with the role", async () => {
    await nodeRole(c, "other");
    const other = await runAs(stage, "other");
    await expect(keysOf(emulator, "worker", other)).rejects.toThrow(
      /404.*no running instance i-\w+ with the role/,
    );
    await keysOf(emulator, "other", other);
    await c.ec2.send(new ec2.StopInstancesCommand({ InstanceIds: [other] }));
    await expect(keysOf(emulator, "other", other)).rejects.toThrow(/404.*no running instance/);
  });

  test("end with the role; a role that does not exist has none", async () => {
    const own = await keys();
    await ungrant(c, "worker");
    await deleteRole(c, "worker");
    await expect(
      emulator.clients("us-west-2", own).sts.send(new sts.GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    await expect(keys()).rejects.toThrow(/404.*there is no role worker/);
  });
});

describe("the state feed", () => {
  const version = async (): Promise<number> => (await emulator.get("/sandbox/state")).version;

  test("waits for a mutation, answers within moments of it, and not for a look", async () => {
    const before = await version();
    await c.ec2.send(new ec2.DescribeVpcsCommand({}));
    await c.route53.send(new route53.ListHostedZonesCommand({}));
    await c.ssm.send(new ssm.DescribeParametersCommand({}));
    expect(await version()).toBe(before);
    const poll = emulator.get(`/sandbox/state?after=${before}&wait=60`);
    await new Promise((done) => setTimeout(done, 200));
    const asked = Date.now();
    await c.ec2.send(new ec2.CreateVpcCommand({ CidrBlock: "10.1.0.0/16" }));
    const state = await poll;
    expect(state.version).toBeGreaterThan(before);
    expect(state.regions["us-west-2"].vpcs).toContainEqual(
      expect.objectContaining({ cidr: "10.1.0.0/16", dnsSupport: true, dnsHostnames: false }),
    );
    expect(Date.now() - asked).toBeLessThan(30_000); // and not at the end of the wait
  });

  test("gives up waiting in time", async () => {
    const now = await version();
    const asked = Date.now();
    expect((await emulator.get(`/sandbox/state?after=${now}&wait=0.3`)).version).toBe(now);
    expect(Date.now() - asked).toBeGreaterThanOrEqual(290);
  });

  test("unknown paths and bad bodies are told", async () => {
    await expect(emulator.send("PUT", "/sandbox/nothing", {})).rejects.toThrow(/404/);
    await expect(emulator.send("PUT", "/sandbox/target-health", { arn: { "i-1": "fine" } })).rejects.toThrow(
      /400.*healthy or unhealthy/,
    );
    await expect(emulator.send("PUT", "/sandbox/health-check-status", "[]")).rejects.toThrow(/400/);
  });
});

test("a connection is kept open, and many callers at once are all answered", async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const get = () =>
    new Promise<boolean>((resolve, reject) => {
      const request = http.get(`${emulator.url}/sandbox/state`, { agent }, (answer) =>
        answer.resume().on("end", () => resolve(request.reusedSocket)),
      );
      request.on("error", reject);
    });
  await get();
  expect(await get()).toBe(true);
  agent.destroy();
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => c.ec2.send(new ec2.CreateVpcCommand({ CidrBlock: "10.2.0.0/16" }))),
  );
  expect(new Set(answers.map((one) => one.Vpc!.VpcId)).size).toBe(40);
});
