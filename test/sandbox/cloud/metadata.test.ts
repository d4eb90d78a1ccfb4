import { Credentials } from "../../../sandbox/cloud/credentials";
import { answerMetadata, type MetadataAnswer } from "../../../sandbox/cloud/metadata";
import { proxyConfig } from "../../../sandbox/cloud/metadata-server";
import { Tokens } from "../../../sandbox/cloud/metadata-tokens";
import { lookUp } from "../../../sandbox/cloud/metadata-tree";
import type { CloudState } from "../../../sandbox/cloud/state";
import { sample } from "./sample";

let now: number;
let state: CloudState;
let issued: number;
let tokens: Tokens;
let credentials: Credentials;

beforeEach(() => {
  now = Date.parse("2026-01-01T12:00:00Z");
  state = sample();
  issued = 0;
  tokens = new Tokens(() => now);
  const issue = async (role: string, session: string) => {
    issued++;
    return {
      AccessKeyId: `ASIA${issued}`,
      SecretAccessKey: "secret",
      Token: `${role} ${session}`,
      Expiration: new Date(now + 3600_000).toISOString(),
    };
  };
  credentials = new Credentials(issue, () => now);
});

function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  source = "10.0.0.11",
): Promise<MetadataAnswer> {
  return answerMetadata(
    { state: () => state, tokens, credentials },
    { method, path, headers, vpc: "vpc-1", source },
  );
}
async function tokenOf(source = "10.0.0.11", life = "60"): Promise<Record<string, string>> {
  const { body } = await ask(
    "PUT",
    "/latest/api/token",
    { "x-aws-ec2-metadata-token-ttl-seconds": life },
    source,
  );
  return { "x-aws-ec2-metadata-token": String(body) };
}
async function read(path: string, source = "10.0.0.11"): Promise<string> {
  const { status, body } = await ask("GET", path, await tokenOf(source), source);
  return status === 200 ? String(body) : `HTTP ${status}`;
}

describe("the metadata service's tokens", () => {
  it("are required where the instance says so", async () => {
    expect((await ask("GET", "/latest/meta-data/instance-id")).status).toBe(401);
    state.regions["us-west-2"].instances[0].metadata.tokens = "optional";
    expect((await ask("GET", "/latest/meta-data/instance-id")).body).toBe("i-1");
  });

  it("belong to one instance and end in time", async () => {
    const token = await tokenOf();
    expect((await ask("GET", "/latest/meta-data/", token)).status).toBe(200);
    expect((await ask("GET", "/latest/meta-data/", token, "10.0.0.12")).status).toBe(401);
    now += 61_000;
    expect((await ask("GET", "/latest/meta-data/", token)).status).toBe(401);
    expect((await ask("GET", "/latest/meta-data/", { "x-aws-ec2-metadata-token": "made-up" })).status).toBe(
      401,
    );
  });

  it("are refused without a sensible life, through a proxy, and at other paths", async () => {
    const life = "x-aws-ec2-metadata-token-ttl-seconds";
    for (const value of ["", "0", "21601", "x"])
      expect((await ask("PUT", "/latest/api/token", { [life]: value })).status).toBe(400);
    expect(
      (await ask("PUT", "/latest/api/token", { [life]: "60", "x-forwarded-for": "1.2.3.4" })).status,
    ).toBe(403);
    expect((await ask("PUT", "/latest/meta-data/", { [life]: "60" })).status).toBe(405);
  });
});

describe("the metadata service's paths", () => {
  it("tells what nodes, cloud-init and the cloud controller ask for", async () => {
    const mac = "network/interfaces/macs/02:00:00:00:00:11/";
    const wanted: Record<string, string> = {
      "instance-id": "i-1",
      "local-ipv4": "10.0.0.11",
      "local-hostname": "ip-10-0-0-11.us-west-2.compute.internal",
      "public-ipv4": "54.0.0.11",
      "placement/region": "us-west-2",
      "placement/availability-zone": "us-west-2a",
      "placement/availability-zone-id": "usw2-az2",
      [`${mac}vpc-id`]: "vpc-1",
      [`${mac}subnet-ipv4-cidr-block`]: "10.0.0.0/24",
      "security-groups": "node",
    };
    for (const [path, value] of Object.entries(wanted))
      expect([path, await read(`/latest/meta-data/${path}`)]).toEqual([path, value]);
    expect(await read("/2021-03-23/meta-data/instance-id")).toBe("i-1");
    expect(await read("/latest/user-data")).toBe("#!/bin/sh\necho hello\n");
    expect(JSON.parse(await read("/latest/dynamic/instance-identity/document"))).toMatchObject({
      instanceId: "i-1",
      region: "us-west-2",
      accountId: "123456789012",
    });
  });

  it("lists directories with a slash, with or without one asked", async () => {
    expect((await read("/latest/meta-data/")).split("\n")).toEqual(
      expect.arrayContaining(["instance-id", "network/", "placement/"]),
    );
    expect(await read("/latest/meta-data/network/interfaces/macs")).toBe("02:00:00:00:00:11/");
    expect(await read("/latest/meta-data/iam/security-credentials/")).toBe("node");
  });

  it("knows no paths that do not exist, no public address that is not there, no stranger", async () => {
    expect(await read("/latest/meta-data/nothing")).toBe("HTTP 404");
    expect(await read("/latest/meta-data/public-ipv4", "10.0.1.13")).toBe("HTTP 404");
    expect((await ask("GET", "/latest/meta-data/", {}, "10.0.0.99")).status).toBe(404);
  });

  it("shows tags only where the instance says so", async () => {
    expect(await read("/latest/meta-data/tags/instance/Name")).toBe("HTTP 404");
    state.regions["us-west-2"].instances[0].metadata.tags = true;
    expect(await read("/latest/meta-data/tags/instance/Name")).toBe("i-1");
    expect(lookUp({ "tags/instance/kubernetes.io/cluster/a": "owned" }, "tags/instance")).toBe(
      "kubernetes.io/cluster/a",
    );
  });

  it("takes a pod for the instance that its range is routed to", async () => {
    expect(await read("/latest/meta-data/instance-id", "10.244.2.9")).toBe("i-2");
  });
});

describe("role credentials", () => {
  const path = "/latest/meta-data/iam/security-credentials/node";
  it("are the instance's own role's, kept until shortly before they end", async () => {
    expect(JSON.parse(await read(path))).toMatchObject({
      Code: "Success",
      AccessKeyId: "ASIA1",
      Token: "node i-1",
      Expiration: "2026-01-01T13:00:00Z",
    });
    expect(JSON.parse(await read(path)).AccessKeyId).toBe("ASIA1");
    now += 46 * 60_000;
    expect(JSON.parse(await read(path)).AccessKeyId).toBe("ASIA2");
    expect(await read(`${path}-other`)).toBe("HTTP 404");
  });

  it("are asked for once by many at once, and again after a failure", async () => {
    let fail = true;
    const flaky = new Credentials(
      async () => {
        issued++;
        if (fail) throw new Error("no such role");
        return {
          AccessKeyId: "A",
          SecretAccessKey: "S",
          Token: "T",
          Expiration: new Date(now + 3600_000).toISOString(),
        };
      },
      () => now,
    );
    await expect(flaky.document("node", "i-1")).rejects.toThrow("no such role");
    fail = false;
    await Promise.all([flaky.document("node", "i-1"), flaky.document("node", "i-1")]);
    expect(issued).toBe(2);
  });
});

it("marks nothing but a token's answer, whose hops are limited", () => {
  const config = proxyConfig("vpc-1", "/tmp/x.sock");
  expect(config).toContain(" http-request set-header x-sandbox-vpc vpc-1");
  expect(config).toContain(" http-response set-mark 77 if { var(txn.method) -m str PUT }");
});
