import { patchRevision } from "../../apps/overrides";
import { OVERRIDES_ANNOTATION, REVISION_ANNOTATION, revision } from "../../apps/part";
import { partFault } from "../../apps/readiness";
import type { ApiAnswer } from "../../regions/api-client";
import { nginxPart } from "./nginx-part";

const nginx = nginxPart({ plan: { "us-east": 2 } });

/** A member's API that has the Deployment (and events) as given. */
function member(live?: object, events: object[] = []) {
  return async (path: string): Promise<ApiAnswer> => {
    if (path.startsWith("/api/v1/namespaces/web/events?")) return { status: 200, body: { items: events } };
    expect(path).toBe("/apis/apps/v1/namespaces/web/deployments/nginx");
    return live ? { status: 200, body: live } : { status: 404, body: { message: "not found" } };
  };
}

/** The revision that belongs to a plan of so many. */
const told = (count: number) => revision({ ...nginx, plan: { "us-east": count } });

const running = (count: number, change: { metadata?: object; spec?: object; status?: object } = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { generation: 4, annotations: { [REVISION_ANNOTATION]: told(count) }, ...change.metadata },
  spec: { replicas: count, ...change.spec },
  status: {
    observedGeneration: 4,
    replicas: count,
    updatedReplicas: count,
    availableReplicas: count,
    ...change.status,
  },
});

const faultOf = (count: number, live?: object, events?: object[], part = nginx) =>
  partFault(member(live, events), { ...part, plan: { "us-east": count } }, "us-east");

describe("a member's share", () => {
  test("is there when every replica of this revision is ready", async () => {
    expect(await faultOf(2, running(2))).toBeUndefined();
  });

  test("of none is there when the member has no Deployment at all", async () => {
    expect(await faultOf(0)).toBeUndefined();
    expect(await faultOf(2)).toBe("no Deployment nginx yet, 2 replicas wanted");
  });

  test("is not there while the member is told another number", async () => {
    expect(await faultOf(5, running(2))).toBe("Deployment nginx is told 2 replicas, 5 wanted");
  });

  test("is not there while the old revision runs in the right number", async () => {
    const old = running(2, { metadata: { annotations: { [REVISION_ANNOTATION]: "old" } } });
    expect(await faultOf(2, old)).toBe(`Deployment nginx still has revision old, ${told(2)} wanted`);
  });

  test("A12: is not there before the member has its overrides, nor while it has some of before", async () => {
    const patches = [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: "b" }] as const;
    const own = { ...nginx, patches: { "us-east": patches } };
    const annotations = { [REVISION_ANNOTATION]: told(2), [OVERRIDES_ANNOTATION]: patchRevision(patches) };
    const overridden = running(2, { metadata: { annotations } });
    const wanted = patchRevision(patches);
    expect(await faultOf(2, running(2), [], own)).toBe(
      `Deployment nginx still has overrides none, ${wanted} wanted`,
    );
    expect(await faultOf(2, overridden, [], own)).toBeUndefined();
    expect(await faultOf(2, overridden)).toBe(`Deployment nginx still has overrides ${wanted}, none wanted`);
  });

  test("is not there before the member's controller has seen the change, whatever its numbers say", async () => {
    expect(await faultOf(2, running(2, { status: { observedGeneration: 3 } }))).toContain(
      "2 of 2 replicas ready",
    );
  });

  test("is not there while pods of before are still there", async () => {
    expect(await faultOf(2, running(2, { status: { replicas: 5 } }))).toBeDefined();
  });

  test("tells what the pods lack: the last warnings of this app's pods, oldest first", async () => {
    const event = (name: string, reason: string, lastTimestamp: string) => ({
      involvedObject: { name },
      reason,
      message: `${reason} happened`,
      lastTimestamp,
      metadata: {},
    });
    const events = [
      event("nginx-1", "Failed", "2026-01-01T00:00:03Z"),
      event("other-1", "Failed", "2026-01-01T00:00:09Z"),
      event("nginx-1", "FailedScheduling", "2026-01-01T00:00:01Z"),
    ];
    expect(await faultOf(2, running(2, { status: { availableReplicas: 1 } }), events)).toBe(
      "Deployment nginx: 1 of 2 replicas ready\n" +
        "  nginx-1: FailedScheduling: FailedScheduling happened\n" +
        "  nginx-1: Failed: Failed happened",
    );
  });

  test("may be another number where an autoscaler of the app counts", async () => {
    const part = { ...nginx, scaled: true };
    const live = running(5, { metadata: { annotations: { [REVISION_ANNOTATION]: told(2) } } });
    const scaledTo = { ...live, spec: { replicas: 5 } };
    expect(await faultOf(2, scaledTo, [], part)).toBe(undefined);
    expect(await faultOf(2, scaledTo)).toContain("is told 5 replicas, 2 wanted");
  });
});
