import { readdirSync, readFileSync } from "fs";
import { join } from "path";
import { parse } from "yaml";
import { plan } from "../apps/placement";
import { ConfigError, parseConfig, StackConfig } from "../config";
import type { Fault } from "../config/faults";
import type { Sources } from "../config/given";
import { ofKind } from "../config/member-kinds";
import { givenKubeconfig } from "./regions/given";

type Raw = Record<string, any>;

const good = (): Raw => ({
  domain: "k8s.example.com",
  host: "us-west",
  apiAccess: ["203.0.113.0/24"],
  members: {
    "us-west": { region: "us-west-2" },
    "us-east": { region: "us-east-2" },
    "ap-northeast": { region: "ap-northeast-1" },
  },
  apps: {
    nginx: {
      image: "nginx:1.29",
      replicas: 10,
      placement: {
        "us-west": { min: 2, max: 10, weight: 200 },
        "us-east": { min: 0, max: 2, weight: 150 },
        "ap-northeast": { min: 1, max: 5, weight: 150 },
      },
      service: { port: 80 },
      dns: { name: "nginx" },
    },
  },
});

/** Adds an external member, which the test may change. */
function external(raw: Raw): Raw {
  raw.apps.nginx.placement["*"] = {};
  return (raw.members.munich ??= {
    kind: "external",
    kubeconfig: { file: "./munich.kubeconfig" },
    region: "eu-central-1",
    network: { nodes: "192.168.0.0/24", pods: "10.244.0.0/16", services: "10.192.0.0/12" },
  });
}

const scaler = `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5 }`;

/** Files of manifests that the tests name. */
const manifests: Record<string, string> = {
  "/manifests/web.yaml": `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 4
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "web:1" }], volumes: [{ persistentVolumeClaim: { claimName: a } }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 8080 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { level: info }
---
`,
  "/broken.yaml": "a: [",
  "/scaler.yaml": scaler,
  "/service.yaml":
    "{ apiVersion: v1, kind: Service, metadata: { name: b }, spec: { type: LoadBalancer, ports: [{ port: 1 }] } }",
};

/** Adds an app of manifests. */
function web(raw: Raw, more: object = {}): Raw {
  return (raw.apps.web = { manifests: ["./manifests"], placement: { "*": {} }, ...more });
}

const sources: Sources = {
  file: (path) => {
    if (path.endsWith("/munich.kubeconfig")) return givenKubeconfig();
    const written = Object.entries(manifests).find(([name]) => path.endsWith(name));
    if (written) return written[1];
    throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  },
  list: (path) => (path.endsWith("/manifests") ? ["notes.txt", "web.yaml"] : undefined),
  value: (name) => (name === "stored" || name.startsWith("kubeconfig") ? givenKubeconfig() : undefined),
};

function faultsOf(raw: unknown): readonly Fault[] {
  try {
    parseConfig(raw, sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

const changed = (change: (raw: Raw) => void): Raw => {
  const raw = good();
  change(raw);
  return raw;
};

function stackFile(stack: string): StackConfig {
  const { config } = parse(readFileSync(join(__dirname, "..", `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Raw;
  };
  return parseConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("federation:", ""), value])),
    sources,
  );
}

/** Of every stack that the project brings along: `Pulumi.<stack>.yaml`. */
const stackNames = readdirSync(join(__dirname, "..")).flatMap(
  (file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [],
);

/** What is wrong, at which path it is told, what the remedy says. One line per rule. */
const rules: [string, (raw: Raw) => void, string, RegExp][] = [
  ["no domain", (c) => delete c.domain, "domain", /domain name/],
  ["a domain of one label", (c) => (c.domain = "local"), "domain", /at least two labels/],
  ["a domain with a dot at its end", (c) => (c.domain = "example.com."), "domain", /without a dot/],
  ["a URL for a domain", (c) => (c.domain = "https://example.com"), "domain", /domain name/],
  ["an unknown way to the zone", (c) => (c.zone = "find"), "zone", /"create".*"existing"/],
  ["no host", (c) => delete c.host, "host", /name the member/],
  ["a host that is no member", (c) => (c.host = "us-wst"), "host", /is no member: did you mean us-west\?/],
  [
    "a lost host",
    (c) => {
      c.members["us-west"].lost = true;
      c.apps.nginx.replicas = 5;
    },
    "members.us-west.lost",
    /hosts the federation.*restoreFrom.*new stack/,
  ],
  [
    "a member that is lost in other words than yes or no",
    (c) => (c.members["us-east"].lost = "yes"),
    "members.us-east.lost",
    /true or false/,
  ],
  [
    "an app whose members are all lost",
    (c) => {
      c.members["us-east"].lost = true;
      c.apps.nginx.placement = { "us-east": {} };
    },
    "apps.nginx.placement",
    /on lost members alone \(us-east\): name one that is there/,
  ],
  [
    "replicas that only fit with a lost member",
    (c) => {
      c.members["us-east"].lost = true;
      c.apps.nginx.replicas = 16;
    },
    "apps.nginx.replicas",
    /above 15, the sum of every max without us-east, lost/,
  ],
  ["no members", (c) => (c.members = {}), "members", /at least one/],
  ["members that are a list", (c) => (c.members = []), "members", /must be a map/],
  [
    "a member without region",
    (c) => delete c.members["us-east"].region,
    "members.us-east.region",
    /AWS region/,
  ],
  [
    "a region that is none",
    (c) => (c.members["us-east"].region = "ohio"),
    "members.us-east.region",
    /us-west-2/,
  ],
  [
    "kind eks",
    (c) => (c.members["us-east"].kind = "eks"),
    "members.us-east.kind",
    /not there yet: use "ec2"/,
  ],
  [
    "an external member without a kubeconfig",
    (c) => delete external(c).kubeconfig,
    "members.munich.kubeconfig",
    /must say where the kubeconfig is: \{ file: /,
  ],
  [
    "a kubeconfig from two places",
    (c) => (external(c).kubeconfig.secret = "munichKubeconfig"),
    "members.munich.kubeconfig",
    /either file or secret/,
  ],
  [
    "a kubeconfig's file that is not there",
    (c) => (external(c).kubeconfig.file = "./none"),
    "members.munich.kubeconfig.file",
    /can't be read \(ENOENT\)/,
  ],
  [
    "a kubeconfig's secret that is not set",
    (c) => (external(c).kubeconfig = { secret: "munichKubeconfig" }),
    "members.munich.kubeconfig.secret",
    /pulumi config set --secret federation:munichKubeconfig/,
  ],
  [
    "a context that the kubeconfig lacks",
    (c) => (external(c).context = "admin@berlin"),
    "members.munich.kubeconfig",
    /has no context "admin@berlin": set context to one of its own \(admin@munich\)/,
  ],
  [
    "an external member without ranges",
    (c) => delete external(c).network,
    "members.munich.network",
    /must declare nodes, pods and services/,
  ],
  [
    "an external member without the range of its pods",
    (c) => delete external(c).network.pods,
    "members.munich.network.pods",
    /the range of its pods/,
  ],
  [
    "an external member with an own member's range",
    (c) => (external(c).network.services = "10.3.0.0/16"),
    "members.munich.network.services",
    /overlaps us-west's vpc 10\.3\.0\.0\/16: set network\.slot of us-west \(63 is free\)/,
  ],
  [
    "two external members with one range",
    (c) => (c.members.berlin = { ...external(c) }),
    "members.berlin.network",
    /overlaps munich's ranges: neither can be moved/,
  ],
  [
    "an external member without region",
    (c) => delete external(c).region,
    "members.munich.region",
    /eu-central-1 or munich/,
  ],
  [
    "a record at an external member that is near no AWS region",
    (c) => (external(c).region = "europe-west4"),
    "members.munich.latencyRegion",
    /europe-west4 is no AWS region: name the nearest one/,
  ],
  [
    "a latency region that is no AWS region",
    (c) => (external(c).latencyRegion = "munich"),
    "members.munich.latencyRegion",
    /AWS region/,
  ],
  ...["image", "access", "controlPlane", "workers", "rollout"].map((key): (typeof rules)[number] => [
    `${key} of an external member`,
    (c) => (external(c)[key] = {}),
    `members.munich.${key}`,
    /is a key of kind ec2, one that this program makes/,
  ]),
  ...["kubeconfig", "context", "latencyRegion"].map((key): (typeof rules)[number] => [
    `${key} of an own member`,
    (c) => (c.members["us-east"][key] = "eu-central-1"),
    `members.us-east.${key}`,
    /is a key of kind external, one that is there already/,
  ]),
  ["an unknown kind", (c) => (c.members["us-east"].kind = "gke"), "members.us-east.kind", /must be "ec2"/],
  [
    "a NAT gateway per zone",
    (c) => (c.members["us-east"].network = { nat: "per-zone" }),
    "members.us-east.network.nat",
    /^per-zone needs cni: cilium, which is not there yet; use one$/,
  ],
  [
    "a NAT that is none",
    (c) => (c.members["us-east"].network = { nat: "two" }),
    "members.us-east.network.nat",
    /must be "none".*or "one"/,
  ],
  [
    "more private nodes than their route table has routes",
    (c) => {
      c.members["us-east"].network = { nat: "one" };
      c.members["us-east"].workers = { count: 48 };
    },
    "members.us-east.workers.count",
    /at most 47 workers/,
  ],
  [
    "four control-plane nodes",
    (c) => (c.members["us-east"].controlPlane = { nodes: 4 }),
    "members.us-east.controlPlane.nodes",
    /must be 1, 3 or 5/,
  ],
  [
    "two control-plane nodes",
    (c) => (c.members["us-east"].controlPlane = { nodes: 2 }),
    "members.us-east.controlPlane.nodes",
    /an even number outlives no more/,
  ],
  [
    "an instance type that is none",
    (c) => (c.members["us-east"].workers = { instanceType: "big" }),
    "members.us-east.workers.instanceType",
    /t3\.medium/,
  ],
  [
    "half a worker",
    (c) => (c.members["us-east"].workers = { count: 1.5 }),
    "members.us-east.workers.count",
    /whole number/,
  ],
  [
    "more nodes than a route table has routes",
    (c) => (c.members["us-east"].workers = { count: 49 }),
    "members.us-east.workers.count",
    /at most 48 workers/,
  ],
  [
    "more nodes than the pods' range has parts",
    (c) =>
      (c.members["us-east"] = {
        ...c.members["us-east"],
        workers: { count: 16 },
        network: { pods: "10.200.0.0/20" },
      }),
    "members.us-east.workers.count",
    /at most 15 workers/,
  ],
  [
    "a zone of another region",
    (c) => (c.members["us-east"].zones = ["us-east-1a"]),
    "members.us-east.zones",
    /no zone of us-east-2/,
  ],
  [
    "a zone twice",
    (c) => (c.members["us-east"].zones = ["us-east-2a", "us-east-2a"]),
    "members.us-east.zones",
    /twice/,
  ],
  [
    "a local zone",
    (c) => (c.members["us-west"].zones = ["us-west-2-lax-1a"]),
    "members.us-west.zones.0",
    /availability zones/,
  ],
  ["an image that is none", (c) => (c.members["us-east"].image = "ubuntu"), "members.us-east.image", /ami-/],
  [
    "a member's name with capitals",
    (c) => (c.members.Paris = { region: "eu-west-3" }),
    "members.Paris",
    /lower-case/,
  ],
  [
    "a member's name too long for a load balancer's",
    (c) => (c.members["ap-southeast-1-production"] = { region: "ap-southeast-1" }),
    "members.ap-southeast-1-production",
    /at most 20/,
  ],
  [
    "two members in one region",
    (c) => (c.members.second = { region: "us-east-2" }),
    "members.second.network",
    /overlaps us-east.*network\.slot/,
  ],
  [
    "a slot that is taken",
    (c) => (c.members["us-east"].network = { slot: 3 }),
    "members.us-east.network",
    /overlaps us-west/,
  ],
  [
    "a slot beyond the pools",
    (c) => (c.members["us-east"].network = { slot: 64 }),
    "members.us-east.network.slot",
    /from 0 to 63/,
  ],
  [
    "a region without a slot",
    (c) => (c.members["us-east"].region = "us-moon-1"),
    "members.us-east.network.slot",
    /set network\.slot/,
  ],
  [
    "ranges that overlap",
    (c) => (c.members["us-east"].network = { vpc: "10.67.0.0/16" }),
    "members.us-east.network.vpc",
    /overlaps us-west's pods/,
  ],
  [
    "a range with bits behind its prefix",
    (c) => (c.members["us-east"].network = { vpc: "10.1.0.1/16" }),
    "members.us-east.network.vpc",
    /write 10\.1\.0\.0\/16/,
  ],
  [
    "a range that is none",
    (c) => (c.members["us-east"].network = { pods: "10.300.0.0/16" }),
    "members.us-east.network.pods",
    /no IPv4 range/,
  ],
  [
    "a VPC too large for AWS",
    (c) => (c.members["us-east"].network = { vpc: "10.0.0.0/8" }),
    "members.us-east.network.vpc",
    /from \/16 to \/20/,
  ],
  [
    "pools that overlap",
    (c) => (c.network = { pools: { pods: "10.0.0.0/10" } }),
    "network.pools.pods",
    /overlaps vpcs/,
  ],
  ["no apiAccess", (c) => delete c.apiAccess, "apiAccess", /must list the ranges/],
  ["an empty apiAccess", (c) => (c.apiAccess = []), "apiAccess", /at least one range/],
  ["an apiAccess that is no range", (c) => (c.apiAccess = ["home"]), "apiAccess.0", /no IPv4 range/],
  [
    "placement on an unknown member",
    (c) => (c.apps.nginx.placement["eu-west"] = {}),
    "apps.nginx.placement.eu-west",
    /is no member/,
  ],
  [
    "max below min",
    (c) => (c.apps.nginx.placement["us-west"] = { min: 3, max: 2 }),
    "apps.nginx.placement.us-west.max",
    /below min 3/,
  ],
  ["placement nowhere", (c) => (c.apps.nginx.placement = {}), "apps.nginx.placement", /nowhere/],
  [
    "a total below the minima",
    (c) => (c.apps.nginx.replicas = 2),
    "apps.nginx.replicas",
    /below 3, the sum of every min/,
  ],
  [
    "a total above the maxima",
    (c) => (c.apps.nginx.replicas = 18),
    "apps.nginx.replicas",
    /above 17, the sum of every max/,
  ],
  [
    "a rest without weights",
    (c) => (c.apps.nginx.placement = { "*": { min: 1, weight: 0 } }),
    "apps.nginx.replicas",
    /no weight/,
  ],
  [
    "a negative weight",
    (c) => (c.apps.nginx.placement["us-west"].weight = -1),
    "apps.nginx.placement.us-west.weight",
    /whole number/,
  ],
  [
    "replicas that are a text",
    (c) => (c.apps.nginx.replicas = "10"),
    "apps.nginx.replicas",
    /must be a number/,
  ],
  [
    "an app's name with dots",
    (c) => (c.apps["my.app"] = { image: "a", replicas: 0 }),
    "apps.my.app",
    /lower-case/,
  ],
  ["a TTL of nothing", (c) => (c.apps.nginx.dns.ttl = 0), "apps.nginx.dns.ttl", /from 1 to 604800/],
  ["a TTL of a year", (c) => (c.apps.nginx.dns.ttl = 31536000), "apps.nginx.dns.ttl", /from 1 to 604800/],
  [
    "a record outside the domain",
    (c) => (c.apps.nginx.dns.name = "www.example.org"),
    "apps.nginx.dns.name",
    /below k8s\.example\.com/,
  ],
  [
    "a CNAME at the domain itself",
    (c) => (c.apps.nginx.dns.name = "k8s.example.com"),
    "apps.nginx.dns.type",
    /write alias/,
  ],
  [
    "a record that a member's API has",
    (c) => (c.apps.nginx.dns.name = "api.us-west.k8s.example.com"),
    "apps.nginx.dns.name",
    /kept for the member/,
  ],
  [
    "a record that another app has",
    (c) => (c.apps.web = { ...c.apps.nginx, dns: { name: "nginx.k8s.example.com" } }),
    "apps.web.dns.name",
    /app nginx/,
  ],
  ["a record without a service", (c) => delete c.apps.nginx.service, "apps.nginx.dns", /needs a service/],
  [
    "a port that is none",
    (c) => (c.apps.nginx.service.port = 70000),
    "apps.nginx.service.port",
    /1 to 65535/,
  ],
  [
    "an override for no member",
    (c) => (c.apps.nginx.overrides = { "us-easst": { image: "a" } }),
    "apps.nginx.overrides.us-easst",
    /is no member: did you mean us-east\?/,
  ],
  [
    "an override for a member that does not run the app",
    (c) => {
      delete c.apps.nginx.placement["us-east"];
      c.apps.nginx.overrides = { "us-east": { image: "a" } };
    },
    "apps.nginx.overrides.us-east",
    /does not run the app/,
  ],
  [
    "an override of a container that there is not",
    (c) => (c.apps.nginx.overrides = { "us-east": { container: "proxy", env: { A: "b" } } }),
    "apps.nginx.overrides.us-east.container",
    /^Deployment\/nginx has no such container: name one of nginx$/,
  ],
  [
    "a variable that is a number",
    (c) => (c.apps.nginx.overrides = { "us-east": { env: { PORT: 8080 } } }),
    "apps.nginx.overrides.us-east.env.PORT",
    /in quotes/,
  ],
  [
    "a patch that leads nowhere",
    (c) =>
      (c.apps.nginx.overrides = {
        "us-east": { patch: [{ op: "replace", path: "/spec/template/spec/containers/1/image", value: "a" }] },
      }),
    "apps.nginx.overrides.us-east.patch.0.path",
    /leads nowhere: \/spec\/template\/spec\/containers has 1 items; it is applied to Deployment\/nginx/,
  ],
  [
    "a patch of what another patch has removed",
    (c) =>
      (c.apps.nginx.overrides = {
        "us-east": {
          patch: [
            { op: "remove", path: "/spec/template/metadata" },
            { op: "add", path: "/spec/template/metadata/labels/a", value: "b" },
          ],
        },
      }),
    "apps.nginx.overrides.us-east.patch.1.path",
    /leads nowhere: \/spec\/template has spec/,
  ],
  [
    "a patch of all labels",
    (c) =>
      (c.apps.nginx.overrides = {
        "us-east": { patch: [{ op: "add", path: "/metadata/labels", value: { a: "b" } }] },
      }),
    "apps.nginx.overrides.us-east.patch.0.path",
    /is written by the federation, too: patch single ones/,
  ],
  [
    "a patch of the replicas",
    (c) =>
      (c.apps.nginx.overrides = { "us-east": { patch: [{ op: "add", path: "/spec/replicas", value: 3 }] } }),
    "apps.nginx.overrides.us-east.patch.0.path",
    /use replicas, which the plan counts/,
  ],
  [
    "a patch of an object that the app has not",
    (c) =>
      (c.apps.nginx.overrides = {
        "us-east": { patch: [{ object: "ConfigMap/a", op: "remove", path: "/data" }] },
      }),
    "apps.nginx.overrides.us-east.patch.0.object",
    /is none of the app's objects: name one of Deployment\/nginx/,
  ],
  [
    "a patch without a value",
    (c) => (c.apps.nginx.overrides = { "us-east": { patch: [{ op: "add", path: "/spec/paused" }] } }),
    "apps.nginx.overrides.us-east.patch.0.value",
    /is needed by add and replace/,
  ],
  [
    "a patch that moves",
    (c) => (c.apps.nginx.overrides = { "us-east": { patch: [{ op: "move", path: "/spec/a" }] } }),
    "apps.nginx.overrides.us-east.patch.0.op",
    /"add", "remove" or "replace"/,
  ],
  [
    "a member's own replicas above its max",
    (c) => (c.apps.nginx.overrides = { "us-east": { replicas: 3 } }),
    "apps.nginx.overrides.us-east.replicas",
    /is not within 0 and 2/,
  ],
  [
    "members' own replicas above the total",
    (c) => {
      c.apps.nginx.placement = { "*": {} };
      c.apps.nginx.overrides = { "*": { replicas: 4 } };
    },
    "apps.nginx.replicas",
    /is below 12, the sum of every min and own number/,
  ],
  [
    "shares of a duplicated app",
    (c) => {
      c.apps.nginx.spread = "duplicated";
      c.apps.nginx.placement = { "*": {}, "us-west": { weight: 2 } };
    },
    "apps.nginx.placement.us-west.weight",
    /every member of a duplicated app runs all replicas: leave it out/,
  ],
  [
    "a failover that would push members beyond their max",
    (c) => (c.apps.nginx.failover = { after: 60, moveBack: true }),
    "apps.nginx.failover",
    /knows no max .* members\.<name>\.lost: true/,
  ],
  [
    "replicas that are not to follow the placement",
    (c) => (c.apps.nginx.rebalance = false),
    "apps.nginx.rebalance",
    /must be true/,
  ],
  [
    "another end of an app",
    (c) => (c.apps.nginx.onRemove = "orphan"),
    "apps.nginx.onRemove",
    /must be "delete" .* or "keep"/,
  ],
  [
    "an app that is kept and would not find itself again",
    (c) => (c.apps.nginx.onRemove = "keep"),
    "apps.nginx.onRemove",
    /needs adopt: true/,
  ],
  ["an app of nothing", (c) => (c.apps.web = {}), "apps.web.image", /is missing, and so are manifests/],
  ["an app without replicas", (c) => delete c.apps.nginx.replicas, "apps.nginx.replicas", /must be a number/],
  [
    "manifests that are not there",
    (c) =>
      web(c, {
        manifests: ["./none.yaml"],
        replicas: 3,
        dns: { name: "web" },
        overrides: { "*": { image: "a" } },
      }),
    "apps.web.manifests.0",
    /can't be read \(ENOENT\)/,
  ],
  [
    "manifests that are no YAML",
    (c) => web(c, { manifests: ["./broken.yaml"] }),
    "apps.web.manifests",
    /is no YAML/,
  ],
  [
    "an object that another app has",
    (c) => {
      web(c);
      c.apps.nginx.manifests = ["./scaler.yaml"];
      c.apps.more = { manifests: ["./scaler.yaml"] };
    },
    "apps.more.manifests",
    /is an object that app nginx has already/,
  ],
  [
    "an autoscaler of what the plan divides",
    (c) => web(c, { manifests: ["./manifests", "./scaler.yaml"] }),
    "apps.web.manifests",
    /scales Deployment\/web, whose replicas the plan divides: use spread: duplicated/,
  ],
  [
    "two load balancers",
    (c) => web(c, { manifests: ["./manifests", "./service.yaml"] }),
    "apps.web.manifests",
    /second load balancer: make it an app of its own/,
  ],
  [
    "a service for pods that no image makes",
    (c) => web(c, { service: { port: 80 } }),
    "apps.web.service",
    /add a Service of type LoadBalancer to the manifests/,
  ],
  [
    "a total of manifests above the maxima",
    (c) => web(c, { placement: { "us-east": { max: 3 } } }),
    "apps.web.manifests",
    /is above 3, the sum of every max/,
  ],
  [
    "replicas of objects that have none",
    (c) => web(c, { manifests: ["./service.yaml"], replicas: 3 }),
    "apps.web.replicas",
    /is for a single Deployment or StatefulSet/,
  ],
  [
    "a patch that leads nowhere in a manifest",
    (c) =>
      web(c, {
        overrides: {
          "us-east": { patch: [{ object: "ConfigMap/settings", op: "remove", path: "/data/b" }] },
        },
      }),
    "apps.web.overrides.us-east.patch.0.path",
    /leads nowhere: \/data has level; it is applied to ConfigMap\/settings/,
  ],
  [
    "an image for an app of no workload",
    (c) => web(c, { manifests: ["./service.yaml"], overrides: { "us-east": { image: "a" } } }),
    "apps.web.overrides.us-east.image",
    /it has none or several/,
  ],
  ["adopt that is a word", (c) => (c.apps.nginx.adopt = "yes"), "apps.nginx.adopt", /true or false/],
  [
    "a spread that is none",
    (c) => (c.apps.nginx.spread = "Duplicated"),
    "apps.nginx.spread",
    /must be "divided".*or "duplicated"/,
  ],
  [
    "placement by labels that no member has",
    (c) => (c.apps.nginx.placement = { "*": {}, "tier=edge": {} }),
    "apps.nginx.placement.tier=edge",
    /selects no member/,
  ],
  [
    "placement by labels that are none",
    (c) => (c.apps.nginx.placement = { "*": {}, "tier=edge,disk": {} }),
    "apps.nginx.placement.tier=edge,disk",
    /is no list of labels/,
  ],
  [
    "one member selected twice by its labels",
    (c) => {
      c.members["us-east"].labels = { tier: "edge", disk: "ssd" };
      c.apps.nginx.placement = { "*": {}, "tier=edge": {}, "disk=ssd": {} };
    },
    "apps.nginx.placement.disk=ssd",
    /selects us-east, as tier=edge does: name us-east itself/,
  ],
  ["a version without v", (c) => (c.versions = { kubernetes: "1.36.3" }), "versions.kubernetes", /v1\.2\.3/],
  [
    "certificates that are due when they are made",
    (c) => (c.certificates = { validity: 24, renewal: 24 }),
    "certificates.renewal",
    /must be shorter than certificates.validity/,
  ],
  [
    "a checksum that is none",
    (c) => (c.versions = { checksums: { kubelet: "md5:abc" } }),
    "versions.checksums.kubelet",
    /SHA-256/,
  ],
  [
    "an SSH key that is none",
    (c) => (c.members["us-east"].access = { sshKey: "-----BEGIN OPENSSH PRIVATE KEY-----" }),
    "members.us-east.access.sshKey",
    /public key/,
  ],
  [
    "SSH to nodes without public addresses",
    (c) =>
      Object.assign(c.members["us-east"], {
        access: { sshKey: "ssh-ed25519 AAAA" },
        network: { nat: "one" },
      }),
    "members.us-east.access.sshKey",
    /use access\.sessionManager/,
  ],
  [
    "snapshots at no time of the day",
    (c) => (c.members["us-east"].backups = { every: 5 }),
    "members.us-east.backups.every",
    /must be 1, 2, 3, 4, 6, 8, 12 or 24/,
  ],
  [
    "snapshots kept for no day",
    (c) => (c.members["us-east"].backups = { keep: 0 }),
    "members.us-east.backups.keep",
    /from 1 to 3650/,
  ],
  [
    "backups that are a word",
    (c) => (c.members["us-east"].backups = { enabled: "no" }),
    "members.us-east.backups.enabled",
    /true or false/,
  ],
  [
    "a snapshot to restore that is no key",
    (c) => (c.members["us-east"].restoreFrom = "https://bucket/key of mine"),
    "members.us-east.restoreFrom",
    /its key in the member's bucket, or as s3:/,
  ],
  [
    "a snapshot of a bucket that there is not",
    (c) => Object.assign(c.members["us-east"], { backups: { enabled: false }, restoreFrom: "us-east/1.db" }),
    "members.us-east.restoreFrom",
    /use s3:\/\/bucket\/key/,
  ],
  ["a peering that is a member", (c) => (c.peering = "us-west"), "peering", /"all" or a list of pairs/],
  [
    "a peering of three",
    (c) => (c.peering = [["us-west", "us-east", "ap-northeast"]]),
    "peering",
    /pairs of members/,
  ],
  [
    "a peering with an unknown member",
    (c) => (c.peering = [["us-west", "ap-northwest"]]),
    "peering.0.1",
    /is no member: did you mean ap-northeast\?/,
  ],
  [
    "a peering of a member with itself",
    (c) => (c.peering = [["us-west", "us-west"]]),
    "peering.0",
    /with itself/,
  ],
  [
    "a peering twice, once the other way round",
    (c) =>
      (c.peering = [
        ["us-west", "us-east"],
        ["us-east", "us-west"],
      ]),
    "peering.1",
    /is peering\.0 once more/,
  ],
  [
    "a peering with a member of another kind",
    (c) => {
      c.peering = [["us-west", "us-east"]];
      c.members["us-east"].kind = "eks";
    },
    "members.us-east.kind",
    /not there yet/,
  ],
  [
    "a peering of overlapping VPCs",
    (c) => {
      c.peering = "all";
      c.members["us-east"].network = { vpc: "10.3.0.0/16" };
    },
    "members.us-east.network.vpc",
    /overlaps us-west's vpc/,
  ],
  [
    "a peering of overlapping pods",
    (c) => {
      c.peering = "all";
      c.members["us-east"].network = { pods: "10.67.128.0/17" };
    },
    "members.us-east.network.pods",
    /overlaps us-west's pods/,
  ],
  [
    "more nodes and peers than a route table has routes",
    (c) => {
      c.peering = "all";
      c.members["us-east"].workers = { count: 47 };
    },
    "members.us-east.workers.count",
    /at most 46 workers/,
  ],
  ["no time to wait", (c) => (c.timeouts = { api: 0 }), "timeouts.api", /whole number/],
  ["a rollout that is a text", (c) => (c.rollout = "again"), "rollout", /must be a number/],
  ["a misspelt key", (c) => (c.domian = "x"), "domian", /did you mean "domain"\?/],
  [
    "a misspelt key of a member",
    (c) => (c.members["us-east"].workres = {}),
    "members.us-east.workres",
    /did you mean "workers"\?/,
  ],
  [
    "a misspelt key further down",
    (c) => (c.apps.nginx.placement["us-west"].wieght = 1),
    "apps.nginx.placement.us-west.wieght",
    /did you mean "weight"\?/,
  ],
];

describe("config", () => {
  it("fills in every default and plans the members' ranges", () => {
    const config = parseConfig(good());
    expect(config.members["us-west"]).toEqual({
      region: "us-west-2",
      kind: "ec2",
      lost: false,
      joins: true,
      access: { sessionManager: false },
      backups: { enabled: true, every: 6, keep: 30 },
      labels: {},
      network: { nat: "none", vpc: "10.3.0.0/16", pods: "10.67.0.0/16", services: "10.131.0.0/16" },
      controlPlane: { nodes: 1, instanceType: "t3.medium", volumeSize: 10 },
      workers: { count: 2, instanceType: "t3.medium" },
      rollout: 0,
      generation: 1,
    });
    expect(config.apps.nginx.dns).toMatchObject({ name: "nginx", ttl: 300, type: "cname" });
    expect(config.zone).toBe("create");
    expect(config.context).toBe("aws-fed");
    expect(config.warnings).toEqual([]);
  });

  it("takes private nodes behind one NAT gateway", () => {
    const config = parseConfig(changed((c) => (c.members["us-east"].network = { nat: "one" })));
    expect(config.members["us-east"].network).toMatchObject({ nat: "one", vpc: "10.1.0.0/16" });
  });

  it.each(rules)("refuses %s, with path and remedy", (_, change, path, remedy) => {
    const faults = faultsOf(changed(change));
    expect(faults.map((fault) => fault.path)).toEqual([path]);
    expect(faults[0].remedy).toMatch(remedy);
  });

  it("tells all faults at once, numbered, each with path, value and remedy", () => {
    const raw = changed((c) => {
      c.domian = c.domain;
      c.domain = "local";
      c.host = "nobody";
      c.members["us-east"].kind = "eks";
      c.members["us-east"].workers = { count: 60 };
      c.members.second = { region: "us-west-2" };
      c.apps.nginx.dns.ttl = 0;
      c.apps.nginx.placement.nowhere = {};
    });
    const paths = faultsOf(raw).map((fault) => fault.path);
    expect(new Set(paths)).toEqual(
      new Set([
        "domian",
        "domain",
        "host",
        "members.us-east.kind",
        "members.us-east.workers.count",
        "members.second.network",
        "apps.nginx.dns.ttl",
        "apps.nginx.placement.nowhere",
      ]),
    );
    expect(() => parseConfig(raw)).toThrow(
      /has 8 faults:\n {2}1\. domian: "k8s.example.com" – unknown key.*\n {2}2\. /,
    );
  });

  it("refuses what is no object without falling over", () => {
    for (const raw of [undefined, null, "x", [], 7]) expect(faultsOf(raw).length).toBeGreaterThan(3);
  });

  it("lets '*' stand for every member that is not named (A13)", () => {
    const { apps } = parseConfig(
      changed((c) => {
        c.apps.hugo = {
          image: "hugo",
          replicas: 15,
          placement: { "*": { weight: 2 }, "ap-northeast": { min: 1, max: 3, weight: 1 } },
        };
      }),
    );
    expect(apps.hugo.placement).toEqual({
      "us-west": { min: 0, max: 15, weight: 2 },
      "us-east": { min: 0, max: 15, weight: 2 },
      "ap-northeast": { min: 1, max: 3, weight: 1 },
    });
  });

  it("D5: places an app by labels, for which a region counts, too; names go before labels, labels before the rest", () => {
    const placed = (placement: object) =>
      parseConfig(
        changed((c) => {
          c.members["us-east"].labels = { tier: "edge" };
          c.members["us-west"].labels = { tier: "edge" };
          c.apps.nginx.placement = placement;
        }),
      ).apps.nginx.placement;
    const weights = (placement: object) =>
      Object.entries(placed(placement)).map(([name, { weight }]) => `${name}=${weight}`);
    expect(weights({ "tier=edge": { weight: 2 } })).toEqual(["us-west=2", "us-east=2"]);
    expect(weights({ "*": {}, "tier=edge": { weight: 2 }, "us-east": { weight: 3 } })).toEqual([
      "us-west=2",
      "us-east=3",
      "ap-northeast=1",
    ]);
    expect(weights({ "region=ap-northeast-1": {} })).toEqual(["ap-northeast=1"]);
  });

  it("A12: gives each member the override of the nearest key, and none to members that do not run the app", () => {
    const { apps } = parseConfig(
      changed((c) => {
        delete c.apps.nginx.placement["us-west"];
        c.apps.nginx.replicas = 5;
        c.apps.nginx.overrides = { "*": { image: "a" }, "us-east": { image: "b", replicas: 1 } };
      }),
    );
    expect(apps.nginx.overrides).toEqual({
      "us-east": { image: "b", replicas: 1 },
      "ap-northeast": { image: "a" },
    });
  });

  it("D4: reads manifests from files and directories; their load balancer is the app's service", () => {
    const { apps } = parseConfig(
      changed((c) => web(c, { namespace: "shop", dns: { name: "web" } })),
      sources,
    );
    expect(apps.web.manifests.map(({ object }) => [object.kind, object.metadata.namespace])).toEqual([
      ["Deployment", "shop"],
      ["Service", "shop"],
      ["ConfigMap", "shop"],
    ]);
    expect(apps.web.service).toEqual({ port: 8080 });
  });

  it("D12: says that volumes stay in their member where an app with volumes is divided", () => {
    const warned = (spread: string) =>
      parseConfig(
        changed((c) => web(c, { spread })),
        sources,
      ).warnings;
    expect(warned("divided")).toEqual([
      expect.stringMatching(/^apps\.web: the volumes of Deployment\/web stay in the member that made them/),
    ]);
    expect(warned("duplicated")).toEqual([]);
  });

  it("D4: leaves a duplicated Deployment's replicas to its autoscaler", () => {
    const raw = changed((c) => web(c, { spread: "duplicated", manifests: ["./manifests", "./scaler.yaml"] }));
    expect(faultsOf(raw)).toEqual([]);
  });

  it("places an app without placement on every member alike", () => {
    const { apps } = parseConfig(changed((c) => delete c.apps.nginx.placement));
    expect(Object.values(apps.nginx.placement)).toEqual(Array(3).fill({ min: 0, max: 10, weight: 1 }));
  });

  it("takes a whole record name as well as one without the domain", () => {
    const { apps } = parseConfig(changed((c) => (c.apps.nginx.dns.name = "a.b.k8s.example.com")));
    expect(apps.nginx.dns?.name).toBe("a.b");
  });

  it("allows two members in one region when one names its slot", () => {
    const { members: all } = parseConfig(
      changed((c) => (c.members.second = { region: "us-east-2", network: { slot: 40 } })),
    );
    const members = ofKind(all, "ec2");
    expect(members.second.network.vpc).toBe("10.40.0.0/16");
    expect(members["us-east"].network.vpc).toBe("10.1.0.0/16");
  });

  it("D6: peers nobody unless told; a list or all make pairs that do not depend on who is named first", () => {
    const peering = (value?: unknown) => parseConfig(changed((c) => (c.peering = value))).peering;
    expect(peering()).toEqual([]);
    expect(peering([["us-west", "us-east"]])).toEqual([["us-east", "us-west"]]);
    expect(peering("all")).toEqual([
      ["ap-northeast", "us-east"],
      ["ap-northeast", "us-west"],
      ["us-east", "us-west"],
    ]);
    const pairs = [
      ["us-west", "us-east"],
      ["ap-northeast", "us-west"],
    ];
    expect(peering(pairs)).toEqual(peering(pairs.map((pair) => [...pair].reverse()).reverse()));
  });

  it("lets a member's rollout go its own way", () => {
    const { members } = parseConfig(
      changed((c) => {
        c.rollout = 2;
        c.members["us-east"].rollout = 5;
      }),
    );
    expect([members["us-west"].rollout, members["us-east"].rollout]).toEqual([2, 5]);
  });

  it("C1: takes a cluster that is there by its kubeconfig, from a file or a secret, and plans nothing for it", () => {
    const stored = changed((c) => (external(c).kubeconfig = { secret: "stored" }));
    for (const raw of [changed((c) => void external(c)), { ...stored, stored: "the kubeconfig" }]) {
      const { munich, ...own } = parseConfig(raw, sources).members;
      expect(munich).toEqual({
        kind: "external",
        lost: false,
        joins: true,
        region: "eu-central-1",
        zones: [],
        labels: {},
        generation: 1,
        network: { nodes: "192.168.0.0/24", pods: "10.244.0.0/16", services: "10.192.0.0/12" },
        cluster: expect.objectContaining({ server: "https://munich.example.com:6443", insecure: false }),
      });
      expect(own).toEqual(parseConfig(good()).members);
    }
  });

  it("takes pods with addresses of their nodes' range in a cluster that is there, as EKS gives them (D2)", () => {
    const raw = changed((c) => (external(c).network.pods = "192.168.0.0/24"));
    expect(faultsOf(raw)).toEqual([]);
  });

  it("warns of a kubeconfig that lets anybody answer", () => {
    const insecure = givenKubeconfig({ cluster: { "insecure-skip-tls-verify": true } });
    const { warnings } = parseConfig(
      changed((c) => void external(c)),
      { ...sources, file: () => insecure },
    );
    expect(warnings).toEqual([
      expect.stringMatching(/^members\.munich\.kubeconfig: insecure-skip-tls-verify: /),
    ]);
  });

  it("warns of a control plane whose majority one zone may take along", () => {
    const zones = ["us-east-2a", "us-east-2b"];
    const warned = (nodes: number) =>
      parseConfig(changed((c) => Object.assign(c.members["us-east"], { zones, controlPlane: { nodes } })))
        .warnings;
    expect(warned(3)).toEqual([
      expect.stringMatching(/^members\.us-east\.zones: 3 control-plane nodes in 2 .* name three$/),
    ]);
    expect(warned(1)).toEqual([]);
  });
  it("warns of an open API and of instance types below kubeadm's needs (A2)", () => {
    const { warnings } = parseConfig(
      changed((c) => {
        c.apiAccess = ["0.0.0.0/0"];
        c.members["us-east"].controlPlane = { instanceType: "t2.micro" };
        c.members["us-east"].workers = { instanceType: "t2.medium" };
      }),
    );
    expect(warnings).toEqual([
      expect.stringMatching(/^apiAccess: 0\.0\.0\.0\/0/),
      expect.stringMatching(/^members\.us-east\.controlPlane\.instanceType: t2\.micro/),
    ]);
  });
});

describe("stack files", () => {
  it.each(stackNames)("Pulumi.%s.yaml is accepted", (stack) => {
    expect(Object.keys(stackFile(stack).members).length).toBeGreaterThan(0);
  });

  it("Pulumi.markets.yaml has two instances in zone a of each market, and one app for all of them (B1, B2, B3)", () => {
    const config = stackFile("markets");
    const members = Object.entries(ofKind(config.members, "ec2"));
    expect(
      members.map(([name, { region, zones, controlPlane, workers }]) => [
        ...[name, region, zones, controlPlane.nodes, controlPlane.instanceType],
        ...[workers.count, workers.instanceType],
      ]),
    ).toEqual([
      ["usa", "us-east-1", ["us-east-1a"], 1, "t2.medium", 1, "t2.medium"],
      ["eur", "eu-west-1", ["eu-west-1a"], 1, "t2.medium", 1, "t2.medium"],
      ["jpn", "ap-northeast-1", ["ap-northeast-1a"], 1, "t2.medium", 1, "t2.medium"],
    ]);
    expect([config.host, config.context, config.warnings]).toEqual(["usa", "fed", []]);
    const { hugo } = config.apps;
    const taking = (names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, hugo.placement[name]]));
    expect(plan(6, taking(["usa", "eur", "jpn"]))).toEqual({ usa: 2, eur: 2, jpn: 2 });
    expect(plan(6, taking(["usa", "eur"]))).toEqual({ usa: 3, eur: 3 });
    expect(hugo.dns?.name).toBe("hugo-fed");
  });

  it.each(["dev", "sandbox"])(
    "Pulumi.%s.yaml is accepted and has the three regions of the main case (A2, A8)",
    (stack) => {
      const config = stackFile(stack);
      expect(Object.entries(config.members).map(([name, { region }]) => [name, region])).toEqual([
        ["us-west", "us-west-2"],
        ["us-east", "us-east-2"],
        ["ap-northeast", "ap-northeast-1"],
      ]);
      expect(config.apps.nginx.placement["us-west"]).toEqual({ min: 2, max: 10, weight: 200 });
      expect(config.apps.nginx.dns).toMatchObject({ name: "nginx", ttl: 300, type: "cname" });
    },
  );

  it("Pulumi.dev.yaml's commented-out keys are known ones, at their defaults", () => {
    const lines = readFileSync(join(__dirname, "..", "Pulumi.dev.yaml"), "utf8").split("\n");
    // Uncommenting what looks like YAML, leaving the prose; pools and versions must give what is there without them.
    const text = lines
      .map((line) => line.replace(/^(\s*)# (\s*(federation:)?[a-zA-Z:]+:( .*)?)$/, "$1$2"))
      .join("\n");
    const { config } = parse(text) as { config: Raw };
    const raw = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace("federation:", ""), value]),
    );
    const { image, ...member } = raw.members["us-west"];
    expect(image).toMatch(/^ami-/);
    const uncommented = { ...raw, members: { ...raw.members, "us-west": member } };
    const { members } = parseConfig(uncommented, sources);
    const { zones, restoreFrom, ...parsed } = ofKind(members, "ec2")["us-west"];
    expect(members.munich).toMatchObject({ kind: "external", zones: [], labels: {}, generation: 1 });
    expect(zones).toEqual(["us-west-2a", "us-west-2b"]);
    expect(restoreFrom).toMatch(/^us-west\/.*\.db$/);
    expect(parsed).toEqual(stackFile("dev").members["us-west"]);
    expect(raw.versions).toEqual(stackFile("dev").versions);
  });
});
