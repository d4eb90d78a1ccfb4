/** Types and rules of @pulumi/tls 5.6.1: every input replaces, but `earlyRenewalHours`. */

import {
  Diff,
  Props,
  ProviderDefinition,
  ResourceType,
  changes,
  formatPath,
  isUnknown,
  sdkVersion,
} from "../runtime";
import { locallySigned, request, selfSigned, Issued } from "./certificates";
import { unknownUses } from "./extensions";
import { algorithmOf, generateKey, privateForms, publicDer, publicForms, readKey, sha1 } from "./keys";

const HOUR_MS = 3_600_000;
/** What is made here lives in the state alone: nothing to look up, nothing to take away. */
const stateOnly: Pick<ResourceType, "read" | "delete"> = {
  async read(id, state) {
    return {
      id,
      outputs: "validityEndTime" in state ? { ...state, readyForRenewal: due(state, state) } : state,
    };
  },
  async delete() {},
};

const privateKey: ResourceType = {
  ...stateOnly,
  required: ["algorithm"],
  secretOutputs: ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"],
  computed: [
    ...["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh", "publicKeyPem", "publicKeyOpenssh"],
    ...["publicKeyFingerprintMd5", "publicKeyFingerprintSha256", "ecdsaCurve", "rsaBits"],
  ],
  async create(inputs) {
    const key = generateKey(inputs.algorithm, inputs);
    const defaults = { ecdsaCurve: "P224", rsaBits: 2048 };
    return {
      id: sha1(publicDer(key)),
      outputs: { ...defaults, ...inputs, ...privateForms(key), ...publicForms(key) },
    };
  },
};

const certRequest: ResourceType = {
  ...stateOnly,
  computed: ["certRequestPem", "keyAlgorithm"],
  secretOutputs: ["privateKeyPem"],
  async create(inputs) {
    const key = readKey(inputs.privateKeyPem ?? inputs.privateKeyPemWo, "privateKeyPem");
    const certRequestPem = await request(key, inputs);
    return {
      id: sha1(certRequestPem),
      outputs: { ...stored(inputs), certRequestPem, keyAlgorithm: algorithmOf(key) },
    };
  },
};

function certificate(
  make: (inputs: Props) => Promise<Props & { issued: Issued }>,
  more: Partial<ResourceType>,
): ResourceType {
  return {
    ...stateOnly,
    computed: ["certPem", "readyForRenewal", "validityStartTime", "validityEndTime"],
    async check(inputs) {
      const uses = Array.isArray(inputs.allowedUses)
        ? inputs.allowedUses.filter((use) => !isUnknown(use))
        : [];
      const reason = `none of RFC 5280's usages: ${unknownUses(uses).join(", ")} (written like cert_signing, server_auth)`;
      return { inputs, failures: unknownUses(uses).length ? [{ property: "allowedUses", reason }] : [] };
    },
    async create(inputs) {
      const { issued, ...rest } = await make(inputs);
      const times = { validityStartTime: rfc3339(issued.start), validityEndTime: rfc3339(issued.end) };
      const outputs = { earlyRenewalHours: 0, ...stored(inputs), ...rest, ...times, certPem: issued.pem };
      return { id: issued.serial, outputs: { ...outputs, readyForRenewal: due(outputs, outputs) } };
    },
    async update(_id, olds, news) {
      const outputs = { ...olds, ...stored(news), earlyRenewalHours: news.earlyRenewalHours ?? 0 };
      return { ...outputs, readyForRenewal: due(outputs, outputs) };
    },
    diff: renewalDiff,
    ...more,
  };
}

/** By inputs, and by the clock: a certificate that is due is replaced, which a plain preview shows. */
function renewalDiff(olds: Props, news: Props, state: Props): Diff {
  const changed = changes(strip(olds), strip(news)).map((change) => formatPath(change.path));
  const replaces = changed.filter((path) => path !== "earlyRenewalHours");
  if (!due(state, news)) return { changed, replaces };
  return { changed: [...changed, "readyForRenewal"], replaces: [...replaces, "readyForRenewal"] };
}

/** Write-only keys are compared by their version alone: they are not kept. */
function strip({ privateKeyPemWo: _own, caPrivateKeyPemWo: _ca, ...inputs }: Props): Props {
  return inputs;
}

function stored({ privateKeyPemWo: _own, caPrivateKeyPemWo: _ca, ...inputs }: Props): Props {
  return inputs;
}

/** True from `earlyRenewalHours` before the end on. */
function due(state: Props, inputs: Props): boolean {
  const early = typeof inputs.earlyRenewalHours === "number" ? inputs.earlyRenewalHours : 0;
  return Date.now() >= Date.parse(state.validityEndTime) - early * HOUR_MS;
}

function rfc3339(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

const types: Record<string, ResourceType> = {
  "tls:index/privateKey:PrivateKey": privateKey,
  "tls:index/certRequest:CertRequest": certRequest,
  "tls:index/selfSignedCert:SelfSignedCert": certificate(
    async (inputs) => {
      const key = readKey(inputs.privateKeyPem ?? inputs.privateKeyPemWo, "privateKeyPem");
      return { issued: await selfSigned(key, inputs), keyAlgorithm: algorithmOf(key) };
    },
    {
      required: ["allowedUses", "validityPeriodHours"],
      secretOutputs: ["privateKeyPem"],
      computed: ["certPem", "keyAlgorithm", "readyForRenewal", "validityStartTime", "validityEndTime"],
    },
  ),
  "tls:index/locallySignedCert:LocallySignedCert": certificate(
    async (inputs) => {
      const key = readKey(inputs.caPrivateKeyPem ?? inputs.caPrivateKeyPemWo, "caPrivateKeyPem");
      return { issued: await locallySigned(key, inputs), caKeyAlgorithm: algorithmOf(key) };
    },
    {
      required: ["allowedUses", "validityPeriodHours", "caCertPem", "certRequestPem"],
      secretOutputs: ["caPrivateKeyPem"],
      computed: ["certPem", "caKeyAlgorithm", "readyForRenewal", "validityStartTime", "validityEndTime"],
    },
  ),
};

export const tls: ProviderDefinition = {
  name: "tls",
  version: sdkVersion("tls"),
  jsonConfig: ["proxy"],
  resource: (token) => types[token],
  functions: {
    "tls:index/getPublicKey:getPublicKey": async (args) => {
      const key = readKey(args.privateKeyPem ?? args.privateKeyOpenssh, "privateKeyPem");
      return { ...args, algorithm: algorithmOf(key), ...publicForms(key), id: sha1(publicDer(key)) };
    },
  },
};
