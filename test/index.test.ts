import { parse } from "yaml";
import { Recorded, Rig, useMocks } from "./mocks";
import { keepCrds } from "./federation/crd-files";
import { CERTIFICATE, encode, givenKubeconfig, KEY } from "./regions/given";
import { devConfig, kindOf, plain, run } from "./whole-program";

// What is waited for does not exist here; the waiting itself has tests of its own.
jest.mock("../regions/poll", () => ({ until: async () => undefined }));
jest.mock("../regions/usage", () => ({ usageOf: async () => ({ there: [], vcpusOf: { "t3.medium": 2 } }) }));
jest.mock("../dns/zone", () => ({ ...jest.requireActual("../dns/zone"), isDelegated: async () => false }));

// Asks clusters, of which there are none here; it has tests of its own.
const asked = jest.fn(async (_: object) => undefined);
jest.mock("../regions/preflight", () => ({ preflight: (config: object) => asked(config) }));

keepCrds();

const counts = (resources: readonly Recorded[]): Record<string, number> =>
  resources.reduce<Record<string, number>>((sum, each) => {
    const kind = kindOf(each);
    return { ...sum, [kind]: (sum[kind] ?? 0) + 1 };
  }, {});
const regions = { "us-west": "us-west-2", "us-east": "us-east-2", "ap-northeast": "ap-northeast-1" };

describe("the whole program with the config of Pulumi.dev.yaml", () => {
  let rig: Rig;
  let outputs: Record<string, any>;
  beforeAll(async () => void ({ rig, outputs } = await run()), 600_000);

  const custom = () =>
    rig.resources.filter((each) => each.custom && !each.type.startsWith("pulumi:providers"));

  test("A1: makes exactly these resources", () => {
    expect(counts(custom())).toEqual({
      "aws Bucket": 3,
      "aws BucketLifecycleConfiguration": 3,
      "aws BucketOwnershipControls": 3,
      "aws BucketPolicy": 3,
      "aws BucketPublicAccessBlock": 3,
      "aws BucketServerSideEncryptionConfiguration": 3,
      "aws BucketVersioning": 3,
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
      "aws Parameter": 24,
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
      "command Command": 7,
      "kubernetes APIService": 1,
      "kubernetes Cluster": 3,
      "kubernetes ClusterRole": 6,
      "kubernetes ClusterRoleBinding": 6,
      "kubernetes CustomResourceDefinition": 19,
      "kubernetes DaemonSet": 3,
      "kubernetes Deployment": 7,
      "kubernetes MutatingWebhookConfiguration": 1,
      "kubernetes Namespace": 6,
      "kubernetes OverridePolicy": 1,
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
      ["namespace-default", "federation/FederatedNamespace"],
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
    const { context, members, records } = await plain(outputs);
    expect(context).toBe("aws-fed");
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

  test("A3: each member has a bucket for its snapshots, which outlives the nodes that write to it", async () => {
    const { members } = await plain(outputs);
    for (const member of Object.keys(regions)) {
      const bucket = rig.named(`${member}-backups-bucket`);
      expect(rig.needs(rig.named(`${member}-control-plane-0`).urn)).toContain(bucket.urn);
      expect(members[member].backups).toBe(bucket.id);
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
  }, 600_000);

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
  }, 600_000);

  describe("with a cluster that is there already beside the others", () => {
    let rig: Rig;
    let outputs: Record<string, any>;
    beforeAll(async () => {
      const { "federation:members": members, "federation:apps": apps } = devConfig();
      const { nginx } = JSON.parse(apps);
      const munich = {
        kind: "external",
        kubeconfig: { secret: "munichKubeconfig" },
        region: "munich",
        latencyRegion: "eu-central-1",
        zones: ["munich-a"],
        labels: { cloud: "own" },
        network: { nodes: "192.168.0.0/24", pods: "10.244.0.0/16", services: "10.192.0.0/12" },
      };
      nginx.placement.munich = { min: 1, max: 1 };
      nginx.replicas = 4;
      const user = { "client-certificate-data": encode(CERTIFICATE), "client-key-data": encode(KEY) };
      asked.mockClear();
      ({ rig, outputs } = await run({
        "federation:members": { ...JSON.parse(members), munich },
        "federation:apps": { nginx },
        "federation:munichKubeconfig": givenKubeconfig({ user }),
      }));
    }, 600_000);

    test("C1: asks it first, and makes nothing of its own for it but a provider", () => {
      expect(asked.mock.calls).toEqual([
        [expect.objectContaining({ members: expect.objectContaining({ munich: expect.anything() }) })],
      ]);
      const its = rig.resources.filter(({ name }) => name === "munich" || name.startsWith("munich-"));
      expect(its.map(({ type, name }) => `${type} ${name}`)).toEqual([
        "federation:regions:ExternalCluster munich",
        "pulumi:providers:kubernetes munich-kubernetes",
      ]);
    });

    test("what is in it is of the join and of the app, and waits for nothing of AWS's", () => {
      const inside = rig.resources.filter(({ provider }) => provider.endsWith("::munich-kubernetes"));
      expect(counts(inside)).toEqual({
        "kubernetes ClusterRole": 1,
        "kubernetes ClusterRoleBinding": 1,
        "kubernetes Namespace": 1,
        "kubernetes Secret": 2,
        "kubernetes Service": 1,
        "kubernetes ServiceAccount": 2,
      });
      const needed = inside.flatMap(({ urn }) => [...rig.needs(urn)]);
      expect(needed.filter((urn) => /::(aws|command):/.test(urn))).toEqual([]);
    });

    test("its kubeconfig is secret, and another one replaces nothing in it", () => {
      const { inputs, secrets } = rig.named("munich-kubernetes");
      expect(secrets).toContain("kubeconfig");
      expect(inputs.clusterIdentifier).toBe("test/munich/1");
      const key = encode(KEY);
      for (const each of rig.resources.filter(({ name }) => name !== "munich-kubernetes"))
        expect([each.name, JSON.stringify(each.inputs).includes(key)]).toEqual([each.name, false]);
    });

    test("E1: Karmada knows where it is, and that it is on nobody's cloud that we know", () => {
      const { metadata, spec } = rig.named("federation-munich-cluster").inputs;
      expect(metadata.labels).toEqual({ cloud: "own" });
      expect(spec).toEqual({
        syncMode: "Push",
        apiEndpoint: "https://munich.example.com:6443",
        secretRef: { namespace: "karmada-cluster", name: "munich" },
        impersonatorSecretRef: { namespace: "karmada-cluster", name: "munich-impersonator" },
        region: "munich",
        zones: ["munich-a"],
      });
      expect(rig.named("federation-munich-credentials").inputs.data.caBundle).toBe(encode(CERTIFICATE));
    });

    test("users near it are sent there by the latency to the AWS region that it names", async () => {
      expect(rig.named("nginx-dns-munich").inputs).toMatchObject({
        setIdentifier: "munich",
        latencyRoutingPolicies: [{ region: "eu-central-1" }],
      });
      const { expiry, kubeconfig, members } = await plain(outputs);
      expect(expiry.munich).toEqual({ admin: "2036-01-01T00:00:00.000Z" });
      expect(members.munich.replicas).toEqual({ nginx: 1 });
      const names = parse(kubeconfig).contexts.map(({ name }: { name: string }) => name);
      expect(names).toContain("munich.k8s.example.com");
    });
  });

  test("a cluster that cannot join ends the run before anything is registered", async () => {
    asked.mockRejectedValueOnce(new Error("1 thing is in the way"));
    const rig = await useMocks();
    const pulumi = await import("@pulumi/pulumi");
    pulumi.runtime.setAllConfig(devConfig());
    const { default: program } = await import("../index");
    await expect(program()).rejects.toThrow("1 thing is in the way");
    expect(await rig.settle()).toEqual([]);
  });

  describe("of two members that peer", () => {
    let rig: Rig;
    beforeAll(async () => {
      ({ rig } = await run({ "federation:peering": [["us-west", "us-east"]] }));
    }, 600_000);
    const peering = () => rig.resources.filter(({ name }) => name.startsWith("peering-"));

    test("D6: adds these resources, each in its side's region, and nothing else", async () => {
      const { rig: without } = await run();
      const names = (from: Rig) => new Set(from.resources.map(({ type, name }) => `${type} ${name}`));
      const before = names(without);
      const added = rig.resources.filter(({ type, name }) => !before.has(`${type} ${name}`));
      expect(added.length).toBe(names(rig).size - before.size);
      const us = "peering-us-east.us-west";
      const rows = (own: string, region: string) => [
        [`${us}-${own}-echo`, "aws SecurityGroupIngressRule", region],
        [`${us}-${own}-nodes-route`, "aws Route", region],
        [`${us}-${own}-overlay`, "aws SecurityGroupIngressRule", region],
        [`${us}-${own}-pods`, "aws SecurityGroupIngressRule", region],
      ];
      expect(added.map((each) => [each.name, kindOf(each), each.inputs.region]).sort()).toEqual(
        [
          [us, "federation Peering", undefined],
          [`${us}-connection`, "aws VpcPeeringConnection", "us-east-2"],
          [`${us}-accepter`, "aws VpcPeeringConnectionAccepter", "us-west-2"],
          [`${us}-requester-options`, "aws PeeringConnectionOptions", "us-east-2"],
          [`${us}-accepter-options`, "aws PeeringConnectionOptions", "us-west-2"],
          ...rows("us-east", "us-east-2"),
          ...rows("us-west", "us-west-2"),
        ].sort(),
      );
    }, 600_000);

    test("D6: changes nothing of what was there but what nodes read", async () => {
      const { rig: without } = await run();
      const inputs = (from: Rig) =>
        Object.fromEntries(from.resources.map(({ type, name, inputs }) => [`${type} ${name}`, inputs]));
      const [before, after] = [inputs(without), inputs(rig)];
      const changed = Object.keys(before).filter(
        (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
      );
      expect(changed.sort()).toEqual(
        ["us-east", "us-west"].map((name) => `aws:ssm/parameter:Parameter ${name}-peers`),
      );
      expect(after["aws:ssm/parameter:Parameter us-west-peers"].insecureValue).toBe(
        "10.65.0.0/16 10.1.0.0/16 10.1.0.10",
      );
      expect(after["aws:ssm/parameter:Parameter ap-northeast-peers"].insecureValue).toBe("none");
    }, 600_000);

    test("D6: is gone before either network, and nothing waits for it", () => {
      const [connection] = peering().filter(({ name }) => name.endsWith("-connection"));
      const needed = rig.needs(connection.urn);
      for (const member of ["us-west", "us-east"])
        expect(needed).toContain(rig.named(`${member}-network-vpc`).urn);
      const own = new Set(peering().map(({ urn }) => urn));
      const waiting = rig.resources.filter(
        ({ urn, dependencies }) => !own.has(urn) && dependencies.some((each) => own.has(each)),
      );
      expect(waiting).toEqual([]);
    });
  });

  test("a wrong config registers nothing", async () => {
    const rig = await useMocks();
    const pulumi = await import("@pulumi/pulumi");
    pulumi.runtime.setAllConfig(devConfig({ "federation:host": "eu-west" }));
    const { default: program } = await import("../index");
    await expect(program()).rejects.toThrow(/host.*eu-west/s);
    expect(await rig.settle()).toEqual([]);
  });
});
