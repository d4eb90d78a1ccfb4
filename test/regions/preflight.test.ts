import type { RequestListener, Server } from "http";
import type { ExternalMemberConfig } from "../../config";
import { settleControlPlane } from "../../config/control-plane-checks";
import { findings, preflight, PreflightConfig } from "../../regions/preflight";
import { readKubeconfig } from "../../regions/given-kubeconfig";
import { Authority, authority, serve } from "./certificates";
import { encode, givenKubeconfig } from "./given";

/** What a well-behaved cluster answers, path by path; a test changes some of it. */
interface Answers {
  readonly version?: object;
  readonly nodes?: object[];
  readonly service?: string;
  /** `VERB RESOURCE` that the credentials may not do. */
  readonly denied?: RegExp;
  readonly status?: number;
  /** Annotations of the namespace in which a federation has its accounts, where it is there. */
  readonly joined?: object;
}

const node = (name: string, address: string, podCIDRs: string[]) => ({
  metadata: { name },
  spec: { podCIDRs },
  status: {
    addresses: [
      { type: "InternalIP", address },
      { type: "Hostname", address: name },
    ],
  },
});

/** An API server as far as a preflight asks it; `asked` gets each permission that it was asked for. */
function cluster(answers: Answers, asked: string[] = []): RequestListener {
  return (request, response): void => {
    const say = (status: number, body: object): void =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (request.headers.authorization !== "Bearer the-token" || answers.status)
      return say(answers.status ?? 401, { kind: "Status", message: "Unauthorized" });
    const paths: Record<string, object> = {
      "/version": { major: "1", minor: "33+", gitVersion: "v1.33.4-eks", ...answers.version },
      "/api/v1/nodes?limit=500": {
        items: answers.nodes ?? [node("n1", "192.168.0.4", ["10.244.0.0/24", "fd00::/64"])],
      },
      ...(answers.joined && {
        "/api/v1/namespaces/karmada-cluster": { metadata: { annotations: answers.joined } },
      }),
      "/api/v1/namespaces/default/services/kubernetes": {
        spec: { clusterIP: answers.service ?? "10.192.0.1" },
      },
    };
    if (request.method === "GET") return say(request.url! in paths ? 200 : 404, paths[request.url!] ?? {});
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const { verb, resource, namespace, group } = JSON.parse(body).spec.resourceAttributes;
      asked.push([verb, group ? `${resource}.${group}` : resource, namespace].filter(Boolean).join(" "));
      say(201, { status: { allowed: !answers.denied?.test(`${verb} ${resource}`) } });
    });
  };
}

describe("the preflight of a cluster that is there", () => {
  let ca: Authority;
  let server: Server | undefined;
  beforeAll(async () => void (ca = await authority()));
  afterEach(() => server?.close());

  const member = (url: string, change: { user?: object; ca?: string } = {}): ExternalMemberConfig => {
    const authorityData = { "certificate-authority-data": encode(change.ca ?? ca.cert) };
    // The reader refuses a loopback address, where these servers listen: it is put in afterwards.
    const { cluster } = readKubeconfig(givenKubeconfig({ cluster: authorityData, user: change.user }), {
      name: "munich",
    });
    return {
      kind: "external",
      region: "munich",
      zones: [],
      labels: {},
      generation: 1,
      lost: false,
      joins: true,
      network: { nodes: "192.168.0.0/24", pods: "10.244.0.0/16", services: "10.192.0.0/12" },
      cluster: {
        ...cluster!,
        server: url,
        kubeconfig: cluster!.kubeconfig.replace("https://munich.example.com:6443", url),
      },
    };
  };
  const apps = { nginx: { namespace: "web", service: { port: 80 }, placement: { munich: {} } } };
  const config = (members: PreflightConfig["members"], more: object = {}) =>
    ({
      members,
      apps,
      versions: { kubernetes: "v1.36.3", karmada: "v1.16.0" },
      host: "us-west",
      controlPlane: settleControlPlane({}),
      ...more,
    }) as unknown as PreflightConfig;
  const up = async (answers: Answers, asked?: string[]) => {
    const made = await serve(ca, cluster(answers, asked));
    server = made.server;
    return made.url;
  };
  const found = async (given: ExternalMemberConfig) =>
    findings("munich", given, { ...config({ munich: given }), owner: "federation/dev" });

  it("E1: finds nothing in the way of one that fits, and asks for what the join and the apps need", async () => {
    const asked: string[] = [];
    expect(await found(member(await up({}, asked)))).toEqual([]);
    const rbac = "rbac.authorization.k8s.io";
    expect(asked).toEqual(
      expect.arrayContaining([
        "create namespaces",
        "delete namespaces",
        "create serviceaccounts karmada-cluster",
        "watch secrets karmada-cluster",
        `escalate clusterroles.${rbac}`,
        `bind clusterroles.${rbac}`,
        `patch clusterrolebindings.${rbac}`,
        "create services web",
        "get deployments.apps",
      ]),
    );
  });

  it("tells all at once: version, rights and each range, with remedies", async () => {
    const url = await up({
      version: { minor: "22", gitVersion: "v1.22.1" },
      denied: /^(create|patch) secrets|nodes/,
      nodes: [node("n1", "172.16.0.4", ["10.1.0.0/24"]), node("n2", "192.168.0.5", ["10.1.1.0/24"])],
      service: "10.96.0.1",
    });
    expect(await found(member(url))).toEqual([
      "runs Kubernetes v1.22.1; Karmada v1.16.0 and this stack go with 1.25 to 1.36 – upgrade the cluster",
      expect.stringMatching(
        /^its credentials may not create, patch secrets in namespace karmada-cluster – give those of/,
      ),
      expect.stringMatching(/^its credentials may not list nodes – /),
      expect.stringMatching(
        /^network\.nodes says 192\.168\.0\.0\/24, but .* outside, 172\.16\.0\.4 – declare/,
      ),
      expect.stringMatching(
        /^network\.pods says 10\.244\.0\.0\/16, but .* 10\.1\.0\.0\/24 and 1 more – declare/,
      ),
      expect.stringMatching(/^network\.services says 10\.192\.0\.0\/12, but .* 10\.96\.0\.1 – declare/),
    ]);
  });

  it("takes its own member again, and nobody else's", async () => {
    expect(await found(member(await up({ joined: { "federation/stack": "federation/dev" } })))).toEqual([]);
    server?.close();
    expect(await found(member(await up({ joined: { "federation/stack": "federation/prod" } })))).toEqual([
      "it has the namespace karmada-cluster of the federation of stack federation/prod – take it out there first, or delete what is left of that",
    ]);
    server?.close();
    expect(await found(member(await up({ joined: {} })))).toEqual([
      expect.stringMatching(/^it has the namespace karmada-cluster of another federation – /),
    ]);
  });

  it("credentials that are not accepted are one finding, whatever else is wrong", async () => {
    const url = await up({ version: { minor: "1" } });
    expect(await found(member(url, { user: { token: "another" } }))).toEqual([
      `${url} does not accept the kubeconfig's credentials (401 Unauthorized) – have them issued anew`,
    ]);
  });

  it("a refused connection, another's certificate and a failing plugin are told by their cause, in one line", async () => {
    expect(await found(member("https://127.0.0.1:1"))).toEqual([
      "its API is not reached: https://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1 – nothing listens there: is it up, and is that its address? – or, if munich is gone for good, set members.munich.lost: true and the rest goes on without it",
    ]);
    const url = await up({});
    const other = await authority();
    expect(await found(member(url, { ca: other.cert }))).toEqual([
      expect.stringMatching(
        /^its API is not reached: .* – its certificate is not vouched for by the kubeconfig's authority/,
      ),
    ]);
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "sh",
      args: ["-c", "echo >&2; echo 'token expired: log in' >&2; echo trace >&2; exit 1"],
    };
    expect(await found(member(url, { user: { exec } }))).toEqual([
      "its API is not reached: exec plugin sh failed: token expired: log in – log in to its cloud, or install what is missing, then again",
    ]);
  });

  it("C4: asks a host that is no member only for what hosting needs, whatever its version", async () => {
    const asked: string[] = [];
    const host = { ...member(await up({ version: { minor: "22" }, joined: {} }, asked)), joins: false };
    const on = { members: { munich: host }, host: "munich", owner: "federation/dev" };
    const controlPlane = settleControlPlane({ replicas: 3, storage: { names: ["a", "b", "c"] } });
    const found = await findings("munich", host, { ...config({ munich: host }, { controlPlane }), ...on });
    expect(found).toEqual(
      ["a", "b", "c"].map(
        (name) => `it has no persistent volume ${name} – make it first, or name one of its own`,
      ),
    );
    expect(asked).toEqual(
      expect.arrayContaining([
        "create statefulsets.apps karmada-system",
        "create persistentvolumeclaims karmada-system",
        "get persistentvolumes",
        "patch poddisruptionbudgets.policy karmada-system",
      ]),
    );
    expect(asked.filter((each) => /serviceaccounts|clusterroles/.test(each))).toEqual([]);
  });

  it("a host that is away is not to be declared lost", async () => {
    const host = member("https://127.0.0.1:1");
    const found = await findings("munich", host, {
      ...config({ munich: host }, { host: "munich" }),
      owner: "federation/dev",
    });
    expect(found).toEqual([expect.not.stringContaining("lost")]);
  });

  it("tells of a Karmada that is there but does not answer", async () => {
    const existing = { ...member("https://127.0.0.1:1").cluster };
    await expect(preflight(config({}, { controlPlane: { existing } }))).rejects.toThrow(
      /1 thing is .*\n {2}1\. controlPlane\.existing: its API is not reached: .*ECONNREFUSED/,
    );
  });

  it("names each member's findings, and says nothing of those that this program makes", async () => {
    const given = member("https://127.0.0.1:1");
    const members = {
      munich: given,
      berlin: given,
      "us-west": { kind: "ec2" },
    } as unknown as PreflightConfig["members"];
    await expect(preflight(config(members))).rejects.toThrow(
      /^2 things are in the way of existing clusters:\n {2}1\. member munich: .*\n {2}2\. member berlin: .*$/,
    );
    await expect(preflight(config({}))).resolves.toBeUndefined();
  });
});
