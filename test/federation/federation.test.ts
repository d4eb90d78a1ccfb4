import { settleControlPlane } from "../../config/control-plane-checks";
import type { Federation, FederationArgs } from "../../federation/federation";
import { Recorded, Rig } from "../mocks";
import { buildFederation } from "./build";
import { keepCrds } from "./crd-files";
import { hostOf, threeMembers, valueOf } from "./members";

// What is waited for does not exist here; the waiting itself has tests of its own.
jest.mock("../../regions/poll", () => ({
  ...jest.requireActual("../../regions/poll"),
  until: async () => undefined,
}));

keepCrds();

const build = (change: Partial<FederationArgs> = {}) =>
  buildFederation(async () => {
    const members = await threeMembers();
    return { host: await hostOf(members[0]), members };
  }, change);

const kindOf = ({ type }: Recorded) => type.split(":").pop()!;
const count = (resources: readonly Recorded[]) =>
  resources.reduce<Record<string, number>>(
    (sum, each) => ({ ...sum, [kindOf(each)]: (sum[kindOf(each)] ?? 0) + 1 }),
    {},
  );

describe("the federation of three members", () => {
  let rig: Rig;
  let federation: Federation;
  beforeAll(async () => void ({ rig, federation } = await build()), 60_000);

  const on = (provider: string) =>
    rig.resources.filter(
      (each) => each.provider.endsWith(`::${provider}`) && each.type.startsWith("kubernetes:"),
    );
  const urnsOf = (...names: string[]) => names.map((name) => rig.named(name).urn);

  test("A5: exactly these objects run it on the host, and the join adds its share there too", () => {
    expect(count(on("us-west"))).toEqual({
      Namespace: 2,
      Secret: 7 + 2,
      Service: 4,
      StatefulSet: 1,
      StorageClass: 1,
      PersistentVolume: 1,
      Deployment: 6,
      ServiceAccount: 2,
      ClusterRole: 1,
      ClusterRoleBinding: 1,
    });
  });

  test("A6: exactly these objects are at Karmada, one Cluster for each member", () => {
    expect(count(on("federation-control-plane-api"))).toEqual({
      Namespace: 2,
      CustomResourceDefinition: 19,
      Service: 1,
      APIService: 1,
      MutatingWebhookConfiguration: 1,
      ValidatingWebhookConfiguration: 1,
      Secret: 6,
      Cluster: 3,
    });
    expect(rig.named("federation-us-east-cluster").inputs.spec).toEqual({
      syncMode: "Push",
      apiEndpoint: "https://api.us-east.example.com:6443",
      secretRef: { namespace: "karmada-cluster", name: "us-east" },
      impersonatorSecretRef: { namespace: "karmada-cluster", name: "us-east-impersonator" },
      provider: "aws",
      region: "us-east-2",
      zones: ["us-east-2a"],
    });
    expect(rig.named("federation-us-east-cluster").inputs.metadata.labels).toEqual({ market: "us-east" });
  });

  test("a member that is not the host gets an account for Karmada and nothing else", () => {
    expect(count(on("us-east"))).toEqual({
      Namespace: 1,
      Secret: 2,
      ServiceAccount: 2,
      ClusterRole: 1,
      ClusterRoleBinding: 1,
    });
  });

  test("every resource has a provider, a parent, and the component's name in front of its own", () => {
    const own = rig.resources.filter((each) => each.name.startsWith("federation"));
    const passive = /^pulumi:providers:/;
    for (const each of own.filter(({ custom, type }) => custom && !passive.test(type))) {
      expect([each.name, each.provider]).not.toEqual([each.name, ""]);
    }
    for (const each of own.filter(({ name }) => name !== "federation")) expect(each.parent).not.toBe("");
    const names = new Map(rig.resources.map((each) => [each.urn, each.name]));
    for (const each of own.filter(({ name }) => name !== "federation")) {
      expect(each.name.startsWith(names.get(each.parent)!)).toBe(true);
    }
  });

  test("private keys, tokens and the kubeconfig are secret wherever they are an input", () => {
    for (const each of rig.ofType("kubernetes:core/v1:Secret")) {
      if (each.inputs.type === "kubernetes.io/service-account-token") continue;
      expect([each.name, each.secrets]).toEqual([each.name, ["data"]]);
    }
    expect(rig.named("federation-control-plane-api").secrets).toContain("kubeconfig");
    for (const each of rig.ofType("tls:index/locallySignedCert:LocallySignedCert")) {
      expect(each.secrets).toContain("caPrivateKeyPem");
    }
  });

  test("each program reads the Secrets of the table and no other, and starts anew when one changes", () => {
    for (const each of [
      ...rig.ofType("kubernetes:apps/v1:Deployment"),
      ...rig.ofType("kubernetes:apps/v1:StatefulSet"),
    ]) {
      const { spec, metadata } = each.inputs.spec.template;
      expect(metadata.annotations["federation/files"]).toMatch(/^[0-9a-f]{16}$/);
      const mounted = spec.containers[0].volumeMounts
        .map(({ name }: { name: string }) => name)
        .filter((name: string) => name !== "data");
      expect(spec.volumes.map((volume: any) => volume.secret.secretName)).toEqual(mounted);
      for (const flag of spec.containers[0].command.join(" ").match(/\/etc\/federation\/[a-z-]+/g)) {
        expect(mounted).toContain(flag.split("/").pop());
      }
    }
  });

  test("its pods stay on the host's control-plane nodes and hold no account of the host's", () => {
    for (const each of rig.ofType("kubernetes:apps/v1:Deployment")) {
      const { spec } = each.inputs.spec.template;
      expect(spec.nodeSelector).toEqual({ "node-role.kubernetes.io/control-plane": "" });
      expect(spec.automountServiceAccountToken).toBe(false);
    }
  });

  test("a controller that is alone elects nobody, and the old one goes before the new one comes", () => {
    for (const name of ["kube-controller-manager", "controller-manager", "scheduler"]) {
      const { strategy, template } = rig.named(`federation-control-plane-${name}-deployment`).inputs.spec;
      expect(strategy).toEqual({ type: "Recreate" });
      expect(template.spec.containers[0].command).toContain("--leader-elect=false");
    }
  });

  test("the API's load balancer lets in the operators and the host, and nobody else", () => {
    expect(rig.named("federation-control-plane-apiserver-service").inputs.spec).toMatchObject({
      type: "LoadBalancer",
      loadBalancerSourceRanges: ["198.51.100.0/24", "203.0.113.0/32"],
    });
    const balancers = on("us-west").filter((each) => each.inputs.spec?.type === "LoadBalancer");
    expect(balancers).toHaveLength(1);
  });

  test("A4: the kubeconfig has the context aws-fed, by the load balancer, checked for the name in the certificate", async () => {
    const text = await valueOf(federation.kubeconfig);
    expect(text).toContain("current-context: aws-fed");
    expect(text).toContain("server: https://karmada-apiserver.elb.example.com:5443");
    expect(text).toContain("tls-server-name: karmada-apiserver.karmada-system.svc");
  });

  test("the provider's identity has nothing of the kubeconfig: a new certificate or address replaces nothing", () => {
    expect(rig.named("federation-control-plane-api").inputs.clusterIdentifier).toBe("test/aws-fed/1");
  });

  test("starts in this order, and so is taken down in the reverse: etcd, API, kinds, webhook, controllers, members", () => {
    const order = [
      ["us-west-drain"],
      ["federation-control-plane-etcd-replicas"],
      ["federation-control-plane-apiserver-deployment"],
      [
        "federation-control-plane-registrations-crds-works-work-karmada-io",
        "federation-control-plane-webhook-deployment",
      ],
      [
        "federation-control-plane-registrations-mutating",
        "federation-control-plane-registrations-validating",
      ],
      [
        "federation-control-plane-controller-manager-deployment",
        "federation-control-plane-scheduler-deployment",
      ],
      ["federation-us-east-cluster"],
    ];
    const aggregated = rig.named("federation-control-plane-registrations-api").urn;
    expect(rig.needs(aggregated)).toContain(
      rig.named("federation-control-plane-aggregated-apiserver-deployment").urn,
    );
    expect(rig.needs(rig.named("federation-control-plane-scheduler-deployment").urn)).toContain(aggregated);
    for (const [step, names] of order.entries()) {
      for (const name of names) {
        const needed = rig.needs(rig.named(name).urn);
        for (const before of urnsOf(...order.slice(0, step).flat())) expect(needed).toContain(before);
      }
    }
  });

  test("a member leaves before its access does, so that Karmada can clean up there", () => {
    const needed = rig.needs(rig.named("federation-us-east-cluster").urn);
    for (const urn of urnsOf(
      "federation-us-east-access-binding",
      "federation-us-east-access-account-token",
      "federation-us-east-access-impersonator-token",
      "federation-us-east-credentials",
      "federation-us-east-impersonation",
      "federation-control-plane-apiserver-service",
      "us-east-drain",
    )) {
      expect(needed).toContain(urn);
    }
  });

  test("no object of Karmada's own needs deleting when its store goes", () => {
    const registered = on("federation-control-plane-api").filter(({ name }) =>
      name.includes("registrations"),
    );
    const store = rig.named("federation-control-plane-etcd-replicas").urn;
    expect(registered.map((each) => each.deletedWith)).toEqual(Array(25).fill(store));
  });

  test("what depends on the federation depends on every member being Ready", async () => {
    const names = (await valueOf(federation.ready)).map((resource: any) => resource.__name);
    for (const member of ["us-west", "us-east", "ap-northeast"])
      expect(names).toContain(`federation-${member}-cluster`);
  });
});

describe("options of the federation", () => {
  test("A5b: three replicas: etcd on three volumes, one for each slot, every program three times; a context of one's own", async () => {
    const { rig, federation } = await build({
      controlPlane: settleControlPlane({ replicas: 3 }),
      context: "fed",
    });
    const nodes = rig
      .ofType("kubernetes:core/v1:PersistentVolume")
      .map((each) => each.inputs.spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values);
    expect(nodes).toEqual([["us-west-node-0"], ["us-west-node-1"], ["us-west-node-2"]]);
    expect(rig.ofType("kubernetes:apps/v1:Deployment").map((each) => each.inputs.spec.replicas)).toEqual(
      Array(6).fill(3),
    );
    const { strategy, template } = rig.named("federation-control-plane-scheduler-deployment").inputs.spec;
    expect(strategy).toBeUndefined();
    expect(template.spec.containers[0].command).toContain("--leader-elect=true");
    const etcd = rig.named("federation-control-plane-etcd-replicas").inputs.spec;
    expect(etcd.replicas).toBe(3);
    const cluster = etcd.template.spec.containers[0].command.find((flag: string) =>
      flag.startsWith("--initial-cluster="),
    );
    expect(cluster.split(",")).toHaveLength(3);
    expect(await valueOf(federation.kubeconfig)).toContain("current-context: fed");
  }, 60_000);

  test("D7: where apps are kept each member has what lets it go, before its registration; no other federation has", async () => {
    const { rig } = await build({ keeping: true });
    for (const member of ["us-west", "us-east", "ap-northeast"]) {
      const { dependencies } = rig.named(`federation-${member}-release`);
      expect(dependencies).toContain(rig.named(`federation-${member}-cluster`).urn);
    }
    const names = (await build()).rig.resources.map((each) => each.name);
    expect(names.filter((name) => name.endsWith("-release"))).toEqual([]);
  }, 60_000);

  test("what can't be built is refused before anything is: a release without definitions", async () => {
    await expect(build({ versions: { karmada: "v9.9.9" } })).rejects.toThrow(
      "Karmada v9.9.9 has no pinned definitions",
    );
  });
});
