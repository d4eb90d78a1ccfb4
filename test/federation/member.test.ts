import { unreadiness } from "../../federation/member";
import type { ApiAnswer } from "../../regions/api-client";

const member = { name: "munich", endpoint: "https://munich.example.com:6443", egress: ["203.0.113.9/32"] };
const seen = (answer: ApiAnswer) => unreadiness(async () => answer, member);
const condition = (ready: object) => ({ status: 200, body: { status: { conditions: [ready] } } });

describe("a member that is to become Ready", () => {
  test("E6: that the host's pods do not reach is told with whom to let in, and where", async () => {
    const away = {
      type: "Ready",
      status: "False",
      reason: "ClusterNotReachable",
      message: "cluster is not reachable",
    };
    expect(await seen(condition(away))).toBe(
      "ClusterNotReachable: cluster is not reachable from the federation's host: let 203.0.113.9/32 in at " +
        "https://munich.example.com:6443, in its firewall or its list of authorized networks",
    );
  });

  test("says what Karmada says otherwise, and nothing when it is", async () => {
    const ill = { type: "Ready", status: "False", reason: "ClusterNotReady", message: "health check failed" };
    expect(await seen(condition(ill))).toBe("ClusterNotReady: health check failed");
    expect(await seen(condition({ type: "Ready", status: "True" }))).toBeUndefined();
    expect(await seen({ status: 200, body: {} })).toBe("Karmada has not looked at it yet");
    expect(await seen({ status: 404, body: { message: "not found" } })).toBe(
      "its Cluster answers 404: not found",
    );
  });
});
