import { refusal, remedyOf, standing } from "../../apps/refusals";
import { missingKinds } from "../../apps/waiting";
import { nginxPart } from "./nginx-part";

const nginx = nginxPart();
const taken =
  "Failed to apply all manifests (0/1): resource(kind=Deployment, web/nginx) already exists in the cluster us-east and " +
  "the work.karmada.io/conflict-resolution strategy value is empty, Karmada will not manage this resource";

describe("what Karmada says against an object", () => {
  const karmada = (aggregatedStatus: object[]) => async (path: string) => {
    expect(path).toBe("/apis/work.karmada.io/v1alpha2/namespaces/web/resourcebindings/nginx-deployment");
    return { status: 200, body: { status: { aggregatedStatus } } };
  };

  test("is its word on this member, and nothing once it is applied", async () => {
    const said = karmada([
      { clusterName: "us-west", applied: true },
      { clusterName: "us-east", appliedMessage: taken },
    ]);
    expect(await refusal(said, nginx, "us-east")).toBe(taken);
    expect(await refusal(said, nginx, "us-west")).toBeUndefined();
  });

  test("is asked of the binding of a cluster's object, whose name has no colon", async () => {
    const object = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "a:b" },
    };
    const asked: string[] = [];
    const call = async (path: string) => (asked.push(path), { status: 404, body: undefined });
    expect(await refusal(call, { ...nginx, object, namespaced: false }, "us-east")).toBeUndefined();
    expect(asked).toEqual(["/apis/work.karmada.io/v1alpha2/clusterresourcebindings/a.b-clusterrole"]);
  });

  test("A7: an object that the member has already is told with member, object and the way out", () => {
    expect(remedyOf(nginx, "us-east", taken)).toMatch(
      /^member us-east has a Deployment nginx already .*: set the app's adopt to true/,
    );
  });

  test("a field that cannot change is told, and what may pass is not", () => {
    const immutable =
      'Deployment.apps "nginx" is invalid: spec.selector: Invalid value: {}: field is immutable';
    expect(remedyOf(nginx, "us-east", immutable)).toMatch(
      /^member us-east refuses Deployment nginx: .*immutable/,
    );
    expect(remedyOf(nginx, "us-east", "context deadline exceeded")).toBeUndefined();
  });

  test("counts only when the same stands for half a minute: it may be of before this run", () => {
    let now = 0;
    const stands = standing(() => now);
    const seen = (seconds: number, ...remedies: string[]) => {
      now = seconds * 1000;
      return stands(remedies);
    };
    expect([seen(0, "a"), seen(20, "a"), seen(25), seen(30, "a"), seen(59, "a")]).toEqual(
      Array(5).fill(false),
    );
    expect(seen(60, "a")).toBe(true);
    expect([seen(61), seen(100)]).toEqual([false, false]);
  });
});

describe("kinds that an app defines", () => {
  test("are missing until Karmada knows that every member serves them", async () => {
    const call = async (path: string) => ({
      status: 200,
      body: {
        status: {
          apiEnablements: path.endsWith("/us-west")
            ? [{ groupVersion: "example.com/v1", resources: [{ kind: "Thing" }] }]
            : undefined,
        },
      },
    });
    expect(await missingKinds(call, ["example.com/v1 Thing"], ["us-west", "us-east"])).toBe(
      "member us-east does not serve example.com/v1 Thing yet",
    );
    expect(await missingKinds(call, ["example.com/v1 Thing"], ["us-west"])).toBeUndefined();
  });
});
