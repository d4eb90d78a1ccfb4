import { deployment } from "../../apps/objects";
import { Part, stamped } from "../../apps/part";
import { copyingPolicy, overridePolicy, propagationPolicy } from "../../apps/policy";

const small = { "us-west": 2, "us-east": 0, "ap-northeast": 1 };
const object = deployment({ name: "nginx", namespace: "default", image: "nginx:1.29" });
const nginx = (plan: Record<string, number>, patches: Part["patches"] = {}): Part => ({
  name: "nginx",
  object,
  members: Object.keys(plan),
  plan,
  patches,
  plural: "deployments",
  namespaced: true,
  adopt: false,
  keep: false,
  scaled: false,
});

describe("an app's policy", () => {
  const weights = (plan: Record<string, number>) => {
    const { clusterAffinity, replicaScheduling } = propagationPolicy(nginx(plan)).spec.placement;
    const list = replicaScheduling.weightPreference.staticWeightList;
    expect(list.map(({ targetCluster }) => targetCluster.clusterNames[0])).toEqual(
      clusterAffinity.clusterNames,
    );
    return Object.fromEntries(list.map((each) => [each.targetCluster.clusterNames[0], each.weight]));
  };

  test("A8: has the counts for weights, and leaves members without replicas out", () => {
    expect(weights(small)).toEqual({ "us-west": 2, "ap-northeast": 1 });
    expect(weights({ "us-west": 5, "us-east": 2, "ap-northeast": 3 })).toEqual({
      "us-west": 5,
      "us-east": 2,
      "ap-northeast": 3,
    });
  });

  test("A8b: is the program's own, as all that it writes there: a change by hand is taken back, not refused", () => {
    const own = { annotations: { "pulumi.com/patchForce": "true" } };
    const part = nginx(small);
    for (const written of [
      propagationPolicy(part),
      overridePolicy(part),
      copyingPolicy("a", "b", [part]),
      stamped(part),
    ])
      expect(written.metadata).toMatchObject(own);
  });

  test("names every member where none has replicas: no name would mean every cluster there is", () => {
    expect(weights({ "us-west": 0, "us-east": 0 })).toEqual({ "us-west": 1, "us-east": 1 });
  });

  test("waits for the Deployment to be written, and keeps the share of a member that does not answer", () => {
    const { spec } = propagationPolicy(nginx(small));
    expect(spec.activationPreference).toBe("Lazy");
    expect(spec.placement.clusterTolerations).toEqual([
      { key: "cluster.karmada.io/not-ready", operator: "Exists", effect: "NoSchedule" },
      { key: "cluster.karmada.io/unreachable", operator: "Exists", effect: "NoSchedule" },
    ]);
  });

  test("A12: is not carried out before the overrides are there", () => {
    expect(propagationPolicy(nginx(small)).spec.dependentOverrides).toEqual([
      overridePolicy(nginx(small)).metadata.name,
    ]);
  });
});

describe("an app's overrides", () => {
  const image = {
    op: "replace",
    path: "/spec/template/spec/containers/0/image",
    value: "nginx:1.30",
  } as const;

  test("A12: are the patches of each member that has any, and a note by which it shows that it has them", () => {
    const { spec } = overridePolicy(nginx(small, { "us-east": [image], "us-west": [] }));
    expect(spec.overrideRules).toEqual([
      {
        targetCluster: { clusterNames: ["us-east"] },
        overriders: {
          plaintext: [
            {
              operator: "add",
              path: "/metadata/annotations/federation~1overrides",
              value: expect.stringMatching(/^[0-9a-f]{12}$/),
            },
            { operator: "replace", path: image.path, value: "nginx:1.30" },
          ],
        },
      },
    ]);
  });

  test("are there without a rule where no member has any: a policy that goes, goes too late", () => {
    expect(overridePolicy(nginx(small)).spec).toEqual({
      resourceSelectors: [{ apiVersion: "apps/v1", kind: "Deployment", name: "nginx", namespace: "default" }],
    });
  });
});

describe("taking over", () => {
  test("A7: is asked of Karmada only where the app says so", () => {
    const adopting = { ...nginx(small), adopt: true };
    expect(propagationPolicy(adopting).spec).toMatchObject({ conflictResolution: "Overwrite" });
    expect(copyingPolicy("web-objects", "default", [adopting]).spec).toMatchObject({
      conflictResolution: "Overwrite",
    });
    expect(propagationPolicy(nginx(small)).spec).not.toHaveProperty("conflictResolution");
  });
});

describe("an app that is kept where it leaves", () => {
  const kept = { ...nginx(small), keep: true };

  test("D5 D7 B4: has Karmada let go of members' copies instead of deleting them, of every kind", () => {
    const preserving = { preserveResourcesOnDeletion: true };
    expect(propagationPolicy(kept).spec).toMatchObject(preserving);
    expect(copyingPolicy("web-objects", "default", [kept]).spec).toMatchObject(preserving);
    expect(propagationPolicy(nginx(small)).spec).not.toHaveProperty("preserveResourcesOnDeletion");
  });

  test("names members without replicas, with no weight: left out they would go on with what they ran", () => {
    const { clusterAffinity, replicaScheduling } = propagationPolicy(kept).spec.placement;
    expect(clusterAffinity.clusterNames).toEqual(["us-west", "us-east", "ap-northeast"]);
    const weighed = replicaScheduling.weightPreference.staticWeightList;
    expect(weighed.map(({ targetCluster, weight }) => [targetCluster.clusterNames, weight])).toEqual([
      [["us-west"], 2],
      [["ap-northeast"], 1],
    ]);
  });
});

describe("the policy of objects that every member has alike", () => {
  test("D4: names them one by one and the members of the placement, and waits for their overrides", () => {
    const patch = { op: "add", path: "/data/a", value: "b" } as const;
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", namespace: "web" } };
    const part = { ...nginx(small), name: "web-config-map-c", object, plan: undefined };
    const policy = copyingPolicy("web-objects", "web", [{ ...part, patches: { "us-east": [patch] } }]);
    expect(policy.kind).toBe("PropagationPolicy");
    expect(policy.spec).toMatchObject({
      activationPreference: "Lazy",
      dependentOverrides: ["web-config-map-c"],
      resourceSelectors: [{ apiVersion: "v1", kind: "ConfigMap", name: "c", namespace: "web" }],
      placement: { clusterAffinity: { clusterNames: ["us-west", "us-east", "ap-northeast"] } },
    });
    expect(copyingPolicy("web-objects", undefined, [part]).kind).toBe("ClusterPropagationPolicy");
    expect(overridePolicy({ ...part, namespaced: false }).kind).toBe("ClusterOverridePolicy");
  });
});
