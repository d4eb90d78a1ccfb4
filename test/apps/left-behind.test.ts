import { clearLeftBehind } from "../../apps/left-behind";
import { REVISION_ANNOTATION } from "../../apps/part";
import type { ApiCall } from "../../regions/api-client";
import { nginxPart } from "./nginx-part";

const nginx = (count: number) => nginxPart({ plan: { "us-east": count } });
const old = {
  labels: { "karmada.io/managed": "true" } as object,
  annotations: {
    [REVISION_ANNOTATION]: "0123456789ab",
    "work.karmada.io/namespace": "karmada-es-us-east",
    "work.karmada.io/name": "nginx-6776c85699",
  } as object,
};
const PATH = "/apis/apps/v1/namespaces/web/deployments/nginx";

/** What is asked of a member that has this object, and of a federation that has a record of it or none. */
async function clear(count: number, metadata: object | undefined, recorded = false) {
  const asked: string[] = [];
  const member: ApiCall = async (path, method = "GET") => {
    asked.push(`${method} ${path}`);
    return metadata ? { status: 200, body: { metadata } } : { status: 404, body: {} };
  };
  const federation: ApiCall = async (path) => {
    expect(path).toBe("/apis/work.karmada.io/v1alpha1/namespaces/karmada-es-us-east/works/nginx-6776c85699");
    return { status: recorded ? 200 : 404, body: {} };
  };
  const cleared = await clearLeftBehind(nginx(count), "us-east", { member, federation });
  expect(asked.includes(`DELETE ${PATH}`)).toBe(cleared);
  return cleared;
}

describe("a member that comes back from being lost, with no share", () => {
  test("E5: is cleared of what it ran, which the federation knows nothing of", async () => {
    expect(await clear(0, old)).toBe(true);
  });

  test("keeps what is not the federation's, or has no mark of this program", async () => {
    expect(await clear(0, { ...old, labels: {} })).toBe(false);
    expect(await clear(0, { ...old, annotations: {} })).toBe(false);
    expect(
      await clear(0, { ...old, annotations: { ...old.annotations, [REVISION_ANNOTATION]: undefined } }),
    ).toBe(false);
    const other = { ...old.annotations, "work.karmada.io/namespace": "karmada-es-other" };
    expect(await clear(0, { ...old, annotations: other })).toBe(false);
  });

  test("is left to the federation while it has a record, or is at it; and so is one with a share", async () => {
    expect(await clear(0, old, true)).toBe(false);
    expect(await clear(0, { ...old, deletionTimestamp: "2026-11-22T00:00:00Z" })).toBe(false);
    expect(await clear(0, undefined)).toBe(false);
    expect(await clear(2, old)).toBe(false);
  });
});
