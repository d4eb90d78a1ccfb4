import { DescribeVpcsCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ListRolesCommand } from "@aws-sdk/client-iam";
import { ListHostedZonesCommand } from "@aws-sdk/client-route-53";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { Emulator, OPERATOR, startEmulator } from "./emulator";
import { refused } from "./stage";

jest.setTimeout(60_000);

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
afterAll(() => emulator?.stop());

const set = (rates: object) => emulator.send("PUT", "/sandbox/faults", rates);

describe("AWS under strain", () => {
  test.each([
    ["throttled", ["RequestLimitExceeded", "Throttling", "Throttling", "SlowDown", "ThrottlingException"]],
    [
      "failed",
      ["InternalError", "InternalFailure", "InternalFailure", "InternalError", "InternalServerError"],
    ],
  ])("%s calls get each service's own word, and nothing of them is done", async (kind, words) => {
    const c = emulator.clients("us-west-2");
    const count = async () => (await c.ec2.send(new DescribeVpcsCommand({}))).Vpcs!.length;
    const before = await count();
    await set({ [kind]: 1 });
    expect([
      await refused(c.ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))),
      await refused(c.iam.send(new ListRolesCommand({}))),
      await refused(c.route53.send(new ListHostedZonesCommand({}))),
      await refused(c.s3.send(new ListBucketsCommand({}))),
      await refused(c.ssm.send(new GetParameterCommand({ Name: "/a" }))),
    ]).toEqual(words);
    expect(await set({})).toMatchObject({ asked: 5, [kind]: 5 });
    expect(await count()).toBe(before);
  });

  test("comes at the rates given, the same for the same seed, and an SDK that asks again never sees it", async () => {
    const client = new EC2Client({
      endpoint: emulator.url,
      region: "us-west-2",
      credentials: OPERATOR,
      maxAttempts: 12,
    });
    const round = async () => {
      await set({ throttled: 0.05, failed: 0.02, seed: 7 });
      for (let calls = 0; calls < 150; calls++) await client.send(new DescribeVpcsCommand({}));
      return set({});
    };
    const [first, second] = [await round(), await round()];
    expect(second).toEqual(first);
    expect(first.throttled).toBeGreaterThan(150 * 0.02);
    expect(first.throttled).toBeLessThan(150 * 0.1);
    expect(first.failed).toBeGreaterThan(0);
    expect(first.asked).toBe(150 + first.throttled + first.failed);
  });

  test("rates that are none are refused", async () => {
    await expect(set({ throttled: 0.9, failed: 0.2 })).rejects.toThrow("from 0 to 1 together");
    await expect(set({ throttled: -1 })).rejects.toThrow("from 0 to 1 together");
  });
});
