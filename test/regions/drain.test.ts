import { spawn } from "child_process";
import { createServer, Server } from "http";
import type { Server as HttpsServer } from "https";
import type { AddressInfo } from "net";
import { join } from "path";
import { kubeconfigOf, kubeconfigText } from "../../regions/kubeconfig";
import { Authority, authority, serve } from "./certificates";

const tag = "kubernetes.io/cluster/federation-test-us-west";
const apiName = "us-west-api-1a2b3c4";

/** What is left in an account, as its own API tells it. */
interface Account {
  classic: Record<string, string>;
  newer: Record<string, string>;
  groups: string[];
  volumes: string[];
  interfaces: Record<string, string>;
}

const list = (name: string, items: string[]): string => `<${name}>${items.join("")}</${name}>`;
const tags = (key: string, of: string): string =>
  `<member>${of}<Tags><member><Key>${key}</Key><Value>owned</Value></member></Tags></member>`;

/** The answers of EC2 and both load-balancer APIs, in their XML. */
function answer(account: Account, action: string, version: string): string {
  const newer = version === "2015-12-01";
  const balancers = newer ? account.newer : account.classic;
  const wrap = (inner: string): string =>
    `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`;
  const ec2 = (inner: string): string => `<${action}Response>${inner}</${action}Response>`;
  const item = (inner: string): string => `<item>${inner}</item>`;
  switch (action) {
    case "DescribeLoadBalancers":
      return wrap(
        newer
          ? list(
              "LoadBalancers",
              Object.keys(balancers).map(
                (arn) => `<member><LoadBalancerArn>${arn}</LoadBalancerArn></member>`,
              ),
            )
          : list(
              "LoadBalancerDescriptions",
              Object.keys(balancers).map(
                (name) => `<member><LoadBalancerName>${name}</LoadBalancerName></member>`,
              ),
            ),
      );
    case "DescribeTargetGroups":
      return wrap(list("TargetGroups", []));
    case "DescribeTags":
      return wrap(
        list(
          "TagDescriptions",
          Object.entries(balancers).map(([id, key]) =>
            tags(
              key,
              newer ? `<ResourceArn>${id}</ResourceArn>` : `<LoadBalancerName>${id}</LoadBalancerName>`,
            ),
          ),
        ),
      );
    case "DescribeSecurityGroups":
      return ec2(
        list(
          "securityGroupInfo",
          account.groups.map((id) => item(`<groupId>${id}</groupId>`)),
        ),
      );
    case "DescribeVolumes":
      return ec2(
        list(
          "volumeSet",
          account.volumes.map((id) => item(`<volumeId>${id}</volumeId>`)),
        ),
      );
    case "DescribeNetworkInterfaces":
      return ec2(
        list(
          "networkInterfaceSet",
          Object.entries(account.interfaces).map(([id, description]) =>
            item(`<networkInterfaceId>${id}</networkInterfaceId><description>${description}</description>`),
          ),
        ),
      );
    default:
      throw new Error(`not expected: ${action}`);
  }
}

describe("the drain of a cluster", () => {
  /** Done as soon as the drain says that it waits. */
  let gone: (() => void) | undefined;
  let account: Account;
  let cloud: Server;
  let endpoint: string;
  let ca: Authority;
  let cluster: HttpsServer | undefined;

  beforeAll(async () => {
    ca = await authority();
    cloud = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        const form = new URLSearchParams(body);
        response
          .writeHead(200, { "content-type": "text/xml" })
          .end(answer(account, form.get("Action")!, form.get("Version")!));
      });
    });
    await new Promise<void>((resolve) => cloud.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(cloud.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    gone = undefined;
    account = {
      classic: { other: "kubernetes.io/cluster/another" },
      newer: {},
      groups: ["sg-nodes"],
      volumes: [],
      interfaces: {
        "eni-node": "federation-test-us-west control-plane-0",
        "eni-api": `ELB net/${apiName}/0123`,
      },
    };
  });
  afterEach(() => cluster?.close());
  afterAll(() => void cloud.close());

  async function drain(server = "https://127.0.0.1:1", seconds = 20) {
    const client = await ca.issue("CN=pulumi");
    const kubeconfig = kubeconfigOf({
      context: "c",
      server,
      caCertificate: ca.cert,
      clientCertificate: client.cert,
      clientKey: client.key,
    });
    const env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
      DRAIN_KUBECONFIG: kubeconfigText(kubeconfig),
      DRAIN_MEMBER: "us-west",
      DRAIN_REGION: "us-west-2",
      DRAIN_TAG: tag,
      DRAIN_VPC: "vpc-1",
      DRAIN_NODES_GROUP: "sg-nodes",
      DRAIN_API_LOAD_BALANCER: `${apiName}-0123.elb.us-west-2.amazonaws.com`,
      DRAIN_SECONDS: String(seconds),
    };
    const child = spawn(process.execPath, ["--no-warnings", "--import", "tsx", "regions/drain-script.ts"], {
      cwd: join(__dirname, "../.."),
      env,
    });
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      gone?.();
    });
    child.stderr.on("data", (chunk) => (said += chunk));
    const code = await new Promise((resolve) => child.on("close", resolve));
    return { code, said };
  }

  it("ends at once when nothing of the cluster's controllers is left, even if its API is gone", async () => {
    expect(await drain()).toEqual({ code: 0, said: "" });
  });

  it("waits until all that the controllers made is gone, telling what it waits for (A14)", async () => {
    account.classic.a1b2 = tag;
    gone = () => delete account.classic.a1b2;
    const { code, said } = await drain();
    expect(said).toMatch(/us-west: .* going \(\d+ s\): classic load balancer a1b2/);
    expect(code).toBe(0);
  });

  it("names everything that is left when time is up, and fails", async () => {
    account.classic.a1b2 = tag;
    account.newer["arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/net/web/1"] = tag;
    account.groups.push("sg-elb");
    account.volumes.push("vol-1");
    account.interfaces["eni-elb"] = "ELB a1b2";
    const { code, said } = await drain(undefined, 1);
    expect(code).toBe(1);
    expect(said).toMatch(/us-west: .* going: not done after 1 s: .*its API: .*ECONNREFUSED/);
    for (const name of [
      "classic load balancer a1b2",
      "load balancer arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/net/web/1",
      "security group sg-elb",
      "volume vol-1",
      "network interface eni-elb",
      "by hand, and destroy again",
    ]) {
      expect(said).toContain(name);
    }
    expect(said).not.toMatch(/sg-nodes|eni-node|eni-api|another|PRIVATE/);
  });

  it("deletes Services that were made by hand first", async () => {
    const services: Record<string, string> = { web: "LoadBalancer", kubernetes: "ClusterIP" };
    const deleted: string[] = [];
    const made = await serve(ca, (request, response) => {
      if (request.method === "DELETE") {
        deleted.push(request.url!);
        delete services.web;
      }
      const items = Object.entries(services).map(([name, type]) => ({
        metadata: { namespace: "default", name },
        spec: { type },
      }));
      response.writeHead(200).end(JSON.stringify({ items }));
    });
    cluster = made.server;
    const { code, said } = await drain(made.url);
    expect([code, deleted]).toEqual([0, ["/api/v1/namespaces/default/services/web"]]);
    expect(said).toContain("Service default/web");
  });
});
