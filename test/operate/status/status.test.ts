import { stringify } from "yaml";
import { findOut } from "../../../operate/status";
import { federationView } from "../../../operate/status/federation";
import { Alive, Look, lookAt } from "../../../operate/status/member";
import type { StackOutputs } from "../../../operate/status/outputs";
import { Findings, podsText, statusText } from "../../../operate/status/show";
import type { ApiAnswer } from "../../../regions/api-client";

const conditions = (ready: boolean) => ({
  conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
});
const labels = { "app.kubernetes.io/name": "nginx" };
const node = (ready: boolean, kubeletVersion = "v1.36.3") => ({
  status: { ...conditions(ready), nodeInfo: { kubeletVersion } },
});
const pod = (name: string, status: object, more: object = {}) => ({
  metadata: { name, namespace: "default", labels, ...more },
  spec: { nodeName: "ip-10-0-0-10" },
  status,
});
const service = (hostname?: string, name = "nginx") => ({
  metadata: { name, namespace: "default", labels },
  spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
  status: { loadBalancer: hostname ? { ingress: [{ hostname }] } : {} },
});

/** A cluster's API that has these lists. */
function api(lists: Record<string, object[]>, version = "v1.36.3") {
  return async (path: string): Promise<ApiAnswer> => {
    if (path === "/version") return { status: 200, body: { gitVersion: version } };
    const items = lists[/\/v1\/(\w+)/.exec(path)![1]];
    return items ? { status: 200, body: { items } } : { status: 403, body: { message: "forbidden" } };
  };
}

const well = { phase: "Running", ...conditions(true) };

describe("a look at a member", () => {
  it("tells nodes, version, pods and load balancers", async () => {
    const waiting = { containerStatuses: [{ state: { waiting: { reason: "ImagePullBackOff" } } }] };
    const look = await lookAt(
      api({
        nodes: [node(true), node(false), node(true, "v1.36.1")],
        pods: [
          pod("a", well),
          pod("b", { phase: "Pending", ...conditions(false), ...waiting }),
          pod("c", well, { deletionTimestamp: "2026-11-21T00:00:00Z" }),
        ],
        services: [
          service("a.elb"),
          service(undefined, "other"),
          { ...service(undefined, "inner"), spec: { type: "ClusterIP", ports: [{ port: 1 }] } },
        ],
      }),
    );
    expect(look).toMatchObject({
      version: "v1.36.3 (nodes v1.36.1)",
      nodes: { ready: 2, all: 3 },
      balancers: [
        { app: "nginx", host: "a.elb", port: 80 },
        { app: "nginx", host: "", port: 80 },
      ],
    });
    expect((look as Alive).pods.map(({ name, state, ready }) => [name, state, ready])).toEqual([
      ["a", "Running", true],
      ["b", "ImagePullBackOff", false],
      ["c", "Terminating", true],
    ]);
  });

  it("E2: finds what an app's manifests made by its selectors, each pod once and under the app that it is of", async () => {
    const web = { app: "web" };
    const answers: Record<string, object[]> = {
      "/api/v1/nodes": [],
      "/api/v1/pods?labelSelector=app.kubernetes.io/name": [
        pod("nginx-1", well),
        // Its manifests bear another name than the app.
        pod("web-1", well, { namespace: "shop" }),
      ],
      "/api/v1/services?labelSelector=app.kubernetes.io/name": [service("a.elb")],
      "/api/v1/namespaces/shop/pods?labelSelector=app=web": [
        pod("web-1", well, { namespace: "shop", labels: web }),
      ],
      "/api/v1/namespaces/shop/pods?labelSelector=tier in (a,b)": [
        pod("web-1", well, { namespace: "shop", labels: web }),
        pod("agent-1", well, { namespace: "shop", labels: web }),
      ],
      "/api/v1/namespaces/shop/services?fieldSelector=metadata.name=front": [
        { ...service("b.elb"), metadata: { name: "front", namespace: "shop" } },
      ],
    };
    const look = await lookAt(
      async (path) =>
        path === "/version"
          ? { status: 200, body: { gitVersion: "v1.36.3" } }
          : { status: 200, body: { items: answers[decodeURIComponent(path)] } },
      { shop: { namespace: "shop", selectors: ["app=web", "tier in (a,b)"], balancer: "front" } },
    );
    const { pods, balancers } = look as Alive;
    expect(pods.map(({ app, namespace, name }) => `${app} ${namespace}/${name}`).sort()).toEqual([
      "nginx default/nginx-1",
      "shop shop/agent-1",
      "shop shop/web-1",
    ]);
    expect(balancers.map(({ app, host }) => `${app} ${host}`).sort()).toEqual(["nginx a.elb", "shop b.elb"]);
  });

  it("tells why there is none, and throws nothing", async () => {
    expect(await lookAt(async () => Promise.reject(new Error("connect ECONNREFUSED")))).toEqual({
      trouble: "connect ECONNREFUSED",
    });
    expect(await lookAt(api({ nodes: [], pods: [] }))).toEqual({
      trouble: "/api/v1/services answers 403: forbidden",
    });
  });
});

test("the federation's word on its members: Ready, or why not; or why it has none", async () => {
  const condition = { type: "Ready", status: "False", reason: "ClusterNotReachable" };
  const items = [
    { metadata: { name: "us-west" }, status: conditions(true) },
    { metadata: { name: "us-east" }, status: { conditions: [condition] } },
    { metadata: { name: "new" } },
  ];
  const states = { "us-west": "Ready", "us-east": "ClusterNotReachable", new: "not looked at yet" };
  const call = async (path: string) => ({
    status: 200,
    body: { items: path.endsWith("/clusters") ? items : [] },
  });
  expect(await federationView(call)).toEqual({ states, drift: [] });
  expect(await federationView(async () => ({ status: 503, body: "" }))).toEqual({
    trouble: "clusters answer 503",
  });
  expect(await federationView(async () => Promise.reject(new Error("gone")))).toEqual({ trouble: "gone" });
});

test("A8b: the federation tells of a workload that somebody scaled past the program", async () => {
  const metadata = {
    name: "nginx",
    namespace: "default",
    annotations: { "federation/plan": "us-west=2 us-east=1" },
    managedFields: [{ manager: "kubectl", fieldsV1: { "f:spec": { "f:replicas": {} } } }],
  };
  const items = [{ metadata, spec: { replicas: 7 } }];
  const call = async (path: string) => ({
    status: 200,
    body: { items: path === "/apis/apps/v1/deployments" ? items : [] },
  });
  const federation = await federationView(call);
  expect(statusText({ ...found, federation })).toContain(
    "\nfederation: deployment default/nginx is told 7 replicas by kubectl, 3 planned\n",
  );
});

const KEY = Buffer.from("the operator's key").toString("base64");
const outputs: StackOutputs = {
  kubeconfig: KEY,
  context: "aws-fed",
  members: {
    "us-west": { region: "us-west-2", replicas: { nginx: 2 }, backups: "bucket" },
    "us-east": { region: "us-east-2", replicas: { nginx: 1 } },
  },
  records: {
    nginx: [
      { name: "nginx.example.com", type: "CNAME", ttl: 300, setIdentifier: "us-west-2", value: "a.elb" },
      { name: "nginx.example.com", type: "CNAME", ttl: 300, setIdentifier: "us-east-2", value: "b.elb" },
    ],
  },
  expiry: { "us-west": { admin: "2026-12-01T00:00:00Z" } },
};
const alive: Look = {
  version: "v1.36.3",
  nodes: { ready: 3, all: 3 },
  pods: [
    { app: "nginx", namespace: "default", name: "nginx-1", node: "ip-1", ready: true, state: "Running" },
    { app: "nginx", namespace: "default", name: "nginx-2", node: "ip-2", ready: false, state: "Pending" },
    { app: "hugo", namespace: "web", name: "hugo-1", node: "ip-2", ready: true, state: "Running" },
  ],
  balancers: [{ app: "nginx", host: "a.elb", port: 80 }],
};
const found: Findings = {
  outputs,
  federation: { states: { "us-west": "Ready", "us-east": "ClusterNotReachable" }, drift: [] },
  looks: { "us-west": alive, "us-east": { trouble: "https://b: no answer within 5 s" } },
  snapshots: { "us-west": "2026-11-21 18:00" },
  answers: { "a.elb": true, "b.elb": false },
  now: new Date("2026-11-21T00:00:00Z"),
};

test("a dead member is a row like the others, with the reason below", () => {
  expect(
    statusText(found)
      .split("\n")
      .map((line) => line.replace(/ {2,}/g, " | ")),
  ).toEqual([
    "",
    "member | region | federation | API | nodes | Kubernetes | nginx | last snapshot (UTC)",
    expect.stringMatching(/^-/),
    "us-west | us-west-2 | Ready | answers | 3/3 | v1.36.3 | 1/2 | 2026-11-21 18:00",
    "us-east | us-east-2 | ClusterNotReachable | silent | ? | ? | ?/1",
    "us-east: https://b: no answer within 5 s",
    "",
    "app | member | answers | port | load balancer",
    expect.stringMatching(/^-/),
    "nginx | us-west | yes | 80 | a.elb",
    "",
    "record | type | ttl | set identifier | answers | value",
    expect.stringMatching(/^-/),
    "nginx.example.com | CNAME | 300 | us-west-2 | yes | a.elb",
    "nginx.example.com | CNAME | 300 | us-east-2 | no | b.elb",
    "",
    "certificates of | which | end | days",
    expect.stringMatching(/^-/),
    "us-west | admin | 2026-12-01T00:00:00Z | 10",
  ]);
  expect(statusText(found)).not.toContain(KEY);
});

test("without the federation's API its column is unknown, and why is told", () => {
  const text = statusText({ ...found, federation: { trouble: "https://fed: refused" } });
  expect(text).toMatch(/^us-west +us-west-2 +\? +answers/m);
  expect(text).toContain("\nfederation: https://fed: refused\n");
});

test("C4: a host that is no member is a row of its own, without apps", () => {
  const withHost = { ...outputs, host: { name: "f", region: "munich" } };
  const text = statusText({ ...found, outputs: withHost, looks: { f: alive, ...found.looks } });
  expect(text).toMatch(/^f +munich +host only +answers +3\/3 +v1\.36\.3 *$/m);
  expect(text).toMatch(/^us-west +us-west-2 +Ready/m);
});

test("E2: the pods of every member are in one place, all or one app's", () => {
  const lines = podsText(found)
    .split("\n")
    .slice(3)
    .map((line) => line.split(/ {2,}/));
  expect(lines).toEqual([
    ["us-west", "us-west-2", "nginx", "default/nginx-1", "Running", "ip-1"],
    ["us-west", "us-west-2", "nginx", "default/nginx-2", "Pending, not ready", "ip-2"],
    ["us-west", "us-west-2", "hugo", "web/hugo-1", "Running", "ip-2"],
    ["us-east", "us-east-2", "?", "https://b: no answer within 5 s"],
  ]);
  expect(podsText(found, "hugo")).not.toContain("nginx");
});

test("all are asked, and who does not answer hides nobody", async () => {
  const name = "us-west.example.com";
  // Nobody listens at port 1; the other member has no context at all.
  const kubeconfig = stringify({
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server: "https://127.0.0.1:1" } }],
    users: [{ name, user: { token: "secret" } }],
  });
  const here = {
    ...outputs,
    kubeconfig,
    members: { ...outputs.members, "us-west": { region: "us-west-2", replicas: {} } },
  };
  const { looks, federation, answers } = await findOut(here);
  expect(looks["us-west"]).toEqual({ trouble: expect.stringContaining("ECONNREFUSED") });
  expect(looks["us-east"]).toEqual({ trouble: expect.stringContaining("no context of us-east") });
  expect(federation).toEqual({ trouble: expect.stringContaining("no context of aws-fed") });
  // Nobody knows the app's port then.
  expect(answers).toEqual({});
});
