import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as ec2 from "@aws-sdk/client-ec2";
import * as s3 from "@aws-sdk/client-s3";
import * as ssm from "@aws-sdk/client-ssm";
import type { Clients } from "./emulator";
import { keysOf, node, refusal } from "./permissions";
import { programPolicies } from "./program-policies";
import { refused, Stage } from "./stage";

jest.mock("../../../regions/ready");
jest.mock("../../../regions/poll", () => ({ until: async () => undefined }));
jest.setTimeout(120_000);

type Node = Awaited<ReturnType<typeof node>>;

const parameters = "arn:aws:ssm:us-west-2:123456789012:parameter";
const ours = "/federation/test/us-west";
const theirs = "/federation/test/us-west-b";
const because = (action: string) => `because no identity-based policy allows the ${action} action`;
const tag = (Value: string, cluster = "federation-test-us-west") => [
  { Key: `kubernetes.io/cluster/${cluster}`, Value },
];

let stage: Stage;
let worker: Node;
let controlPlane: Node;
let neighbour: Node;

beforeAll(async () => {
  const policies = await programPolicies(["us-west", "us-west-b"]);
  stage = await Stage.open();
  for (const member of [ours, theirs]) {
    for (const name of ["workers/join", "control-plane/begun-1", "control-plane/ca", "peers"]) {
      const parameter = { Name: `${member}/${name}`, Value: name, Type: "SecureString" as const };
      await stage.c.ssm.send(new ssm.PutParameterCommand(parameter));
    }
  }
  worker = await node(stage, "us-west-worker", policies["us-west"].worker as Record<string, unknown>[]);
  controlPlane = await node(
    stage,
    "us-west-control-plane",
    policies["us-west"].controlPlane as Record<string, unknown>[],
  );
  neighbour = await node(
    stage,
    "us-west-b-control-plane",
    policies["us-west-b"].controlPlane as Record<string, unknown>[],
  );
});
afterAll(() => stage?.emulator.stop());

const read = (c: Clients, Name: string) =>
  c.ssm.send(new ssm.GetParameterCommand({ Name, WithDecryption: true }));
const write = (c: Clients, Name: string) =>
  c.ssm.send(new ssm.PutParameterCommand({ Name, Value: "new", Type: "SecureString", Overwrite: true }));

describe("a worker", () => {
  test("reads what it joins with", async () => {
    expect((await read(worker.as, `${ours}/workers/join`)).Parameter!.Value).toBe("workers/join");
  });

  test("D6: reads who its member's peers are, not another member's, and changes neither", async () => {
    expect((await read(worker.as, `${ours}/peers`)).Parameter!.Value).toBe("peers");
    for (const call of [read(worker.as, `${theirs}/peers`), write(worker.as, `${ours}/peers`)])
      expect(await refused(call)).toBe("AccessDeniedException");
  });

  test("does not read the cluster's keys, and is told so in AWS's words", async () => {
    expect(await refusal(read(worker.as, `${ours}/control-plane/ca`))).toEqual({
      name: "AccessDeniedException",
      status: 400,
      message:
        `User: ${worker.arn} is not authorized to perform: ssm:GetParameter on resource: ` +
        `${parameters}${ours}/control-plane/ca ${because("ssm:GetParameter")}`,
    });
  });

  test("finds no other way to them, and changes nothing", async () => {
    const c = worker.as.ssm;
    const ways: [string, Promise<unknown>][] = [
      [
        `ssm:GetParameters on resource: ${parameters}${ours}/control-plane/ca`,
        c.send(new ssm.GetParametersCommand({ Names: [`${ours}/control-plane/ca`] })),
      ],
      [
        `ssm:GetParametersByPath on resource: ${parameters}${ours}`,
        c.send(new ssm.GetParametersByPathCommand({ Path: ours, Recursive: true })),
      ],
      [
        `ssm:GetParameterHistory on resource: ${parameters}${ours}/control-plane/ca`,
        c.send(new ssm.GetParameterHistoryCommand({ Name: `${ours}/control-plane/ca` })),
      ],
      [
        `ssm:GetParameter on resource: ${parameters}${ours}/control-plane/ca`,
        read(worker.as, `${ours}/control-plane/ca:1`),
      ],
      [
        `ssm:DescribeParameters on resource: arn:aws:ssm:us-west-2:123456789012:*`,
        c.send(new ssm.DescribeParametersCommand({})),
      ],
      [
        `ssm:PutParameter on resource: ${parameters}${ours}/workers/join`,
        write(worker.as, `${ours}/workers/join`),
      ],
      [
        `ssm:DeleteParameter on resource: ${parameters}${ours}/workers/join`,
        c.send(new ssm.DeleteParameterCommand({ Name: `${ours}/workers/join` })),
      ],
    ];
    const told = await Promise.all(ways.map(async ([, call]) => (await refusal(call)).message));
    ways.forEach(([what], i) => expect(told[i]).toContain(`${what} because`));
    expect(await refused(worker.as.ec2.send(new ec2.DescribeInstancesCommand({})))).toBe(
      "UnauthorizedOperation",
    );
  });
});

describe("a control-plane node", () => {
  test("reads its keys and whether the cluster was begun, and writes that and the workers' token", async () => {
    const keys = ["ca", "etcd-ca", "front-proxy-ca", "service-account"].map(
      (key) => `${ours}/control-plane/${key}`,
    );
    const got = await controlPlane.as.ssm.send(
      new ssm.GetParametersCommand({ Names: keys, WithDecryption: true }),
    );
    expect(got.Parameters!.map(({ Value }) => Value)).toEqual(["control-plane/ca"]);
    await read(controlPlane.as, `${ours}/control-plane/begun-1`);
    await write(controlPlane.as, `${ours}/control-plane/begun-1`);
    await write(controlPlane.as, `${ours}/workers/join`);
    expect((await read(worker.as, `${ours}/workers/join`)).Parameter!.Value).toBe("new");
  });

  test("does not write its keys, and reads none together with another's", async () => {
    expect(await refused(write(controlPlane.as, `${ours}/control-plane/ca`))).toBe("AccessDeniedException");
    const Names = [`${ours}/control-plane/ca`, `${theirs}/control-plane/ca`];
    const both = controlPlane.as.ssm.send(new ssm.GetParametersCommand({ Names }));
    expect((await refusal(both)).message).toContain(`${parameters}${theirs}/control-plane/ca because`);
  });

  test("has no part in another member's cluster", async () => {
    await write(neighbour.as, `${theirs}/workers/join`);
    const calls = [
      write(neighbour.as, `${ours}/workers/join`),
      read(neighbour.as, `${ours}/control-plane/begun-1`),
      neighbour.as.ssm.send(new ssm.GetParametersCommand({ Names: [`${ours}/control-plane/ca`] })),
    ];
    for (const told of await Promise.all(calls.map(refusal))) {
      expect(told.name).toBe("AccessDeniedException");
      expect(told.message).toContain(`User: ${neighbour.arn} is not authorized`);
    }
  });
});

describe("A3: a member's bucket of snapshots", () => {
  const [bucket, another] = ["us-west-backups-bucket", "us-west-b-backups-bucket"];
  const Key = "us-west/20261121T180000Z-ip-10-3-0-10.db";
  const put = (c: Clients, Bucket = bucket) =>
    c.s3.send(new s3.PutObjectCommand({ Bucket, Key, Body: "db" }));
  const get = (c: Clients, Bucket = bucket) => c.s3.send(new s3.GetObjectCommand({ Bucket, Key }));
  const list = (c: Clients, Bucket = bucket) => c.s3.send(new s3.ListObjectsV2Command({ Bucket }));
  const told = async (call: Promise<unknown>) => (await refusal(call)).message;

  beforeAll(async () => {
    for (const Bucket of [bucket, another]) {
      const there = { LocationConstraint: "us-west-2" as const };
      await stage.c.s3.send(new s3.CreateBucketCommand({ Bucket, CreateBucketConfiguration: there }));
    }
    await put(stage.c, another);
  });

  test("is written, read and listed by its control plane; a key that is not there is told as such", async () => {
    await put(controlPlane.as);
    expect(await (await get(controlPlane.as)).Body!.transformToString()).toBe("db");
    expect((await list(controlPlane.as)).Contents!.map((one) => one.Key)).toEqual([Key]);
    const missing = controlPlane.as.s3.send(new s3.GetObjectCommand({ Bucket: bucket, Key: "none" }));
    expect((await refusal(missing)).name).toBe("NoSuchKey");
  });

  test("is not emptied or opened by it", async () => {
    const c = controlPlane.as.s3;
    const Bucket = bucket;
    const VersioningConfiguration = { Status: "Suspended" as const };
    const calls: [action: string, call: () => Promise<unknown>][] = [
      ["DeleteObject", () => c.send(new s3.DeleteObjectCommand({ Bucket, Key }))],
      ["DeleteObject", () => c.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }))],
      ["DeleteObjectVersion", () => c.send(new s3.DeleteObjectCommand({ Bucket, Key, VersionId: "1" }))],
      ["ListBucketVersions", () => c.send(new s3.ListObjectVersionsCommand({ Bucket }))],
      ["DeleteBucket", () => c.send(new s3.DeleteBucketCommand({ Bucket }))],
      ["PutBucketPublicAccessBlock", () => c.send(new s3.DeletePublicAccessBlockCommand({ Bucket }))],
      ["PutLifecycleConfiguration", () => c.send(new s3.DeleteBucketLifecycleCommand({ Bucket }))],
      ["PutEncryptionConfiguration", () => c.send(new s3.DeleteBucketEncryptionCommand({ Bucket }))],
      ["PutBucketPolicy", () => c.send(new s3.PutBucketPolicyCommand({ Bucket, Policy: "{}" }))],
      ["DeleteBucketPolicy", () => c.send(new s3.DeleteBucketPolicyCommand({ Bucket }))],
      [
        "PutBucketVersioning",
        () => c.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration })),
      ],
    ];
    for (const [action, call] of calls)
      expect(await told(call())).toContain(
        `${controlPlane.arn} is not authorized to perform: s3:${action} on`,
      );
  });

  test("is nothing to a worker, nor to another member's control plane", async () => {
    for (const { as, arn } of [worker, neighbour]) {
      for (const call of [put, get, list])
        expect(await told(call(as))).toContain(`User: ${arn} is not authorized to perform: s3:`);
    }
    expect(await told(get(controlPlane.as, another))).toContain(
      `s3:GetObject on resource: arn:aws:s3:::${another}/${Key} because`,
    );
  });

  /** As a node asks: by curl, and by the bucket's host name. */
  const curl = async (role: string, instance: string, Bucket: string, ...args: string[]) => {
    const keys = await keysOf(stage.emulator, role, instance);
    const input = [
      `user = "${keys.accessKeyId}:${keys.secretAccessKey}"`,
      `header = "X-Amz-Security-Token: ${keys.sessionToken}"`,
      `connect-to = "::${new URL(stage.emulator.url).host}"`,
    ].join("\n");
    const sign = ["-sS", "-K", "-", "--aws-sigv4", "aws:amz:us-west-2:s3", "-w", "\n%{http_code}"];
    const url = `http://${Bucket}.s3.us-west-2.amazonaws.com/us-west/by-curl.db`;
    return execFileSync("curl", [...sign, url, ...args], { input, encoding: "utf8" });
  };

  test("is closed by its own policy to whom that means, and to nobody else", async () => {
    const rule = (value: string) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
            Condition: { Bool: { "aws:SecureTransport": value } },
          },
        ],
      });
    const close = (value: string) =>
      stage.c.s3.send(new s3.PutBucketPolicyCommand({ Bucket: bucket, Policy: rule(value) }));
    await close("true");
    expect((await refusal(get(controlPlane.as))).status).toBe(403);
    await stage.c.s3.send(new s3.DeleteBucketPolicyCommand({ Bucket: bucket }));
    await close("false");
    await put(controlPlane.as);
    await get(controlPlane.as);
  });

  test("is reached by its host name, and a body that does not fit its sum is refused", async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "snapshot-")), "db");
    writeFileSync(file, "snapshot");
    const sum = (text: string) => `x-amz-content-sha256: ${createHash("sha256").update(text).digest("hex")}`;
    const up = (role: string, instance: string, Bucket: string, text = "snapshot") =>
      curl(role, instance, Bucket, "-T", file, "-H", sum(text));
    const own = ["us-west-control-plane", controlPlane.instance] as const;
    expect(await up(...own, bucket)).toBe("\n200");
    expect(await curl(...own, bucket, "-H", sum(""))).toBe("snapshot\n200");
    expect(await up(...own, bucket, "another")).toMatch(/\n403$/);
    if (/^curl 7/.test(execFileSync("curl", ["--version"], { encoding: "utf8" })))
      expect(await curl(...own, bucket)).toMatch(/Missing required header.*x-amz-content-sha256.*\n403$/s);
    expect(await up(...own, another)).toMatch(/s3:PutObject on resource: .*\n403$/s);
    expect(await up("us-west-worker", worker.instance, bucket)).toMatch(/AccessDenied.*\n403$/s);
    rmSync(path.dirname(file), { recursive: true });
  });
});

describe("what carries the cluster's tag", () => {
  const route = (c: Clients, RouteTableId: string, DestinationCidrBlock: string) =>
    c.ec2.send(
      new ec2.CreateRouteCommand({ RouteTableId, DestinationCidrBlock, InstanceId: worker.instance }),
    );
  const check = (c: Clients, InstanceId: string) =>
    c.ec2.send(new ec2.ModifyInstanceAttributeCommand({ InstanceId, SourceDestCheck: { Value: false } }));
  const mark = (id: string, Tags: ec2.Tag[]) =>
    stage.c.ec2.send(new ec2.CreateTagsCommand({ Resources: [id], Tags }));

  test("gets routes by its control plane: the table is asked about, not the route's target", async () => {
    const { table } = stage.net;
    expect(await refusal(route(controlPlane.as, table, "10.244.0.0/24"))).toEqual({
      name: "UnauthorizedOperation",
      status: 403,
      message:
        "You are not authorized to perform this operation. " +
        `User: ${controlPlane.arn} is not authorized to perform: ec2:CreateRoute on resource: ` +
        `arn:aws:ec2:us-west-2:123456789012:route-table/${table} ${because("ec2:CreateRoute")}`,
    });
    await mark(table, tag("shared"));
    expect(await refused(route(controlPlane.as, table, "10.244.0.0/24"))).toBe("UnauthorizedOperation");
    await mark(table, tag("owned"));
    await route(controlPlane.as, table, "10.244.0.0/24");
    expect(await refused(route(neighbour.as, table, "10.244.1.0/24"))).toBe("UnauthorizedOperation");
    const remove = { RouteTableId: table, DestinationCidrBlock: "10.244.0.0/24" };
    expect(await refused(neighbour.as.ec2.send(new ec2.DeleteRouteCommand(remove)))).toBe(
      "UnauthorizedOperation",
    );
    await controlPlane.as.ec2.send(new ec2.DeleteRouteCommand(remove));
  });

  test("is the instance whose check of addresses it may turn off", async () => {
    await mark(worker.instance, tag("owned", "federation-test-us-west-b"));
    expect((await refusal(check(controlPlane.as, worker.instance))).message).toContain(
      `arn:aws:ec2:us-west-2:123456789012:instance/${worker.instance} because`,
    );
    await mark(worker.instance, tag("owned"));
    await check(controlPlane.as, worker.instance);
  });
});
