import { describeDrift, driftOf, puttingBack } from "../../apps/drift";
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

  test("is put right once, and told; what hinders that is given back", async () => {
    const warned: string[] = [];
    const told: unknown[] = [];
    const putBack = puttingBack((line) => void warned.push(line));
    const has =
      (replicas: number, status = 200) =>
      async (_: string, method?: string, body?: object) => {
        if (method === "PATCH") told.push(body);
        return method === "PATCH"
          ? { status, body: { message: "forbidden" } }
          : { status: 200, body: live(replicas) };
      };
    expect(await putBack(has(3), [part])).toEqual([]);
    expect(await putBack(async () => ({ status: 404, body: {} }), [part])).toEqual([]);
    expect(await putBack(has(7, 403), [part])).toEqual([
      "the scale of Deployment/nginx answers 403: forbidden",
    ]);
    expect(warned).toEqual([]);
    expect(await putBack(has(7), [part, part, nginxPart()])).toEqual([]);
    expect(await putBack(has(8), [part])).toEqual([]);
    expect(warned).toEqual([
      "at the federation, Deployment nginx was told 7 replicas by kubectl, 3 planned: put back",
    ]);
    expect(told).toEqual([{ spec: { replicas: 3 } }, { spec: { replicas: 3 } }]);
  });
});
