import { execFileSync } from "node:child_process";
import { X509Certificate, createPrivateKey } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { tls } from "../../../../sandbox/providers/tls/provider";
import { Harness } from "../runtime/harness";

const KEY = "tls:index/privateKey:PrivateKey";
const SELF = "tls:index/selfSignedCert:SelfSignedCert";
const REQUEST = "tls:index/certRequest:CertRequest";
const SIGNED = "tls:index/locallySignedCert:LocallySignedCert";

jest.setTimeout(60_000);
let provider: Harness;
let dir: string;
beforeAll(async () => {
  provider = await Harness.of(tls);
  dir = fs.mkdtempSync(path.join(os.tmpdir(), "tls-test-"));
});
afterAll(() => {
  provider.stop();
  fs.rmSync(dir, { recursive: true });
});

const file = (name: string, content: string) => {
  const full = path.join(dir, name);
  fs.writeFileSync(full, content, { mode: 0o600 });
  return full;
};
const openssl = (...args: string[]) =>
  execFileSync("openssl", args, { encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
const makeKey = async (inputs: object = { algorithm: "ECDSA", ecdsaCurve: "P256" }) =>
  (await provider.create(KEY, inputs)).outputs;
const makeCa = async (key: any, more: object = {}) =>
  provider.create(SELF, {
    privateKeyPem: key.privateKeyPem,
    subject: { commonName: "kubernetes", organization: "Föderation" },
    allowedUses: ["cert_signing", "digital_signature", "key_encipherment"],
    isCaCertificate: true,
    validityPeriodHours: 87600,
    ...more,
  });

describe("private keys", () => {
  test.each([
    [{ algorithm: "ECDSA", ecdsaCurve: "P256" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp256"],
    [{ algorithm: "ECDSA", ecdsaCurve: "P384" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp384"],
    [{ algorithm: "RSA", rsaBits: 2048 }, "RSA PRIVATE KEY", "ssh-rsa"],
    [{ algorithm: "ED25519" }, "PRIVATE KEY", "ssh-ed25519"],
  ])("%j comes in all forms and each is the same key", async (inputs, header, ssh) => {
    const { outputs, secrets } = await provider.create(KEY, inputs);
    expect(outputs.privateKeyPem).toContain(`-----BEGIN ${header}-----`);
    expect(openssl("pkey", "-in", file("k", outputs.privateKeyPem), "-pubout")).toBe(outputs.publicKeyPem);
    expect(openssl("pkey", "-in", file("k8", outputs.privateKeyPemPkcs8), "-pubout")).toBe(
      outputs.publicKeyPem,
    );
    expect(outputs.publicKeyOpenssh.startsWith(`${ssh} AAAA`)).toBe(true);
    expect(outputs.publicKeyFingerprintSha256).toMatch(/^SHA256:[\w+/]{43}$/);
    expect(secrets.sort()).toEqual(["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"]);
  });

  test("OpenSSH reads its own file form", async () => {
    let version = true;
    try {
      execFileSync("ssh-keygen", ["-?"], { stdio: "ignore" });
    } catch (error) {
      version = (error as NodeJS.ErrnoException).code !== "ENOENT";
    }
    if (!version) return console.warn("no ssh-keygen here: skipped");
    for (const inputs of [
      { algorithm: "ED25519" },
      { algorithm: "RSA" },
      { algorithm: "ECDSA", ecdsaCurve: "P521" },
    ]) {
      const key = await makeKey(inputs);
      const shown = execFileSync("ssh-keygen", ["-y", "-f", file("ssh", key.privateKeyOpenssh)], {
        encoding: "utf8",
      });
      expect(shown.trim().split(" ").slice(0, 2).join(" ")).toBe(key.publicKeyOpenssh.trim());
    }
  });
});

describe("certificates", () => {
  test("a CA verifies what it signs, in openssl and Node, with usages and names", async () => {
    const caKey = await makeKey();
    const ca = (await makeCa(caKey)).outputs;
    const key = await makeKey({ algorithm: "ECDSA", ecdsaCurve: "P384" });
    const csr = await provider.create(REQUEST, {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: "kube-apiserver" },
      dnsNames: ["kubernetes.default.svc", "*.elb.us-west-2.amazonaws.com"],
      ipAddresses: ["10.96.0.1", "fd00::1"],
    });
    expect(openssl("req", "-verify", "-noout", "-in", file("csr", csr.outputs.certRequestPem))).toBeDefined();
    const { outputs: leaf } = await provider.create(SIGNED, {
      certRequestPem: csr.outputs.certRequestPem,
      caCertPem: ca.certPem,
      caPrivateKeyPem: caKey.privateKeyPem,
      allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
      validityPeriodHours: 8760,
    });
    const parsed = new X509Certificate(leaf.certPem);
    expect(parsed.verify(new X509Certificate(ca.certPem).publicKey)).toBe(true);
    expect(parsed.checkIssued(new X509Certificate(ca.certPem))).toBe(true);
    expect(parsed.checkPrivateKey(createPrivateKey(key.privateKeyPem))).toBe(true);
    expect(parsed.checkHost("a.elb.us-west-2.amazonaws.com")).toBeDefined();
    expect(parsed.checkIP("10.96.0.1")).toBe("10.96.0.1");
    expect(parsed.ca).toBe(false);
    expect(
      openssl(
        "verify",
        "-x509_strict",
        "-purpose",
        "sslserver",
        "-CAfile",
        file("ca", ca.certPem),
        file("leaf", leaf.certPem),
      ),
    ).toContain("OK");
    const text = openssl("x509", "-noout", "-text", "-in", file("leaf", leaf.certPem));
    expect(text).toContain("Digital Signature, Key Encipherment");
    expect(text).toContain("TLS Web Server Authentication");
    expect(Date.parse(leaf.validityEndTime) - Date.parse(leaf.validityStartTime)).toBe(8760 * 3_600_000);
    expect(new Date(parsed.validTo).getTime()).toBe(Date.parse(leaf.validityEndTime));
    expect(leaf.caKeyAlgorithm).toBe("ECDSA");
  });

  test("a CA made by openssl is quoted byte for byte as the issuer", async () => {
    openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "30",
      "-utf8",
      "-subj",
      "/O=Some Org/CN=outside",
      "-keyout",
      path.join(dir, "out.key"),
      "-out",
      path.join(dir, "out.crt"),
    );
    const [caCertPem, caPrivateKeyPem] = ["out.crt", "out.key"].map((name) =>
      fs.readFileSync(path.join(dir, name), "utf8"),
    );
    const key = await makeKey();
    const csr = await provider.create(REQUEST, {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: "x" },
    });
    const { outputs } = await provider.create(SIGNED, {
      ...{ caCertPem, caPrivateKeyPem, certRequestPem: csr.outputs.certRequestPem },
      ...{ allowedUses: ["client_auth"], validityPeriodHours: 24 },
    });
    expect(openssl("verify", "-CAfile", path.join(dir, "out.crt"), file("l", outputs.certPem))).toContain(
      "OK",
    );
  });

  test("the wrong CA key is refused", async () => {
    const ca = (await makeCa(await makeKey())).outputs;
    const other = await makeKey();
    const csr = await provider.create(REQUEST, { privateKeyPem: other.privateKeyPem });
    const inputs = {
      certRequestPem: csr.outputs.certRequestPem,
      caCertPem: ca.certPem,
      allowedUses: [],
      validityPeriodHours: 1,
    };
    await expect(
      provider.create(SIGNED, { ...inputs, caPrivateKeyPem: other.privateKeyPem }),
    ).rejects.toThrow(/is not the key of caCertPem/);
  });

  test("a certificate in its renewal time is replaced by a plain preview", async () => {
    const key = await makeKey();
    const inputs = {
      privateKeyPem: key.privateKeyPem,
      allowedUses: ["cert_signing"],
      validityPeriodHours: 10,
      earlyRenewalHours: 5,
    };
    const { outputs } = await provider.create(SELF, inputs);
    expect(outputs.readyForRenewal).toBe(false);
    expect((await provider.diff(SELF, inputs, inputs, outputs)).changes).toBe("DIFF_NONE");
    const renewed = await provider.diff(SELF, inputs, { ...inputs, earlyRenewalHours: 11 }, outputs);
    expect(renewed.replaces).toEqual(["readyForRenewal"]);
    const later = await provider.diff(SELF, inputs, { ...inputs, earlyRenewalHours: 3 }, outputs);
    expect(later.details).toEqual({ earlyRenewalHours: "UPDATE" });
    const longer = await provider.diff(SELF, inputs, { ...inputs, validityPeriodHours: 20 }, outputs);
    expect(longer.details).toEqual({ validityPeriodHours: "UPDATE_REPLACE" });
  });

  test("an unknown usage is a check failure, and a CA's key identifiers are set", async () => {
    const { failures } = await provider.check(SELF, { allowedUses: ["serverAuth"], validityPeriodHours: 1 });
    expect(failures.map((failure) => failure.property)).toEqual(["allowedUses"]);
    const ca = (await makeCa(await makeKey({ algorithm: "RSA" }), { setAuthorityKeyId: true })).outputs;
    const text = openssl("x509", "-noout", "-text", "-in", file("rsa-ca", ca.certPem));
    expect(text).toMatch(/Subject Key Identifier/);
    expect(text).toMatch(/Authority Key Identifier/);
    expect(text).toMatch(/CA:TRUE/);
    expect(text).toMatch(/sha256WithRSAEncryption/);
  });

  it("goes on making keys whenever the collector runs", () => {
    const args = ["--max-semi-space-size=1", "--import", "tsx", path.join(__dirname, "many-keys.ts"), "1500"];
    execFileSync(process.execPath, args, { timeout: 40_000 });
  });
});
