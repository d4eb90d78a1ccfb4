import { deployment } from "../../apps/objects";
import { overrideRules, Part, revision, stamped } from "../../apps/part";
import { nginxPart } from "./nginx-part";

const part = (plan: Record<string, number>, image = "nginx:1.29") =>
  nginxPart({
    object: deployment({ name: "nginx", namespace: "default", image }),
    members: Object.keys(plan),
    plan,
  });
const small = { "us-west": 2, "us-east": 0, "ap-northeast": 1 };

describe("an app's workload at the federation", () => {
  test("has all replicas, and says in words who runs how many", () => {
    const { metadata, spec } = stamped(part(small));
    expect(spec.replicas).toBe(3);
    expect(metadata.annotations?.["federation/plan"]).toBe("us-west=2 us-east=0 ap-northeast=1");
  });

  test("is written anew when only the shares change: a lazy policy moves nothing before", () => {
    const other = part({ "us-west": 1, "us-east": 1, "ap-northeast": 1 });
    expect(stamped(part(small)).spec).toEqual(stamped(other).spec);
    expect(revision(part(small))).not.toBe(revision(other));
  });

  test("is written anew when it is to be kept: before, members' copies would still go with it", () => {
    expect(revision({ ...part(small), keep: true })).not.toBe(revision(part(small)));
  });

  test("has the same revision whatever the order of the members, and another for another image", () => {
    const turned = Object.fromEntries(Object.entries(small).reverse());
    expect(revision(part(turned))).toBe(revision(part(small)));
    expect(revision(part(small, "nginx:1.30"))).not.toBe(revision(part(small)));
  });

  test("A7: is written anew when objects are to be taken over: the lazy policy alone would not do it", () => {
    expect(revision({ ...part(small), adopt: true })).not.toBe(revision(part(small)));
  });

  test("tells nothing of a Secret's content by its revision, and of its keys neither", () => {
    const secret = (data: object): Part => ({
      ...part({}),
      plan: undefined,
      object: { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data },
    });
    expect(revision(secret({ a: "x" }))).toBe(revision(secret({ b: "y" })));
  });

  test("A12: is not written anew when only a member's override changes: that is rolled out by itself", () => {
    const patches = { "us-east": [{ op: "remove", path: "/spec/template/spec/x" }] } as const;
    expect(stamped({ ...part(small), patches })).toEqual(stamped(part(small)));
    expect(overrideRules({ ...part(small), patches }).map(([member]) => member)).toEqual(["us-east"]);
  });
});
