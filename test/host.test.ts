import { parse } from "yaml";
import type { Rig } from "./mocks";
import { keepCrds } from "./federation/crd-files";
import { givenKubeconfig } from "./regions/given";
import { plain, run } from "./whole-program";

// What is waited for does not exist here; the waiting itself has tests of its own.
jest.mock("../regions/poll", () => ({ until: async () => undefined }));
jest.mock("../regions/usage", () => ({ usageOf: async () => ({ there: [], vcpusOf: { "t3.medium": 2 } }) }));
jest.mock("../dns/zone", () => ({ ...jest.requireActual("../dns/zone"), isDelegated: async () => false }));
// Asks clusters, of which there are none here; it has tests of its own.
jest.mock("../regions/preflight", () => ({ preflight: async () => undefined }));

keepCrds();

const given = (part: number, more: object = {}) => ({
  kind: "external",
  kubeconfig: { secret: "given" },
  region: "munich",
  latencyRegion: "eu-central-1",
  network: { nodes: `192.168.${part}.0/24`, pods: `10.20${part}.0.0/16`, services: `10.21${part}.0.0/16` },
  ...more,
});
const nginx = { image: "nginx:1.29", replicas: 4, service: { port: 80 } };
const config = (change: object = {}) => ({
  "federation:given": givenKubeconfig(),
  "federation:host": "f",
  "federation:members": { f: given(1, { joins: false }), "f-a": given(2), "f-b": given(3) },
  "federation:controlPlane": { storage: "none", service: { nodePort: 32443, address: "192.168.1.10" } },
  "federation:apps": { nginx },
  ...change,
});

describe("the whole program on a host that is there already and is no member", () => {
  let rig: Rig;
  let outputs: Record<string, any>;
  beforeAll(async () => void ({ rig, outputs } = await run(config())), 600_000);
  const inside = (member: string) =>
    rig.resources.filter(({ provider, custom }) => custom && provider.endsWith(`::${member}-kubernetes`));

  test("C4: nginx with 4 replicas runs 2/2 in f-a and f-b, and nothing of it is in f", async () => {
    const { members } = await plain(outputs);
    const replicas = Object.entries(members).map(([name, member]: [string, any]) => [name, member.replicas]);
    expect(replicas).toEqual([
      ["f-a", { nginx: 2 }],
      ["f-b", { nginx: 2 }],
    ]);
    expect(inside("f").filter(({ name }) => !name.startsWith("federation-control-plane-"))).toEqual([]);
  });

  test("C4: is told as the host and not as a member; its context is in the kubeconfig", async () => {
    const { host, federation, kubeconfig, expiry } = await plain(outputs);
    expect(host).toEqual({ name: "f", region: "munich", endpoint: "https://munich.example.com:6443" });
    expect(federation).toBe("192.168.1.10:32443");
    const contexts = parse(kubeconfig).contexts.map(({ name }: { name: string }) => name);
    expect(contexts).toEqual(["f.k8s.example.com", "f-a.k8s.example.com", "f-b.k8s.example.com", "aws-fed"]);
    expect(Object.keys(expiry)).toEqual(["federation", "f", "f-a", "f-b"]);
  });

  test("makes no machine, network or load balancer of AWS's", () => {
    const kinds = rig.resources.filter(({ type }) => type.startsWith("aws:")).map(({ type }) => type);
    expect(kinds.filter((type) => !/^aws:route53/.test(type))).toEqual([]);
  });

  test("E7: goes down as it came: members leave first, then the control plane; the given cluster stays", () => {
    const namespace = rig.named("federation-control-plane-namespace").urn;
    for (const member of ["f-a", "f-b"])
      expect(rig.needs(rig.named(`federation-${member}-cluster`).urn)).toContain(namespace);
    for (const { name, urn } of inside("f").filter((each) => each.urn !== namespace))
      expect([name, rig.needs(urn).has(namespace)]).toEqual([name, true]);
  });
});

describe("the whole program with a Karmada that is there already", () => {
  test("D2: joins its members to it, and makes nothing else of a federation", async () => {
    const { rig, outputs } = await run(
      config({
        "federation:host": undefined,
        "federation:members": { "f-a": given(2), "f-b": given(3) },
        "federation:controlPlane": { existing: { secret: "given" } },
      }),
    );
    expect(rig.resources.filter(({ type }) => type.endsWith(":Deployment")).map(({ name }) => name)).toEqual([
      "nginx-deployment",
    ]);
    const { federation, host, members } = await plain(outputs);
    expect([federation, host, Object.keys(members)]).toEqual([
      "munich.example.com:6443",
      undefined,
      ["f-a", "f-b"],
    ]);
  }, 600_000);
});
