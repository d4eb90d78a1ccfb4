import * as aws from "@pulumi/aws";
import type { EngineEvent, PreviewOptions } from "@pulumi/pulumi/automation";
import * as tls from "@pulumi/tls";
import { parseConfig } from "../../config";
import { createMember } from "../../regions/member";
import { engineOnAccount } from "../sandbox/providers/engine-on-account";
import { quiet } from "../sandbox/providers/engine-stack";

// No machine boots here, so no API is waited for and nothing is in the cluster.
jest.mock("../../regions/ready", () => ({ readyOrTold: async () => undefined }));
jest.mock("../../regions/poll", () => ({ until: async () => undefined }));
jest.mock("../../regions/addons", () => ({ CloudController: class { parts = [] } })); // prettier-ignore
jest.mock("../../regions/drain", () => ({ drainOf: (name: string) => new (require("@pulumi/pulumi").Stash)(name, { input: name }) })); // prettier-ignore

jest.setTimeout(300_000);

/** What of the stack's config the next run differs in. */
interface Change {
  readonly member?: object;
  readonly stack?: object;
}
let change: Change = {};

async function program() {
  const config = parseConfig({
    domain: "k8s.example.com",
    host: "us-west",
    apiAccess: ["203.0.113.0/24"],
    members: { "us-west": { region: "us-west-2", controlPlane: { nodes: 3 }, ...change.member } },
    ...change.stack,
  });
  const providers = [new aws.Provider("aws", { region: "us-west-2" }), new tls.Provider("tls")];
  const zones = ["us-west-2a", "us-west-2b", "us-west-2c"];
  createMember("us-west", config, { zones }, { providers });
}

const stage = engineOnAccount("federation", program);
beforeAll(async () => {
  change = {};
  await stage.engine.stack.up(quiet);
});

const nameOf = (urn: string): string => urn.split("::").pop()!;

/** What a preview shows that is not the same: `replace us-west-control-plane-0`. */
async function shown(next: Change, options: PreviewOptions = {}): Promise<string[]> {
  change = next;
  const steps: string[] = [];
  const onEvent = ({ resourcePreEvent }: EngineEvent) => {
    const { op, urn } = resourcePreEvent?.metadata ?? {};
    if (op && urn && !["same", "read"].includes(op) && !urn.includes("pulumi:pulumi:Stack"))
      steps.push(`${op} ${nameOf(urn)}`);
  };
  await stage.engine.stack.preview({ ...quiet, ...options, onEvent });
  return steps.sort();
}

const blueprints = [0, 1, 2]
  .map((slot) => `update us-west-control-plane-${slot}-blueprint`)
  .concat("update us-west-workers-blueprint");
const nodes = /us-west-(control-plane-\d|workers(-template)?|kubernetes)$/;

describe("nodes that are there", () => {
  test("stay as they are when nothing changed", async () => {
    expect(await shown({})).toEqual([]);
  });

  const other = "ami-0123456789abcdef0";

  test("stay under a newer image: what changes is the blueprint of the next ones", async () => {
    expect(await shown({ member: { image: other } })).toEqual(blueprints);
  });

  test("stay under other scripts", async () => {
    expect(await shown({ stack: { versions: { containerd: "v2.2.2" } } })).toEqual(blueprints);
  });

  test("stay under another name of the server", async () => {
    const steps = await shown({ stack: { domain: "k8s.example.org" } });
    expect(steps.filter((step) => nodes.test(step) && !step.startsWith("update us-west-kubernetes"))).toEqual(
      [],
    );
    expect(steps.filter((step) => step.startsWith("replace"))).toEqual([]);
  });

  test("stay under a new authority, and so does what is in the cluster: its provider is not replaced", async () => {
    const { resources } = (await stage.engine.stack.exportStack()).deployment;
    const ca = resources.find(({ urn }: { urn: string }) => nameOf(urn) === "us-west-pki-ca").urn;
    const steps = await shown({}, { replace: [ca] });
    expect(steps).toContain("replace us-west-pki-ca");
    expect(steps.filter((step) => nodes.test(step) && !step.startsWith("update us-west-kubernetes"))).toEqual(
      [],
    );
  });

  test("go with the next rollout, all of them", async () => {
    const steps = await shown({ member: { image: other, rollout: 1 } });
    for (const slot of [0, 1, 2]) expect(steps).toContain(`replace us-west-control-plane-${slot}`);
    expect(steps).toContain("update us-west-workers-template");
    expect(steps.filter((step) => /us-west-kubernetes|-interface|-etcd$/.test(step))).toEqual([]);
  });
});
