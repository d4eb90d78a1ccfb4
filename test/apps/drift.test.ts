import { describeDrift, driftOf, putRight } from "../../apps/drift";
import { stamped } from "../../apps/part";
import { nginxPart } from "./nginx-part";

const part = nginxPart({ members: ["us-west", "us-east"], plan: { "us-west": 2, "us-east": 1 } });
const replicasOf = (manager: string) => ({ manager, fieldsV1: { "f:spec": { "f:replicas": {} } } });

/** What the federation has of the part when somebody has scaled it. */
function live(replicas: number, of = part): any {
  const { metadata, spec } = stamped(of);
  const managedFields = [
    { manager: "pulumi-kubernetes", fieldsV1: { "f:spec": { "f:template": {} } } },
    replicasOf("kubectl"),
  ];
  return { metadata: { ...metadata, managedFields }, spec: { ...spec, replicas } };
}

describe("A8b: drift of a workload's total", () => {
  test("is told with who wrote it", () => {
    const drift = driftOf(live(7))!;
    expect(drift).toEqual({ has: 7, planned: 3, by: "kubectl" });
    expect(describeDrift(drift)).toBe("told 7 replicas by kubectl, 3 planned");
    expect(driftOf({ ...live(7), metadata: stamped(part).metadata })?.by).toBe("somebody");
  });

  test("is none at the plan's total, without a plan, and where an autoscaler counts", () => {
    expect(driftOf(live(3))).toBeUndefined();
    expect(driftOf(live(7, nginxPart()))).toBeUndefined();
    expect(driftOf({ metadata: {}, spec: { replicas: 7 } })).toBeUndefined();
    expect(driftOf(live(7, { ...part, scaled: true }))).toBeUndefined();
  });

  test("is not put right by a federation that refuses it, and that is an error", async () => {
    const call = async (_: string, method?: string) =>
      method === "PATCH" ? { status: 403, body: { message: "forbidden" } } : { status: 200, body: live(7) };
    await expect(putRight(call, part)).rejects.toThrow(
      "the scale of Deployment/nginx answers 403: forbidden",
    );
    expect(await putRight(async () => ({ status: 404, body: {} }), part)).toBeUndefined();
    expect(await putRight(async () => ({ status: 200, body: live(3) }), part)).toBeUndefined();
  });
});
