import fc from "fast-check";
import { parse, stringify } from "yaml";
import { ReadArgs, readKubeconfig } from "../../regions/given-kubeconfig";
import { CERTIFICATE, encode, Given, givenKubeconfig, KEY } from "./given";

const NAME = "munich.k8s.example.com";
const files: Record<string, string> = {
  "ca.pem": CERTIFICATE,
  "me.pem": CERTIFICATE,
  "me.key": KEY,
  token: "told\n",
};
const readFile = (path: string): string => {
  if (path in files) return files[path];
  throw Object.assign(new Error(), { code: "ENOENT" });
};
const read = (given: Given, args: Partial<ReadArgs> = {}) =>
  readKubeconfig(givenKubeconfig(given), { name: NAME, ...args });
const findingsOf = (given: Given, args: Partial<ReadArgs> = {}) => read(given, args).findings;
const userOf = (given: Given, args: Partial<ReadArgs> = {}) =>
  parse(read(given, args).cluster!.kubeconfig).users[0].user;

const exec = (apiVersion: string, more: object = {}) => ({
  user: {
    exec: {
      apiVersion: `client.authentication.k8s.io/${apiVersion}`,
      command: "aws",
      args: ["eks", "get-token"],
      ...more,
    },
  },
});

describe("a given kubeconfig", () => {
  it("C1: becomes one of its own context alone, under the member's name, so that none clashes", () => {
    const { cluster } = read({});
    expect(cluster).toMatchObject({
      server: "https://munich.example.com:6443",
      caCertificate: CERTIFICATE,
      insecure: false,
    });
    expect(parse(cluster!.kubeconfig)).toEqual({
      apiVersion: "v1",
      kind: "Config",
      "current-context": NAME,
      clusters: [
        {
          name: NAME,
          cluster: {
            server: "https://munich.example.com:6443",
            "certificate-authority-data": encode(CERTIFICATE),
          },
        },
      ],
      users: [{ name: NAME, user: { token: "the-token" } }],
      contexts: [{ name: NAME, context: { cluster: NAME, user: NAME } }],
    });
  });

  it("C1: keeps a token, a client certificate, a password and an exec plugin as they are", () => {
    const certificate = { "client-certificate-data": encode(CERTIFICATE), "client-key-data": encode(KEY) };
    expect(userOf({ user: certificate })).toEqual(certificate);
    expect(userOf({ user: { username: "me", password: "pass" } })).toEqual({
      username: "me",
      password: "pass",
    });
    const plugin = exec("v1beta1", { env: [{ name: "AWS_PROFILE", value: "ops" }], installHint: null });
    expect(userOf(plugin)).toEqual({
      exec: {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command: "aws",
        args: ["eks", "get-token"],
        env: [{ name: "AWS_PROFILE", value: "ops" }],
      },
    });
  });

  it("takes files in, so that nothing beside it is needed any more", () => {
    const given = {
      cluster: { "certificate-authority": "ca.pem" },
      user: { "client-certificate": "me.pem", "client-key": "me.key", tokenFile: "token" },
    };
    const { cluster } = read(given, { readFile });
    expect(cluster).toMatchObject({ caCertificate: CERTIFICATE, certificateEnd: "2036-01-01T00:00:00.000Z" });
    expect(userOf(given, { readFile })).toEqual({
      "client-certificate-data": encode(CERTIFICATE),
      "client-key-data": encode(KEY),
      token: "told",
    });
  });

  it("leaves a server without an authority of its own to those whom everybody trusts", () => {
    expect(read({ cluster: {} }).cluster).toMatchObject({ caCertificate: "", insecure: false });
  });

  it("warns where nobody is to check who answers", () => {
    const { cluster, warnings } = read({ cluster: { "insecure-skip-tls-verify": true } });
    expect(cluster!.insecure).toBe(true);
    expect(warnings).toEqual([expect.stringMatching(/^insecure-skip-tls-verify: /)]);
  });

  const refused: [string, Given, RegExp][] = [
    ["another kind of file", { config: { kind: "Secret" } }, /^is no kubeconfig/],
    [
      "no current context",
      { config: { "current-context": "" } },
      /^has no current context: .*\(admin@munich\)$/,
    ],
    [
      "a current context that is not there",
      { config: { "current-context": "x" } },
      /^has no context "x": .*\(admin@munich\)$/,
    ],
    ["no contexts", { config: { contexts: [] } }, /^has no context "admin@munich": .*\(none\)$/],
    ["a missing cluster", { config: { clusters: [] } }, /is of the cluster "munich", which is not in it/],
    ["a missing user", { config: { users: null } }, /is of the user "admin", which is not in it/],
    ["no server", { cluster: { server: "" } }, /^cluster: has no server/],
    ["a server without TLS", { cluster: { server: "http://munich:8080" } }, /is no https:\/\/ address/],
    [
      "this machine's own address",
      { cluster: { server: "https://127.0.0.1:38211" } },
      /127\.0\.0\.1:38211 is this machine alone/,
    ],
    ["a proxy", { cluster: { "proxy-url": "http://proxy:3128" } }, /^cluster: proxy-url can't be used/],
    [
      "another server name",
      { cluster: { "tls-server-name": "kubernetes" } },
      /^cluster: tls-server-name can't be used/,
    ],
    [
      "an authority that is none",
      { cluster: { "certificate-authority-data": encode("x") } },
      /authority-data is no certificate in PEM/,
    ],
    ["no credentials", { user: {} }, /^user: has no credentials: give a token/],
    [
      "a certificate without its key",
      { user: { "client-certificate-data": encode(CERTIFICATE) } },
      /without client-key/,
    ],
    [
      "a key that is none",
      { user: { "client-certificate-data": encode(CERTIFICATE), "client-key-data": encode("x") } },
      /client-key-data is no private key/,
    ],
    [
      "a password that is a number",
      { user: { username: "me", password: 7 } },
      /quote what looks like a number/,
    ],
    ["an auth provider", { user: { "auth-provider": { name: "gcp" } } }, /auth-provider is of a time before/],
    ["acting as another", { user: { token: "t", as: "root" } }, /acting as another/],
    [
      "D2: an outdated exec API",
      exec("v1alpha1"),
      /aws speaks client\.authentication\.k8s\.io\/v1alpha1, .* aws eks update-kubeconfig/,
    ],
    [
      "an outdated exec API of another plugin",
      exec("v1alpha1", { command: "/opt/bin/oidc-login" }),
      /oidc-login speaks .*: upgrade oidc-login/,
    ],
    ["an exec plugin that asks a person", exec("v1", { interactiveMode: "Always" }), /always asks a person/],
    ["an exec plugin of v1 that does not say whether it asks", exec("v1"), /add interactiveMode: Never/],
    [
      "an exec plugin by a relative path",
      exec("v1beta1", { command: "./get-token" }),
      /\.\/get-token is relative/,
    ],
    ["an exec plugin that is none", { user: { exec: "aws" } }, /^user: exec has no command/],
  ];
  it.each(refused)("is refused for %s, with the remedy", (_, given, finding) => {
    const reading = read(given);
    expect(reading.findings).toEqual([expect.stringMatching(finding)]);
    expect(reading.cluster).toBeUndefined();
  });

  it("a secret can't bring files along, and a missing file is named", () => {
    const given = { cluster: { "certificate-authority": "other.pem" }, user: { tokenFile: "token" } };
    expect(findingsOf(given)).toEqual([
      expect.stringMatching(
        /^certificate-authority: other\.pem is a file, which a secret can't bring along: .*--flatten/,
      ),
      expect.stringMatching(/^tokenFile: token is a file/),
    ]);
    expect(findingsOf(given, { readFile })).toEqual([
      "certificate-authority: other.pem can't be read: ENOENT",
    ]);
  });

  it("tells all findings at once, and of text that is no YAML only the place", () => {
    expect(findingsOf({ cluster: { server: "http://x" }, user: {} })).toHaveLength(2);
    const text = "users:\n- token: very-secret: {";
    expect(readKubeconfig(text, { name: NAME }).findings).toEqual([
      expect.stringMatching(/^is no YAML: line 2, column \d+$/),
    ]);
  });

  it("takes a context by name, and the first of two entries of one name, as kubectl does", () => {
    const config = parse(givenKubeconfig());
    config.contexts.push({ name: "other", context: { cluster: "munich", user: "second" } });
    config.users.push(
      { name: "second", user: { token: "second" } },
      { name: "second", user: { token: "third" } },
    );
    const { cluster } = readKubeconfig(stringify(config), { name: NAME, context: "other" });
    expect(parse(cluster!.kubeconfig).users[0].user).toEqual({ token: "second" });
  });

  const SECRET = "s3cr3t-of-the-cluster";
  const any = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(encode(SECRET), SECRET, "https://a.example", "http://a", ""),
  );
  const shuffled = fc.record({
    cluster: fc.dictionary(
      fc.constantFrom(
        "server",
        "certificate-authority-data",
        "certificate-authority",
        "proxy-url",
        "insecure-skip-tls-verify",
      ),
      any,
    ),
    user: fc.dictionary(
      fc.constantFrom(
        "token",
        "tokenFile",
        "client-key-data",
        "client-certificate-data",
        "username",
        "password",
        "exec",
        "as",
      ),
      any,
    ),
    config: fc.dictionary(fc.constantFrom("kind", "current-context", "contexts", "clusters", "users"), any, {
      maxKeys: 1,
    }),
  });

  it("is either used or refused with reasons, whatever is in it, and no reason tells a secret", () => {
    fc.assert(
      fc.property(shuffled, fc.boolean(), (given, withFiles) => {
        const { cluster, findings } = read(given, withFiles ? { readFile } : {});
        expect(cluster === undefined).toBe(findings.length > 0);
        // A user's values are the secret ones; of a cluster and of names one is told.
        const told = read({ user: given.user }).findings.join("\n");
        expect(told.replace(/tokenFile: .* (is a file|can't)/g, "")).not.toContain(SECRET);
      }),
      { numRuns: 300 },
    );
  });

  it("never falls over, whatever text it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((value) => stringify(value)),
        ),
        (text) => {
          expect(readKubeconfig(text, { name: NAME }).findings.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it("is not changed by being read again", () => {
    const certificate = { "client-certificate-data": encode(CERTIFICATE), "client-key-data": encode(KEY) };
    const users = fc.constantFrom<object>(
      { token: "t" },
      certificate,
      { username: "a", password: "b" },
      exec("v1beta1").user,
    );
    fc.assert(
      fc.property(users, (user) => {
        const once = read({ user }).cluster!;
        expect(readKubeconfig(once.kubeconfig, { name: NAME })).toEqual({
          cluster: once,
          findings: [],
          warnings: [],
        });
      }),
    );
  });
});
