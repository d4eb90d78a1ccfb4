import { SSMClient } from "@aws-sdk/client-ssm";
import type { ApiAnswer } from "../../regions/api-client";
import { nodeTrouble, slotTrouble } from "../../regions/slot-health";

const slot = { nodeName: "ip-10-3-0-10", instanceId: "i-0new" };
const ready = { conditions: [{ type: "Ready", status: "True" }] };
const answers: Record<string, ApiAnswer> = {
  "/api/v1/nodes/ip-10-3-0-10": {
    status: 200,
    body: { spec: { providerID: "aws:///us-west-2a/i-0new" }, status: ready },
  },
  "/api/v1/namespaces/kube-system/pods/etcd-ip-10-3-0-10": { status: 200, body: { status: ready } },
};
const trouble = (change: Record<string, ApiAnswer> = {}) =>
  nodeTrouble(async (path) => ({ ...answers, ...change })[path], slot);
const [node, etcd] = Object.keys(answers);

describe("the next slot's node", () => {
  const gate = (Value: string) => {
    jest.spyOn(SSMClient.prototype, "send").mockImplementation(async () => ({ Parameter: { Value } }));
    const args = { ...slot, region: "us-west-2", kubeconfig: "{}", begunParameter: "begun" };
    return slotTrouble(args).catch(() => "asks the cluster");
  };

  it.each(["no", "restoring us-west/1.db"])(
    "need not wait while the cluster is noted as: %s",
    async (noted) => {
      expect(await gate(noted)).toBeUndefined();
    },
  );

  it.each(["yes", "yes us-west/1.db"])("waits for this one where it is noted as: %s", async (noted) => {
    expect(await gate(noted)).toBe("asks the cluster");
  });
});

describe("a control-plane node", () => {
  it("is well when node and etcd are Ready and the node is the instance's", async () => {
    expect(await trouble()).toBeUndefined();
  });

  it.each<[string, Record<string, ApiAnswer>, string]>([
    ["has not joined", { [node]: { status: 404, body: {} } }, "node ip-10-3-0-10 answers 404"],
    [
      "is still its predecessor's: that one's Ready tells nothing",
      { [node]: { status: 200, body: { spec: { providerID: "aws:///us-west-2a/i-0old" }, status: ready } } },
      "is still aws:///us-west-2a/i-0old",
    ],
    [
      "does not tell whose it is",
      { [node]: { status: 200, body: { spec: {}, status: ready } } },
      "is still without its instance",
    ],
    [
      "is not Ready",
      { [node]: { status: 200, body: { spec: answers[node].body.spec, status: {} } } },
      "node ip-10-3-0-10 is not Ready",
    ],
    ["has no etcd", { [etcd]: { status: 404, body: {} } }, "pod etcd-ip-10-3-0-10 answers 404"],
    [
      "has an etcd that is not Ready",
      { [etcd]: { status: 200, body: {} } },
      "pod etcd-ip-10-3-0-10 is not Ready",
    ],
  ])("is in trouble while it %s", async (_, change, text) => {
    expect(await trouble(change)).toContain(text);
  });
});
