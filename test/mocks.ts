import * as pulumi from "@pulumi/pulumi";
import type { MockCallArgs, MockResourceArgs } from "@pulumi/pulumi/runtime";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

/**
 * The one rig that every component test uses: it takes the engine's place, answers each registration, and keeps
 * the whole request, with what Pulumi's own mocks leave out (parent, dependencies, options).
 *
 * What it does not prove: that AWS, Kubernetes or the providers accept these inputs.
 */

/** A resource as it was registered. Names and URNs, no objects, so that tests can compare. */
export interface Recorded {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly id: string;
  /** Inputs, with secrets unwrapped. */
  readonly inputs: Record<string, any>;
  /** Paths of the inputs that are secret, such as `value` or `environment.TOKEN`. */
  readonly secrets: readonly string[];
  readonly outputs: Record<string, any>;
  /** URN of the parent, "" for none. */
  readonly parent: string;
  /** URNs of all it depends on, by option or by value. */
  readonly dependencies: readonly string[];
  /** URNs of what each input was made of. */
  readonly inputDependencies: Readonly<Record<string, string[]>>;
  /** URN of its provider, "" for none. */
  readonly provider: string;
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly retainOnDelete: boolean;
  /** URN of what it goes with, without being deleted itself; "" for none. */
  readonly deletedWith: string;
  readonly additionalSecretOutputs: readonly string[];
  readonly replacementTrigger: unknown;
}

/** Outputs that only the provider knows: of a type, from a resource's inputs. */
export type Computed = Record<string, (args: MockResourceArgs) => Record<string, unknown>>;

/** Answers of the functions that a program may call; any other call fails the test. */
export type Answers = Record<string, (inputs: any) => Record<string, unknown>>;

export interface Rig {
  /** Everything registered so far. */
  readonly resources: Recorded[];
  /** Waits until nothing more is being registered. */
  settle(): Promise<Recorded[]>;
  /** Those of a type, such as `aws:ec2/instance:Instance`. */
  ofType(type: string): Recorded[];
  /** The one of a name. */
  named(name: string): Recorded;
  /** URNs of all that `urn` needs, directly or not: what outlives it on the way down. */
  needs(urn: string): Set<string>;
}

const secretMark = "4dabf18193072939515e22adb298388d";

interface MockOptions {
  readonly computed?: Computed;
  readonly answers?: Answers;
  readonly project?: string;
  readonly stack?: string;
  readonly preview?: boolean;
}

const ids = (type: string, name: string) => `${type.split(":").pop()}/${name}`;

const random = (name: string) => name.replace(/[^a-z0-9]/g, "");

/** What the components of this program read of their resources. */
const commonComputed: Computed = {
  "pulumi:index:Stash": ({ inputs }) => ({ output: inputs.input }),
  "aws:ec2/eip:Eip": ({ name }) => ({
    publicIp: `203.0.113.${name.length}`,
    allocationId: `eipalloc-${random(name)}`,
  }),
  "aws:ec2/instance:Instance": ({ name }) => ({
    privateDns: `${name}.compute.internal`,
    arn: `arn:instance/${name}`,
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 1 }),
  "aws:lb/loadBalancer:LoadBalancer": ({ name, inputs }) => ({
    arn: `arn:loadbalancer/${name}`,
    dnsName: `${name}-0123456.elb.${inputs.region}.amazonaws.com`,
    zoneId: "Z-LB",
  }),
  "aws:ssm/parameter:Parameter": ({ inputs }) => ({ arn: `arn:parameter${inputs.name}` }),
  "aws:iam/role:Role": ({ name }) => ({ arn: `arn:role/${name}` }),
  "tls:index/privateKey:PrivateKey": ({ name }) => ({
    privateKeyPem: `-----PRIVATE KEY of ${name}-----`,
    publicKeyPem: `-----PUBLIC KEY of ${name}-----`,
  }),
  "tls:index/selfSignedCert:SelfSignedCert": ({ name }) => ({
    certPem: `-----CERTIFICATE ${name}-----`,
    validityEndTime: "2036-11-21T00:00:00Z",
  }),
  "tls:index/locallySignedCert:LocallySignedCert": ({ name }) => ({
    certPem: `-----CERTIFICATE ${name}-----`,
    validityEndTime: "2027-11-21T00:00:00Z",
  }),
  "tls:index/certRequest:CertRequest": ({ name }) => ({ certRequestPem: `-----REQUEST ${name}-----` }),
};

const commonAnswers: Answers = {
  "aws:ssm/getParameter:getParameter": ({ name, region }) => ({
    id: name,
    name,
    value: `ami-0${Buffer.from(region).toString("hex").slice(0, 16)}`,
    insecureValue: `ami-0${Buffer.from(region).toString("hex").slice(0, 16)}`,
  }),
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": ({ region }) => ({
    locations: ["a", "b", "c"].map((letter) => `${region}${letter}`),
  }),
  "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 50 }),
};

/**
 * Puts the rig in the engine's place. Call it before the program under test makes a resource; each call starts over.
 */
export async function useMocks(options: MockOptions = {}): Promise<Rig> {
  const computed = { ...commonComputed, ...options.computed };
  const answers = { ...commonAnswers, ...options.answers };
  const resources: Recorded[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const id = ids(args.type, args.name);
        const outputs = { arn: `arn:${id}`, name: args.name, ...args.inputs, ...computed[args.type]?.(args) };
        return { id: args.custom ? id : undefined, state: args.custom ? outputs : args.inputs };
      },
      call: ({ token, inputs }: MockCallArgs) => {
        const answer = answers[token];
        if (!answer) throw new Error(`the mocks know no answer of ${token}: give one in answers`);
        return answer(inputs);
      },
    },
    options.project ?? "federation",
    options.stack ?? "test",
    options.preview ?? false,
  );
  record(resources);
  pulumi.runtime.setAllConfig({});
  return {
    resources,
    settle: () => settle(resources),
    ofType: (type) => resources.filter((resource) => resource.type === type),
    named: (name) => {
      const found = resources.filter((resource) => resource.name === name);
      if (found.length !== 1) throw new Error(`${found.length} resources are named ${name}`);
      return found[0];
    },
    needs: (urn) => needs(resources, urn),
  };
}

let recording: Recorded[] = [];
let wrapped = false;

/** Has the mock engine keep what it is asked. */
function record(into: Recorded[]): void {
  recording = into;
  if (wrapped) return;
  wrapped = true;
  const original = MockMonitor.prototype.registerResource;
  MockMonitor.prototype.registerResource = function (this: MockMonitor, request: any, callback: any) {
    const into = recording;
    return original.call(this, request, (error: any, response: any) => {
      if (!error) into.push(recorded(request, response));
      callback(error, response);
    });
  };
}

function recorded(request: any, response: any): Recorded {
  const raw = request.getObject()?.toJavaScript() ?? {};
  const secrets: string[] = [];
  const trigger = request.getReplacementTrigger?.();
  return {
    urn: response.getUrn(),
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    id: response.getId(),
    inputs: unwrap(raw, "", secrets),
    secrets,
    outputs: unwrap(response.getObject()?.toJavaScript() ?? {}, "", []),
    parent: request.getParent(),
    dependencies: request.getDependenciesList(),
    inputDependencies: Object.fromEntries(
      request
        .getPropertydependenciesMap()
        .toArray()
        .map(([name, entry]: [string, any]) => [name, entry[0] ?? []]),
    ),
    provider: request.getProvider().split("::").slice(0, -1).join("::"),
    ignoreChanges: request.getIgnorechangesList(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    retainOnDelete: request.getRetainondelete(),
    deletedWith: request.getDeletedwith(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    replacementTrigger: trigger?.toJavaScript?.() ?? trigger,
  };
}

function unwrap(value: any, path: string, secrets: string[]): any {
  if (Array.isArray(value)) return value.map((item, i) => unwrap(item, `${path}.${i}`, secrets));
  if (typeof value !== "object" || value === null) return value;
  if (secretMark in value && "value" in value) {
    secrets.push(path);
    return unwrap(value.value, path, secrets);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, unwrap(item, path ? `${path}.${key}` : key, secrets)]),
  );
}

async function settle(resources: Recorded[]): Promise<Recorded[]> {
  for (;;) {
    const before = resources.length;
    await pulumi.runtime.disconnect();
    await new Promise((resolve) => setImmediate(resolve));
    if (resources.length === before) return resources;
  }
}

function needs(resources: readonly Recorded[], urn: string): Set<string> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const seen = new Set<string>();
  const walk = (next: string): void => {
    const resource = byUrn.get(next);
    if (!resource || seen.has(next)) return;
    seen.add(next);
    // What depends on a component depends on its children.
    const children = resource.custom
      ? []
      : resources.filter(({ parent }) => parent === next).map((child) => child.urn);
    [...resource.dependencies, ...children, resource.provider].forEach(walk);
  };
  walk(urn);
  seen.delete(urn);
  return seen;
}
