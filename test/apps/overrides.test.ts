import { patched } from "../../apps/json-patch";
import type { Manifest } from "../../apps/manifest";
import { Override, patchRevision, workloadPatches } from "../../apps/overrides";

const web: Manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: "web",
            image: "web:1",
            env: [
              { name: "A", value: "1" },
              { name: "B", value: "2" },
            ],
          },
          { name: "log", image: "log:1" },
        ],
      },
    },
  },
};
const containersAfter = (override: Override) => {
  const { patches, misfits } = workloadPatches(web, override);
  expect(misfits).toEqual([]);
  return patches.reduce(patched, web).spec.template.spec.containers;
};

describe("an override", () => {
  test("A12: sets image, variables and arguments of one container", () => {
    expect(
      containersAfter({ container: "web", image: "web:2", env: { B: "3", C: "4" }, args: ["-v"] }),
    ).toEqual([
      {
        name: "web",
        image: "web:2",
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "3" },
          { name: "C", value: "4" },
        ],
        args: ["-v"],
      },
      { name: "log", image: "log:1" },
    ]);
  });

  test("applies its patch after all else", () => {
    const path = "/spec/template/spec/containers/1/args/0";
    const [, log] = containersAfter({
      container: "log",
      args: ["a", "b"],
      patch: [{ op: "replace", path, value: "c" }],
    });
    expect(log.args).toEqual(["c", "b"]);
  });

  test("must name the container where there are several", () => {
    expect(workloadPatches(web, { image: "web:2" }).misfits).toEqual([
      {
        key: "container",
        value: undefined,
        remedy: "Deployment/web has several containers: name one of web, log",
      },
    ]);
  });

  test("may add a label where the template has none: the federation's copy has some", () => {
    const patch = [{ op: "add", path: "/metadata/labels/tier", value: "edge" }] as const;
    expect(workloadPatches(web, { patch })).toEqual({ patches: patch, misfits: [] });
  });

  test("of replicas alone patches nothing: the plan has them", () => {
    expect(workloadPatches(web, { replicas: 3 }).patches).toEqual([]);
  });

  test("has a revision that changes with its patches; none without any", () => {
    const revisionOf = (override: Override) => patchRevision(workloadPatches(web, override).patches);
    const of = (image: string) => revisionOf({ container: "log", image });
    expect(of("log:2")).toBe(of("log:2"));
    expect(of("log:3")).not.toBe(of("log:2"));
    expect(revisionOf({ replicas: 3 })).toBeUndefined();
  });
});
