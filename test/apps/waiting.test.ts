import { deployment } from "../../apps/objects";
import { REVISION_ANNOTATION } from "../../apps/part";
import { untilRunning } from "../../apps/waiting";
import type { ApiCall } from "../../regions/api-client";
import { nginxPart } from "./nginx-part";

/** APIs by the text of their kubeconfig. */
const apis: Record<string, ApiCall> = {};
jest.mock("../../regions/api-client", () => ({ apiClient: (kubeconfig: string) => apis[kubeconfig] }));

const nginx = nginxPart({
  object: deployment({ name: "nginx", namespace: "default", image: "nginx:1.29" }),
  plan: { "us-east": 0 },
});

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
  await untilRunning({ what: "app nginx", timeout: 5, interval: 10 }, [nginx], clusters);
  expect(asked).toEqual(["GET", "GET", "DELETE", "GET"]);
});
