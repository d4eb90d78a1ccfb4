import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { leaveAlone, unreachable } from "../../regions/lost";
import { type EngineStack, engineStack, quiet } from "../sandbox/providers/engine-stack";

/** Nobody listens there. */
const kubeconfig = JSON.stringify({
  "current-context": "gone",
  contexts: [{ name: "gone", context: { cluster: "gone", user: "gone" } }],
  clusters: [{ name: "gone", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "gone", user: { token: "none" } }],
});

/** A member's cluster whose command fails if it is run again, and its provider. */
class Cluster extends pulumi.ComponentResource {
  constructor(lost: boolean) {
    super("federation:test:Cluster", "us-east", {}, { transformations: lost ? [leaveAlone] : [] });
    const run = lost ? "exit 1" : "true";
    const made = new command.local.Command("us-east-made", { create: run, update: run }, { parent: this });
    new pulumi.Stash("us-east-kept", { input: lost ? {} : { zones: ["a"] } }, { parent: this });
    new k8s.Provider(
      "us-east-kubernetes",
      { kubeconfig, clusterIdentifier: "us-east", ...(lost && unreachable) },
      { parent: this, dependsOn: made },
    );
    this.registerOutputs({});
  }
}

let lost = false;
let engine: EngineStack;
beforeAll(async () => void (engine = await engineStack("federation", async () => void new Cluster(lost))));
afterAll(() => engine?.remove());

describe("what is left of a lost member", () => {
  test("E5: stays in the state as it was; only its Kubernetes provider learns that it may be away", async () => {
    expect((await engine.stack.up(quiet)).summary.resourceChanges).toEqual({ create: 5 });
    lost = true;
    expect((await engine.stack.up(quiet)).summary.resourceChanges).toEqual({ same: 4, update: 1 });
    expect((await engine.stack.preview(quiet)).changeSummary).toEqual({ same: 5 });
  });
});
