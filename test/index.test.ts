import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { Computed, Recorded, Rig, useMocks } from "./mocks";
import { keepCrds } from "./federation/crd-files";
import { clusterAnswers } from "./federation/members";

// What is waited for does not exist here; the waiting itself has tests of its own.
jest.mock("../regions/poll", () => ({ until: async () => undefined }));
jest.mock("../regions/usage", () => ({ usageOf: async () => ({ there: [], vcpusOf: { "t3.medium": 2 } }) }));
jest.mock("../dns/zone", () => ({ ...jest.requireActual("../dns/zone"), isDelegated: async () => false }));

keepCrds();

/** The config of Pulumi.dev.yaml, as the engine hands it over. */
function devConfig(change: object = {}): Record<string, string> {
  const { config } = parse(readFileSync(path.join(__dirname, "../Pulumi.dev.yaml"), "utf8"));
  return Object.fromEntries(
    Object.entries({ ...config, ...change }).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

async function run(change: object = {}, computed: Computed = {}) {
  const rig = await useMocks({
    computed: {
      ...clusterAnswers,
      "aws:route53/zone:Zone": () => ({ zoneId: "Z", nameServers: ["ns.example"] }),
      ...computed,
    },
  });
  const pulumi = await import("@pulumi/pulumi");
  pulumi.runtime.setAllConfig(devConfig(change));
  const { default: program } = await import("../index");
  const outputs: Record<string, any> = await program();
  await rig.settle();
  return { rig, outputs };
}

const kindOf = ({ type }: Recorded): string => {
  const [own, , kind] = type.split(":");
  return own === "pulumi" ? type : `${own} ${kind}`;
};
const counts = (resources: readonly Recorded[]): Record<string, number> =>
  resources.reduce<Record<string, number>>((sum, each) => {
    const kind = kindOf(each);
    return { ...sum, [kind]: (sum[kind] ?? 0) + 1 };
  }, {});
const regions = { "us-west": "us-west-2", "us-east": "us-east-2", "ap-northeast": "ap-northeast-1" };

describe("the whole program with the config of Pulumi.dev.yaml", () => {
  let rig: Rig;
  let outputs: Record<string, any>;
  beforeAll(async () => void ({ rig, outputs } = await run()), 120_000);

  const custom = () =>
    rig.resources.filter((each) => each.custom && !each.type.startsWith("pulumi:providers"));

  test("A1: makes exactly these resources", () => {
    expect(counts(custom())).toEqual({
      "aws Eip": 3,
      "aws EipAssociation": 3,
      "aws Group": 3,
      "aws HealthCheck": 2,
      "aws Instance": 3,
      "aws InstanceProfile": 6,
      "aws InternetGateway": 3,
      "aws LaunchTemplate": 3,
      "aws Listener": 3,
      "aws LoadBalancer": 3,
      "aws NetworkInterface": 3,
      "aws Parameter": 18,
      "aws Record": 3,
      "aws Role": 6,
      "aws RolePolicy": 6,
      "aws Route": 3,
      "aws RouteTable": 3,
      "aws RouteTableAssociation": 6,
      "aws SecurityGroup": 6,
      "aws SecurityGroupEgressRule": 6,
      "aws SecurityGroupIngressRule": 15,
      "aws Subnet": 6,
      "aws TargetGroup": 3,
      "aws TargetGroupAttachment": 3,
      "aws Volume": 4,
      "aws VolumeAttachment": 4,
      "aws Vpc": 3,
      "aws Zone": 1,
      "command Command": 4,
      "kubernetes APIService": 1,
      "kubernetes Cluster": 3,
      "kubernetes ClusterRole": 6,
      "kubernetes ClusterRoleBinding": 6,
      "kubernetes CustomResourceDefinition": 19,
      "kubernetes DaemonSet": 3,
      "kubernetes Deployment": 7,
      "kubernetes MutatingWebhookConfiguration": 1,
      "kubernetes Namespace": 6,
      "kubernetes PersistentVolume": 1,
      "kubernetes PropagationPolicy": 1,
      "kubernetes RoleBinding": 3,
      "kubernetes Secret": 19,
      "kubernetes Service": 8,
      "kubernetes ServiceAccount": 9,
      "kubernetes StatefulSet": 1,
      "kubernetes StorageClass": 1,
      "kubernetes ValidatingWebhookConfiguration": 1,
      "pulumi:index:Stash": 10,
      "tls CertRequest": 11,
      "tls LocallySignedCert": 11,
      "tls PrivateKey": 27,
      "tls SelfSignedCert": 12,
    });
  });

  test("every resource has a name of its own, and a parent: the stack, or what it is a part of", () => {
    const names = rig.resources.map(({ type, name }) => `${type} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    const top = rig.resources.filter(({ parent }) => parent === "");
    const componentOf = ({ type }: Recorded) => /^federation:(\w+):(\w+)$/.exec(type)?.slice(1).join("/");
    expect(top.map((each) => [each.name, componentOf(each) ?? each.type])).toEqual([
      ["command", "pulumi:providers:command"],
      ["tls", "pulumi:providers:tls"],
      ["aws", "pulumi:providers:aws"],
      ["choices", "regions/KeptChoices"],
      ...Object.keys(regions).map((member) => [member, "regions/Ec2Cluster"]),
      ["federation", "federation/Federation"],
      ["zone", "dns/Zone"],
      ["nginx-withdrawal", "dns/Withdrawal"],
      ["nginx", "apps/FederatedApp"],
      ["nginx-dns", "dns/LatencyRecords"],
    ]);
  });

  test("every regional resource is in its member's region, by its own word", () => {
    const regional = rig.resources.filter(({ type }) => /^aws:(?!iam|route53)/.test(type));
    for (const { name, inputs } of regional) {
      const member = Object.keys(regions).find((each) => name.startsWith(`${each}-`)) as keyof typeof regions;
      expect([name, inputs.region]).toEqual([name, regions[member]]);
    }
    const regionsSeen = counts(regional.map((each) => ({ ...each, type: `pulumi:${each.inputs.region}` })));
    expect(new Set(Object.values(regionsSeen)).size).toBe(2); // the host has one volume more than the others
  });

  test("uses the program's own providers only", () => {
    for (const each of custom().filter(({ type }) => !type.startsWith("pulumi:"))) {
      expect([each.name, each.provider]).toEqual([
        each.name,
        expect.stringMatching(/^urn:.*pulumi:providers:/),
      ]);
    }
  });

  test("no key, token or kubeconfig is in a plain input", () => {
    const texts = (value: unknown, at: string): [string, string][] =>
      typeof value === "string"
        ? [[at, value]]
        : value && typeof value === "object"
          ? Object.entries(value).flatMap(([key, inner]) => texts(inner, at ? `${at}.${key}` : key))
          : [];
    const secret = /PRIVATE KEY|client-key-data: \S|token of /;
    const base64 = (text: string) => Buffer.from(text, "base64").toString("latin1");
    const leaks = rig.resources.flatMap(({ name, inputs, secrets }) =>
      texts(inputs, "")
        .filter(([at]) => !secrets.some((each) => at === each || at.startsWith(`${each}.`)))
        .filter(([, text]) => secret.test(text) || secret.test(base64(text)))
        .map(([at]) => `${name}: ${at}`),
    );
    expect(leaks).toEqual([]);
  });

  test("A4: the kubeconfig output is secret, the only one, and has a context for each member and the federation", async () => {
    const { isSecret } = await import("@pulumi/pulumi");
    const values = await plain(outputs);
    expect(await isSecret(outputs.kubeconfig)).toBe(true);
    const { contexts, users } = parse(values.kubeconfig);
    expect(contexts.map(({ name }: { name: string }) => name)).toEqual([
      "us-west.k8s.example.com",
      "us-east.k8s.example.com",
      "ap-northeast.k8s.example.com",
      "aws-fed",
    ]);
    for (const { user } of users)
      expect(Object.keys(user)).toEqual(["client-certificate-data", "client-key-data"]);
    expect(JSON.stringify({ ...values, kubeconfig: "" })).not.toMatch(/PRIVATE KEY|key-data|token/);
  });

  test("tells when certificates end, the federation's and each member's", async () => {
    const { expiry } = await plain(outputs);
    expect(Object.keys(expiry)).toEqual(["federation", ...Object.keys(regions)]);
    expect(expiry.federation).toEqual({ ca: "2036-11-21T00:00:00Z", certificates: "2027-11-21T00:00:00Z" });
    expect(expiry["us-east"]).toEqual({ ca: "2036-11-21T00:00:00Z", admin: "2027-11-21T00:00:00Z" });
  });

  test("A8: tells the replicas and load balancers of each member, and the records of the name", async () => {
    const { members, records } = await plain(outputs);
    const shares = Object.entries(members).map(([name, member]: [string, any]) => [
      name,
      member.replicas.nginx,
    ]);
    expect(Object.fromEntries(shares)).toEqual({ "us-west": 2, "us-east": 0, "ap-northeast": 1 });
    expect(records.nginx.map(({ setIdentifier }: any) => setIdentifier)).toEqual([
      "us-west-2",
      "ap-northeast-1",
    ]);
    expect(records.nginx[0]).toMatchObject({ name: "nginx.k8s.example.com", type: "CNAME", ttl: 300 });
  });

  test("A14: goes down in this order: record, app, membership, control plane, load balancers, nodes, network", () => {
    const steps = [
      "nginx-dns-us-west",
      "nginx-deployment",
      "federation-us-east-cluster",
      "federation-control-plane-scheduler-deployment",
      "federation-control-plane-apiserver-service",
      "us-west-drain",
      "us-west-cloud-controller-daemonset",
      "us-west-control-plane-0",
      "us-west-slots-0-interface",
      "us-west-network-public-a",
      "us-west-network-vpc",
    ];
    for (const [i, step] of steps.entries()) {
      const needed = rig.needs(rig.named(step).urn);
      const missing = steps.slice(i + 1).filter((after) => !needed.has(rig.named(after).urn));
      expect([step, missing]).toEqual([step, []]);
    }
  });

  test("a member's cluster goes only when all that is in it, or of its membership, is gone", () => {
    for (const member of Object.keys(regions)) {
      const drain = rig.named(`${member}-drain`).urn;
      const inside = rig.resources.filter(
        (each) => each.provider.endsWith(`::${member}-kubernetes`) && !/-cloud-controller-/.test(each.name),
      );
      expect(inside.length).toBeGreaterThan(4);
      const all = [...inside, rig.named(`federation-${member}-cluster`)];
      expect(all.filter(({ urn }) => !rig.needs(urn).has(drain)).map(({ name }) => name)).toEqual([]);
    }
  });

  test("A10: withdraws records before replicas move, and writes them when they run", () => {
    const withdrawal = rig.named("nginx-withdrawal-records").urn;
    expect(rig.needs(rig.named("nginx-policy").urn)).toContain(withdrawal);
    expect(rig.needs(rig.named("nginx-dns-us-west").urn)).toContain(rig.named("nginx-policy").urn);
  });
});

describe("the whole program with other configs", () => {
  test("nodes are made from what was frozen, and no authority, certificate or server's name is part of what a cluster is known by", async () => {
    const { rig } = await run(
      {},
      {
        "pulumi:index:Stash": ({ name, inputs }) => ({
          output: name.endsWith("-blueprint") ? { ami: "ami-old", packed: "old" } : inputs.input,
        }),
        "tls:index/selfSignedCert:SelfSignedCert": ({ name }) => ({
          certPem: `new CA ${name}`,
          validityEndTime: "",
        }),
        "tls:index/locallySignedCert:LocallySignedCert": () => ({ certPem: "new", validityEndTime: "" }),
        "aws:lb/loadBalancer:LoadBalancer": ({ name }) => ({
          arn: name,
          dnsName: `new-${name}`,
          zoneId: "Z",
        }),
      },
    );
    const instances = rig.ofType("aws:ec2/instance:Instance").map(({ inputs }) => inputs);
    const templates = rig.ofType("aws:ec2/launchTemplate:LaunchTemplate").map(({ inputs }) => inputs);
    const madeFrom = [
      ...instances.map(({ ami, userDataBase64 }) => [ami, userDataBase64]),
      ...templates.map(({ imageId, userData }) => [imageId, userData]),
    ];
    expect(madeFrom).toEqual(Array(6).fill(["ami-old", "old"]));
    const clusters = rig.ofType("pulumi:providers:kubernetes").map(({ inputs }) => inputs);
    expect(clusters.map(({ clusterIdentifier }) => clusterIdentifier).sort()).toEqual(
      ["aws-fed", ...Object.keys(regions)].map((member) => `test/${member}/1`).sort(),
    );
    expect(rig.named("us-east-kubernetes").inputs.kubeconfig).toContain("https://new-us-east-api");
  }, 120_000);

  test("a choice that a member's cluster does not outlive is refused before anything of AWS is made", async () => {
    const pulumi = await import("@pulumi/pulumi");
    const was = (input: object) => ({ ...input, nat: "one" });
    const rig = await useMocks({
      computed: {
        "pulumi:index:Stash": ({ name, inputs }) => ({
          output: name === "choices-us-east-0" ? was(inputs.input) : inputs.input,
        }),
      },
    });
    pulumi.runtime.setAllConfig(devConfig());
    const { default: program } = await import("../index");
    await expect(program()).rejects.toThrow(/members\.us-east\.network\.nat: "none".*made with "one"/);
    const made = (await rig.settle()).filter(({ custom, type }) => custom && !/^pulumi:/.test(type));
    expect(made).toEqual([]);
  });

  test("A8 A10: with 10 replicas differs by one record and its check, and by nothing else", async () => {
    const names = async (change: object) => {
      const { rig } = await run(change);
      return new Set(rig.resources.map(({ type, name }) => `${kindOf({ type } as Recorded)} ${name}`));
    };
    const apps = (replicas: number) => {
      const { nginx } = JSON.parse(devConfig()["federation:apps"]);
      return { "federation:apps": { nginx: { ...nginx, replicas } } };
    };
    const [three, ten] = [await names(apps(3)), await names(apps(10))];
    expect([...ten].filter((each) => !three.has(each)).sort()).toEqual([
      "aws HealthCheck nginx-dns-us-east-health",
      "aws Record nginx-dns-us-east",
    ]);
    expect([...three].filter((each) => !ten.has(each))).toEqual([]);
  }, 120_000);

  test("a wrong config registers nothing", async () => {
    const rig = await useMocks();
    const pulumi = await import("@pulumi/pulumi");
    pulumi.runtime.setAllConfig(devConfig({ "federation:host": "eu-west" }));
    const { default: program } = await import("../index");
    await expect(program()).rejects.toThrow(/host.*eu-west/s);
    expect(await rig.settle()).toEqual([]);
  });
});

/** Outputs as plain values, however deep. */
async function plain(outputs: object): Promise<any> {
  const pulumi = await import("@pulumi/pulumi");
  return new Promise((resolve) => pulumi.output(outputs).apply(resolve));
}
