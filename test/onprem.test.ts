import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { keepCrds } from "./federation/crd-files";
import { clusterAnswers } from "./federation/members";
import { Recorded, Rig, useMocks } from "./mocks";
import { givenKubeconfig } from "./regions/given";
import { kindOf, plain } from "./whole-program";

// What is waited for does not exist here; the waiting itself has tests of its own.
jest.mock("../regions/poll", () => ({ until: async () => undefined }));
jest.mock("../regions/preflight", () => ({ preflight: async () => undefined }));
// Whoever asked it would ask AWS.
jest.mock("../regions/usage", () => ({ usageOf: () => Promise.reject(new Error("AWS was asked")) }));
jest.mock("../dns/zone", () => ({ isDelegated: () => Promise.reject(new Error("a resolver was asked")) }));

keepCrds();

/** The config of Pulumi.onprem.yaml with its secrets, as the engine hands it over. */
function onpremConfig(change: object = {}): Record<string, string> {
  const { config } = parse(readFileSync(path.join(__dirname, "../Pulumi.onprem.yaml"), "utf8"));
  const secrets = Object.fromEntries(
    ["F", "A", "B"].map((each) => [`federation:kubeconfig${each}`, givenKubeconfig()]),
  );
  return Object.fromEntries(
    Object.entries({ ...config, ...secrets, ...change }).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

async function run(change: object = {}) {
  // No answer of AWS is known here: a call would fail the test.
  const rig = await useMocks({
    computed: {
      ...clusterAnswers,
      "kubernetes:core/v1:Service": (args) => {
        const { inputs, name } = args;
        return {
          ...clusterAnswers["kubernetes:core/v1:Service"](args),
          spec: { ...inputs.spec, clusterIP: `10.201.0.${name.length}` },
        };
      },
    },
  });
  const pulumi = await import("@pulumi/pulumi");
  pulumi.runtime.setAllConfig(onpremConfig(change));
  const { default: program } = await import("../index");
  const outputs: Record<string, any> = await program();
  await rig.settle();
  return { rig, outputs };
}

const app = (change: object) => {
  const { nginx } = JSON.parse(onpremConfig()["federation:apps"]);
  return { "federation:apps": { nginx: { ...nginx, ...change } } };
};

describe("the whole program with the config of Pulumi.onprem.yaml", () => {
  let rig: Rig;
  let outputs: Record<string, any>;
  beforeAll(async () => void ({ rig, outputs } = await run()), 600_000);

  const clusterOf = ({ provider }: Recorded) => /::([^:]+)-kubernetes$/.exec(provider)?.[1];

  test("C: nothing of AWS is made or asked, and there is no provider of it", () => {
    expect(rig.resources.length).toBeGreaterThan(50);
    expect(rig.resources.filter(({ type }) => /aws/.test(type)).map(({ name }) => name)).toEqual([]);
    const providers = rig.resources.filter(({ type }) => type.startsWith("pulumi:providers:"));
    expect(new Set(providers.map(({ type }) => type.split(":")[2]))).toEqual(
      new Set(["command", "tls", "kubernetes"]),
    );
  });

  test("C4: f hosts and is no member; nginx is divided 2/2 over the others, at a port of their nodes", async () => {
    const clusters = rig.resources.filter((each) => kindOf(each) === "kubernetes Cluster");
    expect(clusters.map(({ inputs }) => inputs.metadata.name).sort()).toEqual(["f-a", "f-b"]);
    const { members } = await plain(outputs);
    const seen = Object.entries(members).map(([name, { replicas, loadBalancers }]: [string, any]) => [
      name,
      replicas.nginx,
      loadBalancers.nginx,
    ]);
    expect(seen).toEqual([
      ["f-a", 2, "192.0.2.65"],
      ["f-b", 2, "192.0.2.129"],
    ]);
    const service = rig.named("nginx-f-a-service");
    expect(service.inputs.spec).toMatchObject({ type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] });
    expect(clusterOf(service)).toBe("f-a");
  });

  test("C3: CoreDNS is asked at f by UDP and TCP, sees who asks, and keeps the names", async () => {
    const { nameServers, records, delegated } = await plain(outputs);
    expect(nameServers).toEqual(["192.0.2.10:30053"]);
    expect(delegated).toBeUndefined();
    const told = records.nginx.map(({ name, type, setIdentifier, value }: any) => [
      name,
      type,
      setIdentifier,
      value,
    ]);
    expect(told).toEqual([
      ["nginx.onprem.example.com", "A", "f-a", "192.0.2.65"],
      ["nginx.onprem.example.com", "A", "f-b", "192.0.2.129"],
    ]);
    const service = rig.named("zone-service");
    expect(clusterOf(service)).toBe("f");
    expect(service.inputs.spec).toMatchObject({ type: "NodePort", externalTrafficPolicy: "Local" });
    expect(service.inputs.spec.ports.map(({ protocol, nodePort }: any) => [protocol, nodePort])).toEqual([
      ["UDP", 30053],
      ["TCP", 30053],
    ]);
    const { Corefile, zone } = rig.named("zone-files").inputs.data;
    expect(zone).toContain("ns.onprem.example.com. 300 IN A 192.0.2.10");
    // Users of f-a's: its own voice, then f-b's, then whoever is there.
    const [a, b, any] = ["f-a", "f-b", "any"].map((each) => `10.201.0.${`zone-nginx-${each}`.length}`);
    expect(Corefile).toContain("incidr(client_ip(), '198.51.100.0/24')");
    expect(Corefile).toContain(`forward . ${a} ${b} ${any} {`);
    // Nobody is led by a connection that is kept, and no new text of the zone replaces what reads it.
    expect(Corefile.match(/expire 0s/g)).toHaveLength(Corefile.match(/forward \. /g).length);
    expect(rig.named("f-kubernetes").inputs.enableConfigMapMutable).toBe("true");
  });

  test("a voice for each member runs on f and is asked for the member's health", () => {
    const voice = rig.named("nginx-dns-f-b-voice");
    expect(clusterOf(voice)).toBe("f");
    const [container] = voice.inputs.spec.template.spec.containers;
    expect(container.image).toBe("registry.k8s.io/coredns/coredns:v1.14.2");
    expect(container.readinessProbe).toMatchObject({
      httpGet: { host: "192.0.2.129", port: 30080, path: "/" },
      periodSeconds: 10,
      failureThreshold: 3,
    });
    expect(voice.inputs.spec.replicas).toBeUndefined();
    expect(rig.named("nginx-dns-f-b-files").inputs.data.zone).toContain(
      "nginx.onprem.example.com. 30 IN A 192.0.2.129",
    );
  });

  test("E7: goes down in this order: voice, app, membership, control plane; what was told to members goes as well", () => {
    const steps = ["nginx-dns-f-a-voice", "nginx-deployment", "federation-f-a-cluster"];
    const urns = [...steps, "federation-control-plane-scheduler-deployment"].map(
      (step) => rig.named(step).urn,
    );
    for (const [i, urn] of urns.entries()) {
      const needed = rig.needs(urn);
      expect(urns.slice(i + 1).filter((after) => !needed.has(after))).toEqual([]);
    }
    expect(rig.needs(rig.named("nginx-policy").urn)).toContain(rig.named("nginx-withdrawal-voices").urn);
    for (const member of ["f-a", "f-b"]) {
      const told = rig.named(`names-${member}-corefile`);
      expect(told.inputs.delete).toMatch(/forward\.ts take$/);
      expect(told.inputs.environment).toMatchObject({
        FORWARD_SERVER: "192.0.2.10:30053",
        FORWARD_DOMAIN: "onprem.example.com",
      });
      expect(told.secrets).toContain("environment");
    }
  });

  test("whatever is made in a given cluster is the stack's: nothing adopted, nothing kept", () => {
    const inside = rig.resources.filter((each) => clusterOf(each) !== undefined);
    expect(inside.filter(({ retainOnDelete }) => retainOnDelete)).toEqual([]);
    expect(new Set(inside.map(clusterOf))).toEqual(new Set(["f", "f-a", "f-b"]));
  });
});

describe("the whole program without AWS, otherwise", () => {
  test("A10: a member without replicas has no voice, and nobody is led to it", async () => {
    const { rig, outputs } = await run(app({ placement: { "f-a": { weight: 1 }, "f-b": { weight: 0 } } }));
    const voices = rig.resources
      .filter(({ name }) => /^nginx-dns-.*-voice$/.test(name))
      .map(({ name }) => name);
    expect(voices).toEqual(["nginx-dns-f-a-voice"]);
    expect(rig.named("nginx-withdrawal-voices").inputs.environment.WITHDRAW_KEEP).toBe("f-a");
    expect((await plain(outputs)).records.nginx).toHaveLength(1);
  }, 600_000);

  test("C3: by a load balancer CoreDNS is asked at port 53 of that", async () => {
    const { rig, outputs } = await run({ "federation:zone": { coredns: { service: "loadBalancer" } } });
    expect(rig.named("zone-service").inputs.spec.type).toBe("LoadBalancer");
    expect((await plain(outputs)).nameServers).toEqual(["coredns.elb.example.com:53"]);
    expect(rig.resources.filter(({ type }) => /aws/.test(type))).toEqual([]);
  }, 600_000);
});
