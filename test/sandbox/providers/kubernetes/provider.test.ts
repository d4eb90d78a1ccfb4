import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { Props, UNKNOWN } from "../../../../sandbox/providers/runtime";
import { kindOfToken } from "../../../../sandbox/providers/kubernetes/objects";
import { accessOf } from "../../../../sandbox/providers/kubernetes/kubeconfig";
import { diffConfig, kubernetes } from "../../../../sandbox/providers/kubernetes/provider";
import { mergePatch } from "../../../../sandbox/providers/kubernetes/resource";
import { Harness } from "../runtime/harness";

const kubeconfig = (server: string, token: string) =>
  JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
    ...{ clusters: [{ name: "k", cluster: { server } }], users: [{ name: "u", user: { token } }] },
  });

describe("a changed provider", () => {
  test("finding 3: with an unchanged clusterIdentifier nothing is replaced, whatever the kubeconfig", () => {
    const id = { clusterIdentifier: "dev/us-west/1" };
    const olds = { ...id, kubeconfig: kubeconfig("https://a", "1") };
    expect(diffConfig(olds, { ...id, kubeconfig: kubeconfig("https://b", "2") })).toEqual({
      changed: ["kubeconfig"],
      replaces: [],
    });
    expect(diffConfig(olds, { ...id, kubeconfig: UNKNOWN }).replaces).toEqual([]);
    expect(diffConfig(olds, { ...olds, clusterIdentifier: "dev/us-west/2" }).replaces).toEqual([
      "clusterIdentifier",
    ]);
  });

  test("without one, another cluster or an unknown kubeconfig replaces, another token does not", () => {
    const olds = { kubeconfig: kubeconfig("https://a", "1") };
    expect(diffConfig(olds, { kubeconfig: kubeconfig("https://a", "2") }).replaces).toEqual([]);
    expect(diffConfig(olds, { kubeconfig: kubeconfig("https://b", "1") }).replaces).toEqual(["kubeconfig"]);
    expect(diffConfig(olds, { kubeconfig: UNKNOWN }).replaces).toEqual(["kubeconfig"]);
    expect(diffConfig(olds, { ...olds, deleteUnreachable: "true" }).replaces).toEqual([]);
  });
});

describe("a provider that may drop what it cannot reach", () => {
  let server: http.Server;
  const asked: string[] = [];
  const config = (more: Props) => ({
    ...more,
    kubeconfig: kubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "t"),
  });
  beforeAll((done) => {
    server = http.createServer((request, response) => {
      asked.push(request.url!);
      response.end("{}");
      server.emit("asked");
    });
    server.listen(0, "127.0.0.1", done);
  });
  afterAll((done) => void server.close(done));

  test("E5: looks for its cluster before any object is to be dropped; any other does not", async () => {
    const strict = await Harness.of(kubernetes(), config({}));
    const looked = new Promise((done) => server.once("asked", done));
    const lenient = await Harness.of(kubernetes(), config({ deleteUnreachable: "true" }));
    await looked;
    expect(asked).toEqual(["/version"]);
    strict.stop();
    lenient.stop();
  });
});

describe("kubeconfigs", () => {
  const base = (user: Props, cluster: Props = {}) => ({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "k", user: "u", namespace: "web" } }],
    ...{
      clusters: [{ name: "k", cluster: { server: "https://h:6443/", ...cluster } }],
      users: [{ name: "u", user }],
    },
  });

  test("C1: token, basic and certificate credentials, server name, namespace", () => {
    expect(accessOf(base({ token: "t" }), {}, "/")).toMatchObject({
      server: "https://h:6443",
      token: "t",
      namespace: "web",
      insecure: false,
    });
    expect(accessOf(base({ username: "a", password: "b" }), { namespace: "n" }, "/")).toMatchObject({
      basic: { user: "a", password: "b" },
      namespace: "n",
    });
    const data = Buffer.from("pem").toString("base64");
    const full = base(
      { "client-certificate-data": data, "client-key-data": data },
      { "certificate-authority-data": data, "tls-server-name": "s" },
    );
    expect(accessOf(full, {}, "/")).toMatchObject({
      ca: "pem",
      certificate: "pem",
      key: "pem",
      serverName: "s",
    });
  });

  test("what cannot be used is refused with what is there", () => {
    expect(() => accessOf(base({ "auth-provider": {} }), {}, "/")).toThrow(
      /user u: auth-provider credentials are not supported/,
    );
    expect(() => accessOf(base({}), { context: "other" }, "/")).toThrow(/no context named other; it has: c/);
    expect(() => accessOf(null, {}, "/")).toThrow(/neither YAML nor the path/);
  });
});

test("tokens name group, version and kind", () => {
  expect(kindOfToken("kubernetes:core/v1:Service")).toEqual({
    apiVersion: "v1",
    kind: "Service",
    patch: false,
  });
  expect(kindOfToken("kubernetes:apps/v1:DeploymentPatch")).toEqual({
    apiVersion: "apps/v1",
    kind: "Deployment",
    patch: true,
  });
  expect(kindOfToken("kubernetes:policy.karmada.io/v1alpha1:PropagationPolicy").apiVersion).toBe(
    "policy.karmada.io/v1alpha1",
  );
});

test("a merge patch takes away what vanished", () => {
  expect(mergePatch({ a: 1, b: { c: 1, d: 2 } }, { b: { c: 3 }, e: [1] })).toEqual({
    a: null,
    b: { c: 3, d: null },
    e: [1],
  });
});
