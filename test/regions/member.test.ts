import { gunzipSync } from "zlib";
import type * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "../../config";
import { Recorded, Rig, useMocks } from "../mocks";

jest.mock("../../regions/ready");
jest.mock("../../regions/poll", () => ({ until: async () => undefined }));

const zones = ["us-west-2a", "us-west-2b"];

const config = (change: object = {}) =>
  parseConfig({
    domain: "k8s.example.com",
    host: "us-west",
    apiAccess: ["203.0.113.0/24", "198.51.100.7/32"],
    members: { "us-west": { region: "us-west-2", ...change }, "us-east": { region: "us-east-2" } },
  });

/** Tells whom a resource belongs to, as the audit does. */
const notRegional = /^aws:iam\//;

interface Built {
  readonly rig: Rig;
  readonly member: import("../../regions/ec2-cluster").Ec2Cluster;
}

async function build(
  name = "us-west",
  change: object = {},
  args: object = {},
  hosts = false,
): Promise<Built> {
  const rig = await useMocks();
  const aws = await import("@pulumi/aws");
  const tls = await import("@pulumi/tls");
  const command = await import("@pulumi/command");
  const { createHost, createMember } = await import("../../regions/member");
  const { Ec2Cluster } = await import("../../regions/ec2-cluster");
  const opts = {
    providers: [new aws.Provider("aws"), new tls.Provider("tls"), new command.Provider("command")],
  };
  const own = { zones: name === "us-west" ? zones : ["us-east-2a"], ...args };
  const member = hosts
    ? createHost(config(change), { peers: {}, ...own, zones: { [name]: own.zones } }, opts)
    : createMember(name, config(change), own, opts);
  await rig.settle();
  if (!(member instanceof Ec2Cluster)) throw new Error(`${name} is no cluster on EC2`);
  return { rig, member };
}

const value = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

const counts = (resources: readonly Recorded[]): Record<string, number> =>
  resources.reduce<Record<string, number>>((sum, { type }) => ({ ...sum, [type]: (sum[type] ?? 0) + 1 }), {});

describe("a member on EC2", () => {
  let rig: Rig;
  let member: Built["member"];
  const aws = (): Recorded[] => rig.resources.filter(({ type }) => type.startsWith("aws:"));

  beforeAll(async () => ({ rig, member } = await build()), 60_000);

  it("consists of exactly these resources", () => {
    expect(
      counts(
        rig.resources.filter(
          ({ custom, type }) => custom && !/^pulumi:providers:(aws|tls|command)/.test(type),
        ),
      ),
    ).toEqual({
      "aws:autoscaling/group:Group": 1,
      "aws:ebs/volume:Volume": 1,
      "aws:ec2/eip:Eip": 1,
      "aws:ec2/eipAssociation:EipAssociation": 1,
      "aws:ec2/instance:Instance": 1,
      "aws:ec2/internetGateway:InternetGateway": 1,
      "aws:ec2/launchTemplate:LaunchTemplate": 1,
      "aws:ec2/networkInterface:NetworkInterface": 1,
      "aws:ec2/route:Route": 1,
      "aws:ec2/routeTable:RouteTable": 1,
      "aws:ec2/routeTableAssociation:RouteTableAssociation": 2,
      "aws:ec2/securityGroup:SecurityGroup": 2,
      "aws:ec2/subnet:Subnet": 2,
      "aws:ec2/volumeAttachment:VolumeAttachment": 1,
      "aws:ec2/vpc:Vpc": 1,
      "aws:iam/instanceProfile:InstanceProfile": 2,
      "aws:iam/role:Role": 2,
      "aws:iam/rolePolicy:RolePolicy": 2,
      "aws:lb/listener:Listener": 1,
      "aws:lb/loadBalancer:LoadBalancer": 1,
      "aws:lb/targetGroup:TargetGroup": 1,
      "aws:lb/targetGroupAttachment:TargetGroupAttachment": 1,
      "aws:s3/bucket:Bucket": 1,
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 1,
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 1,
      "aws:s3/bucketPolicy:BucketPolicy": 1,
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 1,
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 1,
      "aws:s3/bucketVersioning:BucketVersioning": 1,
      "aws:ssm/parameter:Parameter": 8,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 2,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 5,
      "command:local:Command": 1,
      "kubernetes:apps/v1:DaemonSet": 1,
      "kubernetes:core/v1:ServiceAccount": 1,
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": 1,
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": 1,
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": 1,
      "pulumi:index:Stash": 2,
      "pulumi:providers:kubernetes": 1,
      "tls:index/certRequest:CertRequest": 1,
      "tls:index/locallySignedCert:LocallySignedCert": 1,
      "tls:index/privateKey:PrivateKey": 5,
      "tls:index/selfSignedCert:SelfSignedCert": 3,
    });
  });

  it("has its own region on every regional resource", () => {
    for (const resource of aws()) {
      expect([resource.name, resource.inputs.region]).toEqual([
        resource.name,
        notRegional.test(resource.type) ? undefined : "us-west-2",
      ]);
    }
  });

  it("gives every resource a parent, a provider and a name that begins with its own", () => {
    for (const { name, type, parent, provider, custom } of rig.resources) {
      if (/^pulumi:providers:(aws|tls|command)/.test(type)) continue;
      expect(name).toMatch(/^us-west(-|$)/);
      if (name !== "us-west")
        expect([name, parent]).toEqual([name, expect.stringContaining("federation:regions:")]);
      const [own] = type.split(":");
      if (custom && own !== "pulumi")
        expect([name, provider]).toEqual([name, expect.stringContaining(`pulumi:providers:${own}`)]);
    }
  });

  it("tags what can be tagged with stack and member, so that an audit finds it", () => {
    const untagged = /:Route$|Association|Attachment|RolePolicy|providers|:Bucket./;
    for (const { type, name, inputs } of aws().filter((resource) => !untagged.test(resource.type))) {
      const tags = Array.isArray(inputs.tags)
        ? Object.fromEntries(inputs.tags.map(({ key, value }: Record<string, string>) => [key, value]))
        : inputs.tags;
      expect([type, name, tags]).toEqual([
        type,
        name,
        expect.objectContaining({ "federation/stack": "federation/test", "federation/member": "us-west" }),
      ]);
    }
  });

  it("carries the cluster's tag on one route table and one security group: the cloud controller refuses more", () => {
    const tag = "kubernetes.io/cluster/federation-test-us-west";
    const owned = aws().filter(({ inputs }) => inputs.tags?.[tag] === "owned");
    expect(owned.map(({ name }) => name).sort()).toEqual([
      "us-west-control-plane-0",
      "us-west-network-public-a",
      "us-west-network-public-b",
      "us-west-network-routes",
      "us-west-network-vpc",
      "us-west-security-nodes",
    ]);
    const group = rig.ofType("aws:autoscaling/group:Group")[0];
    expect(group.inputs.tags).toContainEqual({ key: tag, value: "owned", propagateAtLaunch: true });
  });

  it("keeps every secret out of plain inputs, user data above all (A5)", () => {
    const plain = (resource: Recorded): string =>
      JSON.stringify(resource.inputs, (key, inner) =>
        resource.secrets.some((path) => path === key || path.startsWith(`${key}.`)) ? undefined : inner,
      );
    const leaks = rig.resources
      .filter(({ type }) => !/tls:index\/privateKey/.test(type))
      .filter((r) => /PRIVATE KEY/.test(plain(r)));
    expect(leaks.map(({ name }) => name)).toEqual([]);
    // Who the peers are is no secret: a preview shows it.
    const peers = rig.named("us-west-peers");
    expect(peers.inputs).toMatchObject({ type: "String", insecureValue: "none" });
    const others = ["us-west-peers", "us-west-backups-parameter"];
    for (const parameter of rig
      .ofType("aws:ssm/parameter:Parameter")
      .filter(({ name }) => !others.includes(name))) {
      expect([parameter.name, parameter.inputs.type, parameter.secrets]).toEqual([
        parameter.name,
        "SecureString",
        ["value"],
      ]);
    }
    expect(rig.named("us-west-kubernetes").secrets).toEqual(["kubeconfig"]);
    expect(rig.named("us-west-drain").secrets).toEqual(["environment"]);
    const scripts = [
      decode(rig.named("us-west-control-plane-0").inputs.userDataBase64),
      decode(rig.named("us-west-workers-template").inputs.userData),
    ];
    for (const script of scripts) {
      expect(script).toMatch(/^#!\/bin\/bash\n/);
      expect(script).not.toMatch(/PRIVATE KEY|PUBLIC KEY|CERTIFICATE /);
    }
  });

  it("puts each key of the control plane into a parameter of its own, all below 4 KB", () => {
    const parameters = rig
      .ofType("aws:ssm/parameter:Parameter")
      .map(({ inputs }) => inputs)
      .filter(({ type }) => type === "SecureString");
    expect(parameters.map(({ name }) => name).sort()).toEqual([
      "/federation/test/us-west/control-plane/begun-1",
      "/federation/test/us-west/control-plane/ca",
      "/federation/test/us-west/control-plane/etcd-ca",
      "/federation/test/us-west/control-plane/front-proxy-ca",
      "/federation/test/us-west/control-plane/service-account",
      "/federation/test/us-west/workers/join",
    ]);
    for (const { value, insecureValue: text = value } of parameters) expect(text.length).toBeLessThan(4096);
    expect(rig.named("us-west-pki-workers-join").ignoreChanges).toEqual(["value"]);
  });

  it("lets a worker read the token to join with and who its peers are, and nothing else", () => {
    const { Statement } = JSON.parse(rig.named("us-west-workers-policy").inputs.policy);
    expect(Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["ssm:GetParameter"],
        Resource: [
          "arn:parameter/federation/test/us-west/workers/join",
          "arn:parameter/federation/test/us-west/peers",
        ],
      },
    ]);
  });

  it("lets the control plane read its keys and write the token, and change only what is the cluster's", () => {
    const { Statement } = JSON.parse(rig.named("us-west-control-plane-policy").inputs.policy);
    expect(Statement[0]).toEqual({
      Effect: "Allow",
      Action: ["ssm:GetParameters"],
      Resource: expect.arrayContaining([expect.stringContaining("/control-plane/ca")]),
    });
    expect(Statement[1]).toMatchObject({
      Action: ["ssm:GetParameter"],
      Resource: [
        expect.stringContaining("/control-plane/begun-1"),
        expect.stringContaining("/us-west/peers"),
      ],
    });
    expect(Statement[2]).toMatchObject({
      Action: ["ssm:PutParameter"],
      Resource: [expect.stringContaining("/workers/join"), expect.stringContaining("/control-plane/begun-1")],
    });
    const routes = Statement.find(({ Action }: { Action: string[] }) => Action.includes("ec2:CreateRoute"));
    expect(routes.Condition.StringEquals).toEqual({
      "aws:ResourceTag/kubernetes.io/cluster/federation-test-us-west": "owned",
    });
  });

  it("requires the token-guarded metadata service on every node, out of pods' reach", () => {
    for (const name of ["us-west-control-plane-0", "us-west-workers-template"]) {
      expect(rig.named(name).inputs.metadataOptions).toEqual({
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
      });
    }
  });

  it("encrypts every volume", () => {
    expect(rig.named("us-west-slots-0-etcd").inputs.encrypted).toBe(true);
    expect(rig.named("us-west-control-plane-0").inputs.rootBlockDevice.encrypted).toBe(true);
    expect(rig.named("us-west-workers-template").inputs.blockDeviceMappings[0].ebs.encrypted).toBe("true");
  });

  it("puts its control plane into a slot with a fixed address, whose interface carries pods' addresses", () => {
    expect(rig.named("us-west-slots-0-interface").inputs).toMatchObject({
      privateIps: ["10.3.0.10"],
      sourceDestCheck: false,
    });
    const instance = rig.named("us-west-control-plane-0");
    expect(instance.inputs.primaryNetworkInterface.networkInterfaceId).toBe(
      "NetworkInterface/us-west-slots-0-interface",
    );
    expect(instance.deleteBeforeReplace).toBe(true);
    expect(rig.named("us-west-control-plane-0-volume-0").inputs.stopInstanceBeforeDetaching).toBe(true);
    expect(rig.named("us-west-control-plane-0-target").inputs).toMatchObject({
      targetId: "10.3.0.10",
      port: 6443,
    });
  });

  it("freezes image and user data until the next rollout", () => {
    for (const name of ["us-west-control-plane-0-blueprint", "us-west-workers-blueprint"]) {
      expect(rig.named(name).replacementTrigger).toBe(0);
      expect(Object.keys(rig.named(name).inputs.input).sort()).toEqual(["ami", "packed", "userData"]);
    }
  });

  it("gives the load balancer of the API a group of its own, and hides who asks from the nodes", () => {
    expect(rig.ofType("aws:lb/loadBalancer:LoadBalancer")[0].inputs).toMatchObject({
      loadBalancerType: "network",
      securityGroups: ["SecurityGroup/us-west-security-api"],
    });
    expect(rig.ofType("aws:lb/targetGroup:TargetGroup")[0].inputs).toMatchObject({
      protocol: "TCP",
      port: 6443,
      preserveClientIp: "false",
      healthCheck: { protocol: "HTTPS", path: "/readyz" },
    });
  });

  it("runs the pinned cloud controller on the control plane's own network, with the member's pod range", () => {
    const { spec } = rig.named("us-west-cloud-controller-daemonset").inputs;
    const pod = spec.template.spec;
    expect(pod).toMatchObject({
      hostNetwork: true,
      nodeSelector: { "node-role.kubernetes.io/control-plane": "" },
    });
    expect(pod.containers[0].image).toBe("registry.k8s.io/provider-aws/cloud-controller-manager:v1.33.0");
    expect(pod.containers[0].args).toEqual(
      expect.arrayContaining([
        "--cluster-name=federation-test-us-west",
        "--cluster-cidr=10.67.0.0/16",
        "--allocate-node-cidrs=true",
        "--configure-cloud-routes=true",
      ]),
    );
  });

  it("has a provider that waits for the nodes and yet is not made of them: a new node is no new cluster", () => {
    const provider = rig.named("us-west-kubernetes");
    const node = rig.named("us-west-control-plane-0").urn;
    expect(rig.needs(provider.urn)).toContain(node);
    expect(Object.keys(provider.inputDependencies)).toContain("kubeconfig");
    expect(provider.inputDependencies.kubeconfig).not.toContain(node);
    // The rig does tell them: user data are made of their blueprint.
    const blueprint = rig.named("us-west-control-plane-0-blueprint").urn;
    expect(rig.named("us-west-control-plane-0").inputDependencies.userDataBase64).toContain(blueprint);
  });

  it("takes down what is in the cluster before anything that keeps its API answering (A14)", () => {
    const outlive = rig.needs(rig.named("us-west-cloud-controller-daemonset").urn);
    expect(
      aws()
        .filter(({ urn }) => !outlive.has(urn))
        .map(({ name }) => name),
    ).toEqual([]);
  });

  it("drains between the workloads and the cloud controller, without triggers (A14)", () => {
    const drain = rig.named("us-west-drain");
    const outlive = rig.needs(drain.urn);
    for (const { urn, name, type } of rig.resources) {
      if (/^(aws|kubernetes):/.test(type)) expect([name, outlive.has(urn)]).toEqual([name, true]);
    }
    expect(drain.inputs.triggers).toBeUndefined();
    expect(drain.inputs.delete).toBe("node --no-warnings --import tsx regions/drain-script.ts");
    expect(drain.inputs.environment).toMatchObject({
      DRAIN_REGION: "us-west-2",
      DRAIN_TAG: "kubernetes.io/cluster/federation-test-us-west",
      DRAIN_NODES_GROUP: "SecurityGroup/us-west-security-nodes",
      DRAIN_SECONDS: "900",
    });
  });

  it("offers the contract of a member", async () => {
    expect([member.name, member.region, member.zones]).toEqual(["us-west", "us-west-2", zones]);
    expect(await value(member.endpoint)).toBe("https://us-west-api-0123456.elb.us-west-2.amazonaws.com:6443");
    expect(await value(member.egress)).toEqual([expect.stringMatching(/^203\.0\.113\.\d+\/32$/)]);
    expect(member.controlPlaneNodes).toEqual(["ip-10-3-0-10.us-west-2.compute.internal"]);
    expect(await value(member.kubeconfig)).toContain("current-context: us-west.k8s.example.com");
    expect(await value(member.caCertificate)).toContain("CERTIFICATE us-west-pki-ca");
    const urns = await Promise.all(member.ready.map(({ urn }) => value(urn)));
    expect(urns).toEqual(
      expect.arrayContaining([
        rig.named("us-west-drain").urn,
        rig.named("us-west-cloud-controller-daemonset").urn,
      ]),
    );
  });
});

describe("a member's rules", () => {
  it("are these, each with a reason", async () => {
    const { rulesOf } = await import("../../regions/security");
    const rules = rulesOf({
      pods: "10.67.0.0/16",
      apiAccess: ["203.0.113.0/24"],
      apiAllowFrom: ["54.0.0.1/32"],
    });
    const told = rules.map(
      ({ group, direction, port, peer }) =>
        `${group} ${direction} ${port} ${"cidr" in peer ? peer.cidr : peer.group}`,
    );
    expect(told).toEqual([
      "api in 6443 203.0.113.0/24",
      "api in 6443 54.0.0.1/32",
      "api out 6443 nodes",
      "nodes in 6443 api",
      "nodes in all nodes",
      "nodes in all 10.67.0.0/16",
      "nodes out all 0.0.0.0/0",
    ]);
    for (const { description } of rules) expect(description.length).toBeGreaterThan(5);
  });

  it("let in the API's load balancer, the nodes and their pods, nobody else", async () => {
    const { rig } = await build();
    const into = rig
      .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .map(({ inputs }) => inputs);
    const nodes = into.filter(
      ({ securityGroupId }) => securityGroupId === "SecurityGroup/us-west-security-nodes",
    );
    expect(
      nodes.map(({ referencedSecurityGroupId, cidrIpv4 }) => referencedSecurityGroupId ?? cidrIpv4).sort(),
    ).toEqual(["10.67.0.0/16", "SecurityGroup/us-west-security-api", "SecurityGroup/us-west-security-nodes"]);
    for (const group of rig.ofType("aws:ec2/securityGroup:SecurityGroup")) {
      expect([group.inputs.ingress, group.inputs.egress]).toEqual([undefined, undefined]);
    }
  }, 60_000);
});

describe("access for people", () => {
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIexample ada@example.com";
  const scripts = (rig: Rig) => [
    decode(rig.named("us-west-control-plane-0").inputs.userDataBase64),
    decode(rig.named("us-west-workers-template").inputs.userData),
  ];

  it("is off unless asked for: no rule, no key, no right", async () => {
    const { rig } = await build();
    expect(rig.resources.filter(({ inputs }) => inputs.fromPort === 22)).toEqual([]);
    for (const script of scripts(rig)) expect(script).toContain("SSH_KEY=''");
    for (const { inputs } of rig.ofType("aws:iam/rolePolicy:RolePolicy"))
      expect(inputs.policy).not.toContain("ssmmessages");
  }, 60_000);

  it("by SSH: the key on every node, the port for the ranges of apiAccess", async () => {
    const { rig } = await build("us-west", { access: { sshKey: key } });
    for (const script of scripts(rig)) expect(script).toContain(`SSH_KEY='${key}'`);
    const rules = rig.resources.filter(({ inputs }) => inputs.fromPort === 22).map(({ inputs }) => inputs);
    expect(rules.map(({ cidrIpv4 }) => cidrIpv4)).toEqual(["203.0.113.0/24", "198.51.100.7/32"]);
    expect(new Set(rules.map(({ securityGroupId }) => securityGroupId))).toEqual(
      new Set(["SecurityGroup/us-west-security-nodes"]),
    );
  }, 60_000);

  it("by Session Manager: what it needs, and no parameter that is not the node's", async () => {
    const { rig } = await build("us-west", { access: { sessionManager: true } });
    const policies = rig
      .ofType("aws:iam/rolePolicy:RolePolicy")
      .map(({ inputs }) => JSON.parse(inputs.policy).Statement);
    expect(policies).toHaveLength(2);
    for (const statements of policies) {
      const all = statements.filter(({ Resource }: { Resource: unknown }) => Resource === "*");
      const actions: string[] = all.flatMap(({ Action }: { Action: string[] }) => Action);
      expect(actions).toContain("ssmmessages:OpenDataChannel");
      expect(actions.filter((action) => /^ssm:(Get|Put)/.test(action))).toEqual([]);
    }
  }, 60_000);
});

describe("a control plane of three nodes", () => {
  let rig: Rig;
  beforeAll(
    async () =>
      ({ rig } = await build("us-west", { controlPlane: { nodes: 3 } }, { zones: [...zones, "us-west-2c"] })),
    60_000,
  );

  it("has a slot in each zone, with interface, address, volume and target of its own", () => {
    const interfaces = rig.ofType("aws:ec2/networkInterface:NetworkInterface").map(({ inputs }) => inputs);
    expect(interfaces.map(({ privateIps }) => privateIps)).toEqual([
      ["10.3.0.10"],
      ["10.3.16.10"],
      ["10.3.32.10"],
    ]);
    const volumes = rig.ofType("aws:ebs/volume:Volume").map(({ inputs }) => inputs.availabilityZone);
    expect(volumes).toEqual(["us-west-2a", "us-west-2b", "us-west-2c"]);
    const targets = rig.ofType("aws:lb/targetGroupAttachment:TargetGroupAttachment");
    expect(targets.map(({ inputs }) => inputs.targetId)).toEqual(["10.3.0.10", "10.3.16.10", "10.3.32.10"]);
    expect(rig.ofType("aws:ec2/eip:Eip")).toHaveLength(3);
  });

  it("tells each node of all the others, and none which comes first", () => {
    const peers = [0, 1, 2].map((slot) => {
      const text = decode(rig.named(`us-west-control-plane-${slot}`).inputs.userDataBase64);
      return /^PEERS='(.*)'$/m.exec(text)?.[1];
    });
    expect(peers).toEqual(["10.3.16.10 10.3.32.10", "10.3.0.10 10.3.32.10", "10.3.0.10 10.3.16.10"]);
  });

  it("replaces one node at a time, and workers after all of them", () => {
    const [first, second, third] = [0, 1, 2].map((slot) => rig.named(`us-west-control-plane-${slot}`));
    expect(second.dependencies).toContain(first.urn);
    expect(third.dependencies).toEqual(expect.arrayContaining([first.urn, second.urn]));
    const workers = rig.named("us-west-workers-template");
    const group = rig.ofType("aws:autoscaling/group:Group")[0];
    expect(group.dependencies).toEqual(
      expect.arrayContaining([first.urn, second.urn, third.urn, workers.urn]),
    );
    for (const node of [first, second, third]) expect(node.deleteBeforeReplace).toBe(true);
  });
});

describe("the federation's host", () => {
  it("has a volume more in each slot, mounted by its user data, and lets its own control plane in", async () => {
    const volume = { name: "federation-etcd", size: 10, path: "/var/lib/federation/etcd" };
    const { rig, member } = await build("us-west", {}, { dataVolumes: [volume] }, true);
    expect(rig.named("us-west-slots-0-federation-etcd").inputs).toMatchObject({
      size: 10,
      encrypted: true,
      availabilityZone: "us-west-2a",
    });
    expect(rig.named("us-west-control-plane-0-volume-1").inputs).toMatchObject({ deviceName: "/dev/sdg" });
    const { userDataBase64 } = rig.named("us-west-control-plane-0").inputs;
    expect(decode(userDataBase64)).toContain(
      "Volume/us-west-slots-0-etcd /dev/sdf /var/lib/etcd\nVolume/us-west-slots-0-federation-etcd /dev/sdg /var/lib/federation/etcd'",
    );
    expect(rig.named("us-west-security-api-from-host-0").inputs.cidrIpv4).toBe(
      (await value(member.egress))[0],
    );
  }, 60_000);

  it("is let in by the other members", async () => {
    const { rig } = await build("us-east", {}, { apiAllowFrom: ["54.0.0.1/32"] });
    expect(rig.named("us-east-security-api-from-host-0").inputs).toMatchObject({
      region: "us-east-2",
      cidrIpv4: "54.0.0.1/32",
    });
  }, 60_000);
});

describe("what replaces a member's workloads", () => {
  const identifier = async (change: object, computed = {}) => {
    const rig = await useMocks({ computed });
    const aws = await import("@pulumi/aws");
    const { createMember } = await import("../../regions/member");
    createMember("us-west", config(change), { zones }, { providers: [new aws.Provider("aws")] });
    await rig.settle();
    const { kubeconfig, clusterIdentifier } = rig.named("us-west-kubernetes").inputs;
    return { kubeconfig, clusterIdentifier };
  };

  it("is its generation; not its CA, its user or its server", async () => {
    const before = await identifier({});
    const after = await identifier(
      {},
      {
        "tls:index/selfSignedCert:SelfSignedCert": () => ({ certPem: "new CA" }),
        "tls:index/locallySignedCert:LocallySignedCert": () => ({ certPem: "new user" }),
        "aws:lb/loadBalancer:LoadBalancer": () => ({
          arn: "arn:new",
          dnsName: "new.elb.amazonaws.com",
          zoneId: "Z",
        }),
      },
    );
    expect(after.kubeconfig).not.toBe(before.kubeconfig);
    expect(after.clusterIdentifier).toBe(before.clusterIdentifier);
    expect(before.clusterIdentifier).toBe("test/us-west/1");
    expect((await identifier({ generation: 2 })).clusterIdentifier).toBe("test/us-west/2");
  }, 60_000);
});

describe("slots", () => {
  it("of a control plane of three lie in the zones in turn, at addresses of their own", async () => {
    const { slotPlace } = await import("../../regions/slots");
    const subnets = [
      { zone: "a", cidr: "10.3.0.0/20" },
      { zone: "b", cidr: "10.3.16.0/20" },
    ];
    expect(
      [0, 1, 2]
        .map((index) => slotPlace(index, subnets))
        .map(({ zone, privateIp }) => `${zone} ${privateIp}`),
    ).toEqual(["a 10.3.0.10", "b 10.3.16.10", "a 10.3.0.11"]);
  });
});

function decode(base64: string): string {
  return gunzipSync(Buffer.from(base64, "base64")).toString();
}
