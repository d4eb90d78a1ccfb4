import { ConfigError, parseConfig } from "../../config";
import type { Fault } from "../../config/faults";
import type { Sources } from "../../config/given";
import { givenKubeconfig } from "../regions/given";

type Raw = Record<string, any>;

const given = (pods: string) => ({
  kind: "external",
  kubeconfig: { file: "./some.kubeconfig" },
  region: "munich",
  latencyRegion: "eu-central-1",
  network: { nodes: `192.168.${pods}.0/24`, pods: `10.20${pods}.0.0/16`, services: `10.21${pods}.0.0/16` },
});

/** Host f that is no member, f-a and f-b joined. */
const hosted = (): Raw => ({
  domain: "k8s.example.com",
  host: "f",
  apiAccess: ["203.0.113.0/24"],
  members: { f: { ...given("1"), joins: false }, "f-a": given("2"), "f-b": given("3") },
  controlPlane: { storage: { class: "fast" }, service: { nodePort: 32443, address: "192.168.1.10" } },
  apps: { nginx: { image: "nginx:1.29", replicas: 4 } },
});

/** A host that this program makes. */
const made = (): Raw => ({
  domain: "k8s.example.com",
  host: "us-west",
  apiAccess: ["203.0.113.0/24"],
  members: { "us-west": { region: "us-west-2" }, "us-east": { region: "us-east-2" } },
});

const sources: Sources = {
  file: (path) => {
    if (path.endsWith("kubeconfig")) return givenKubeconfig();
    throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  },
  list: () => undefined,
  value: (name) => (name === "karmada" ? givenKubeconfig() : undefined),
};

const parsed = (base: () => Raw, change: (raw: Raw) => void = () => undefined) => {
  const raw = base();
  change(raw);
  return parseConfig(raw, sources);
};

function faultsOf(base: () => Raw, change: (raw: Raw) => void): readonly Fault[] {
  try {
    parsed(base, change);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

const existing = (raw: Raw) => {
  delete raw.host;
  delete raw.members.f;
  raw.controlPlane = { existing: { file: "./karmada.kubeconfig" } };
};

/** What is wrong with a stack on a given host, at which path it is told, what the remedy says. One line per rule. */
const onGiven: [string, (raw: Raw) => void, string, RegExp][] = [
  ["no host", (c) => delete c.host && (c.members.f.joins = true), "host", /name the member that hosts/],
  ["a host that is no member", (c) => delete c.members.f, "host", /is no member: did you mean f-a\?/],
  [
    "two replicas",
    (c) => (c.controlPlane.replicas = 2),
    "controlPlane.replicas",
    /must be 1 or 3: .* majority/,
  ],
  [
    "no word on storage",
    (c) => delete c.controlPlane.storage,
    "controlPlane.storage",
    /f is there already.*once and for good: \{ class: fast \}/,
  ],
  ["our volumes", (c) => (c.controlPlane.storage = "volumes"), "controlPlane.storage", /for you to say/],
  [
    "a storage that is none",
    (c) => (c.controlPlane.storage = "disk"),
    "controlPlane.storage",
    /must be "volumes".*"none"/,
  ],
  [
    "a volume without size",
    (c) => (c.controlPlane.storage = { class: "fast", size: 0 }),
    "controlPlane.storage.size",
    /from 1 to 16384: GiB/,
  ],
  [
    "three replicas in memory",
    (c) => (c.controlPlane = { ...c.controlPlane, storage: "none", replicas: 3 }),
    "controlPlane.replicas",
    /cannot rejoin: use 1, or other storage/,
  ],
  [
    "too few volumes",
    (c) => (c.controlPlane = { ...c.controlPlane, storage: { names: ["a", "b"] }, replicas: 3 }),
    "controlPlane.storage.names",
    /must be 3 different volumes/,
  ],
  [
    "a volume twice",
    (c) => (c.controlPlane = { ...c.controlPlane, storage: { names: ["a", "b", "a"] }, replicas: 3 }),
    "controlPlane.storage.names",
    /must be 3 different volumes/,
  ],
  [
    "a port below the range",
    (c) => (c.controlPlane.service.nodePort = 5443),
    "controlPlane.service.nodePort",
    /from 30000 to 32767: a port of the host's nodes/,
  ],
  [
    "a port without address",
    (c) => delete c.controlPlane.service.address,
    "controlPlane.service",
    /\{ nodePort: 32443, address: /,
  ],
  [
    "a flag that is ours",
    (c) => (c.controlPlane.arguments = { "etcd-servers": "a" }),
    "controlPlane.arguments.etcd-servers",
    /^--etcd-servers is set by this program itself/,
  ],
  [
    "a flag with dashes",
    (c) => (c.controlPlane.arguments = { "--v": "4" }),
    "controlPlane.arguments.--v",
    /without its dashes/,
  ],
  [
    "a flag's value that is a list",
    (c) => (c.controlPlane.arguments = { "audit-log-maxage": [30] }),
    "controlPlane.arguments.audit-log-maxage",
    /a text, a number, true or false/,
  ],
  [
    "an unknown key",
    (c) => (c.controlPlane.replica = 3),
    "controlPlane.replica",
    /did you mean "replicas"\?/,
  ],
  [
    "a member that does not join",
    (c) => (c.members["f-a"].joins = false),
    "members.f-a.joins",
    /for the federation's host alone: leave this member out/,
  ],
  [
    "a word on joining that is none",
    (c) => (c.members["f-a"].joins = "no"),
    "members.f-a.joins",
    /true or false/,
  ],
  [
    "nobody who joins",
    (c) => (c.members = { f: c.members.f }) && delete c.apps,
    "members.f.joins",
    /without a member: add one/,
  ],
  [
    "an app on the host that is no member",
    (c) => (c.apps.nginx.placement = { f: {}, "f-a": {} }),
    "apps.nginx.placement.f",
    /hosts the federation and is none of its members/,
  ],
  [
    "an override for it",
    (c) => (c.apps.nginx.overrides = { f: { image: "a" } }),
    "apps.nginx.overrides.f",
    /none of its members/,
  ],
  [
    "a kubeconfig of Karmada's that is not there",
    (c) => existing(c) ?? (c.controlPlane.existing = { file: "./none" }),
    "controlPlane.existing.file",
    /can't be read \(ENOENT\)/,
  ],
  [
    "a Karmada from two places",
    (c) => existing(c) ?? (c.controlPlane.existing.secret = "karmada"),
    "controlPlane.existing",
    /either file or secret/,
  ],
  [
    "a secret that is not set",
    (c) => existing(c) ?? (c.controlPlane.existing = { secret: "other" }),
    "controlPlane.existing.secret",
    /pulumi config set --secret federation:other/,
  ],
  ...["replicas", "storage", "service", "arguments"].map((key): (typeof onGiven)[number] => [
    `${key} beside an existing control plane`,
    (c) =>
      existing(c) ??
      (c.controlPlane[key] = { replicas: 1, storage: "none", service: "loadBalancer", arguments: {} }[key]),
    `controlPlane.${key}`,
    /existing names one that is there: leave it out/,
  ]),
];

/** The same on a host that this program makes. */
const onMade: typeof onGiven = [
  [
    "more replicas than it has control-plane nodes",
    (c) => (c.controlPlane = { replicas: 3 }),
    "controlPlane.replicas",
    /us-west has 1: set members\.us-west\.controlPlane\.nodes to 3/,
  ],
  [
    "a storage class",
    (c) => (c.controlPlane = { storage: { class: "gp3" } }),
    "controlPlane.storage",
    /use volumes or none/,
  ],
  [
    "a node port",
    (c) => (c.controlPlane = { service: { nodePort: 32443, address: "a.example.com" } }),
    "controlPlane.service",
    /take no traffic from outside; use loadBalancer/,
  ],
  [
    "an existing control plane in it",
    (c) => (c.controlPlane = { existing: { file: "./karmada.kubeconfig" } }),
    "host",
    /no control plane can be in it already: leave host out/,
  ],
];

describe("the federation's control plane in the config", () => {
  it.each(onGiven)("on a given host refuses %s, with path and remedy", (_, change, path, remedy) => {
    const faults = faultsOf(hosted, change);
    expect(faults.map((fault) => fault.path)).toEqual([path]);
    expect(faults[0].remedy).toMatch(remedy);
  });

  it.each(onMade)("on a host of ours refuses %s, with path and remedy", (_, change, path, remedy) => {
    const faults = faultsOf(made, change);
    expect(faults.map((fault) => fault.path)).toEqual([path]);
    expect(faults[0].remedy).toMatch(remedy);
  });

  it("is one replica on the host's volumes behind a load balancer unless told otherwise", () => {
    expect(parsed(made).controlPlane).toEqual({
      replicas: 1,
      storage: "volumes",
      service: "loadBalancer",
      arguments: {},
    });
  });

  it("C4: a host that is no member gets no share of an app, and * does not mean it", () => {
    const { apps, members } = parsed(hosted, (c) => (c.apps.nginx.placement = { "*": {} }));
    expect(Object.keys(apps.nginx.placement)).toEqual(["f-a", "f-b"]);
    expect(members.f.joins).toBe(false);
    const byLabel = parsed(hosted, (c) => (c.apps.nginx.placement = { "region=munich": {} }));
    expect(Object.keys(byLabel.apps.nginx.placement)).toEqual(["f-a", "f-b"]);
  });

  it("C2: takes a node port with the address to reach it, further flags, and storage of each kind", () => {
    const storage = (value: unknown) => parsed(hosted, (c) => (c.controlPlane.storage = value)).controlPlane;
    expect(storage({ class: "fast" })).toMatchObject({
      storage: { class: "fast", size: 8 },
      service: { nodePort: 32443, address: "192.168.1.10" },
    });
    expect(storage({ names: ["pv-1"] })).toMatchObject({ storage: { names: ["pv-1"] } });
    expect(storage("none")).toMatchObject({ storage: "none" });
    const flags = { "audit-log-maxage": 30, profiling: false, "audit-log-path": "-" };
    expect(parsed(hosted, (c) => (c.controlPlane.arguments = flags)).controlPlane).toMatchObject({
      arguments: { "audit-log-maxage": "30", profiling: "false", "audit-log-path": "-" },
    });
  });

  it("takes a Karmada that is there by its kubeconfig, from a file or a secret, and needs no host then", () => {
    const { host, controlPlane } = parsed(hosted, (c) => existing(c));
    expect(host).toBeUndefined();
    expect(controlPlane).toEqual({
      existing: expect.objectContaining({ server: "https://munich.example.com:6443", insecure: false }),
    });
    const stored = parsed(hosted, (c) => {
      existing(c);
      c.controlPlane.existing = { secret: "karmada" };
      c.karmada = "the kubeconfig";
    });
    expect(stored.controlPlane).toEqual(controlPlane);
    // The member that it runs on may be named.
    const on = parsed(hosted, (c) => (c.controlPlane = { existing: { file: "./karmada.kubeconfig" } }));
    expect(on.host).toBe("f");
  });

  it("warns of what is lost with a pod, of a port that nobody guards, and of members that may not let the host in", () => {
    expect(parsed(hosted, (c) => (c.controlPlane.storage = "none")).warnings).toEqual([
      expect.stringMatching(/^controlPlane\.storage: none keeps in memory .* goes with the pod of its etcd$/),
      expect.stringMatching(
        /^controlPlane\.service: nothing here keeps anybody from port 32443 of the nodes of f; let apiAccess in/,
      ),
    ]);
    const mixed = parsed(hosted, (c) => {
      delete c.controlPlane.service;
      c.members["us-west"] = { region: "us-west-2" };
    });
    expect(mixed.warnings).toEqual([
      expect.stringMatching(/^apiAccess: has to include .* the APIs of us-west let it in/),
    ]);
  });

  it("D5: warns that apps that are kept need a flag of a Karmada that is there already", () => {
    const kept = parsed(hosted, (c) => {
      existing(c);
      c.apps.nginx = { ...c.apps.nginx, onRemove: "keep", adopt: true };
    });
    expect(kept.warnings).toEqual([
      expect.stringMatching(/^apps\.nginx\.onRemove: keep needs --enable-empty-workload-propagation=true/),
    ]);
  });
});
