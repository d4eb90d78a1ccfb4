import { deployment } from "../../apps/objects";
import { REVISION_ANNOTATION, stamped } from "../../apps/part";
import { untilRunning } from "../../apps/waiting";
import type { ApiAnswer, ApiCall } from "../../regions/api-client";
import { nginxPart } from "./nginx-part";

/** APIs by the text of their kubeconfig. */
const apis: Record<string, ApiCall> = {};
jest.mock("../../regions/api-client", () => ({ apiClient: (kubeconfig: string) => apis[kubeconfig] }));

const nginx = nginxPart({
  object: deployment({ name: "nginx", namespace: "default", image: "nginx:1.29" }),
  plan: { "us-east": 0 },
});

const warned = jest.fn();
beforeEach(() => warned.mockClear());

test("E5: a member that is back with no share is cleared of what it ran, and then nothing is waited for", async () => {
  const metadata = {
    generation: 1,
    labels: { "karmada.io/managed": "true" },
    annotations: {
      [REVISION_ANNOTATION]: "0123456789ab",
      "work.karmada.io/namespace": "karmada-es-us-east",
      "work.karmada.io/name": "nginx-1",
    },
  };
  const asked: string[] = [];
  let there = true;
  apis["the member's"] = async (path, method = "GET") => {
    asked.push(method);
    if (method === "DELETE") there = false;
    const body = { ...nginx.object, metadata, spec: { replicas: 2 } };
    return there ? { status: 200, body } : { status: 404, body: { message: `no ${path}` } };
  };
  apis["the federation's"] = async () => ({ status: 404, body: {} });
  const clusters = { members: { "us-east": "the member's" }, federation: "the federation's" };
  await untilRunning({ what: "app nginx", timeout: 5, interval: 10 }, [nginx], clusters, warned);
  expect(asked).toEqual(["GET", "GET", "DELETE", "GET"]);
});

describe("A8b: scaled at the federation past the program", () => {
  const part = nginxPart({ plan: { "us-east": 2 } });
  const clusters = { members: { "us-east": "the member's" }, federation: "the federation's" };
  const wait = { what: "app nginx", timeout: 1, interval: 10 };
  const scaledBy = (manager: string) => [{ manager, fieldsV1: { "f:spec": { "f:replicas": {} } } }];
  const live = (replicas: number) => ({
    ...stamped(part),
    metadata: { ...stamped(part).metadata, generation: 1, managedFields: scaledBy("kubectl") },
    spec: { replicas },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      availableReplicas: replicas,
    },
  });

  /** The federation's total, which the member runs; `hold` is what becomes of a number that it is told. */
  function federationOf(total: number, hold: (told: number) => number) {
    const told: string[] = [];
    const patch = (path: string, body: object): ApiAnswer => {
      told.push(`${path} ${JSON.stringify(body)}`);
      total = hold((body as { spec: { replicas: number } }).spec.replicas);
      return { status: 200, body: {} };
    };
    apis["the federation's"] = async (path, method, body) => {
      if (path.includes("resourcebindings")) return { status: 404, body: {} };
      return method === "PATCH" ? patch(path, body!) : { status: 200, body: live(total) };
    };
    apis["the member's"] = async () => ({ status: 200, body: live(total) });
    return told;
  }

  test("a total is put back to the plan's, and that is told", async () => {
    const told = federationOf(7, (replicas) => replicas);
    await untilRunning(wait, [part], clusters, warned);
    expect(told).toEqual([
      '/apis/apps/v1/namespaces/web/deployments/nginx/scale?fieldManager=federation {"spec":{"replicas":2}}',
    ]);
    expect(warned.mock.calls).toEqual([
      ["at the federation, Deployment nginx was told 7 replicas by kubectl, 2 planned: put back"],
    ]);
  });

  test("whoever scales it again is not fought with: the wait ends with what the member lacks", async () => {
    const told = federationOf(7, () => 8);
    await expect(untilRunning(wait, [part], clusters, warned)).rejects.toThrow(
      "member us-east: Deployment nginx is told 8 replicas, 2 wanted",
    );
    expect(told).toHaveLength(1);
  });
});
