import * as ec2 from "@aws-sdk/client-ec2";
import * as ssm from "@aws-sdk/client-ssm";
import type { Clients } from "./emulator";
import { node, refusal } from "./permissions";
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
