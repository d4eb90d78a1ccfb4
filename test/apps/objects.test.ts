import { AppSpec, deployment, revision, serviceObject } from "../../apps/objects";
import { propagationPolicy } from "../../apps/policy";

const nginx: AppSpec = { name: "nginx", namespace: "default", image: "nginx:1.29", service: { port: 80 } };
const small = { "us-west": 2, "us-east": 0, "ap-northeast": 1 };

describe("an app's Deployment at the federation", () => {
  test("has all replicas, and says in words who runs how many", () => {
    const { metadata, spec } = deployment(nginx, small);
    expect(spec.replicas).toBe(3);
    expect(metadata.annotations["federation/plan"]).toBe("us-west=2 us-east=0 ap-northeast=1");
    expect(spec.selector.matchLabels).toEqual(spec.template.metadata.labels);
  });

  test("is written anew when only the shares change: a lazy policy moves nothing before", () => {
    const other = { "us-west": 1, "us-east": 1, "ap-northeast": 1 };
    expect(deployment(nginx, small).spec).toEqual(deployment(nginx, other).spec);
    expect(revision(nginx, small)).not.toBe(revision(nginx, other));
  });

  test("has the same revision whatever the order of the members, and another for another image", () => {
    const turned = Object.fromEntries(Object.entries(small).reverse());
    expect(revision(nginx, turned)).toBe(revision(nginx, small));
    expect(revision({ ...nginx, image: "nginx:1.30" }, small)).not.toBe(revision(nginx, small));
  });

  test("listens on the container's port where the Service's is another", () => {
    const app = { ...nginx, service: { port: 80, targetPort: 8080, path: "/healthz" } };
    expect(deployment(app, small).spec.template.spec.containers[0]).toMatchObject({
      ports: [{ containerPort: 8080 }],
      readinessProbe: { httpGet: { port: 8080, path: "/healthz" } },
    });
    expect(serviceObject(app, app.service).spec.ports).toEqual([
      { name: "http", port: 80, targetPort: 8080 },
    ]);
  });
});

describe("an app's Service", () => {
  test("is waited for until it has a load balancer, never for pods: a member may run none", () => {
    const { metadata, spec } = serviceObject(nginx, { port: 80 });
    expect(metadata.annotations).toMatchObject({
      "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0]}",
    });
    expect(metadata.annotations).not.toHaveProperty("pulumi.com/skipAwait");
    expect(spec.type).toBe("LoadBalancer");
  });
});

describe("an app's policy", () => {
  const weights = (plan: Record<string, number>) => {
    const { clusterAffinity, replicaScheduling } = propagationPolicy(nginx, plan).spec.placement;
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

  test("names every member where none has replicas: no name would mean every cluster there is", () => {
    expect(weights({ "us-west": 0, "us-east": 0 })).toEqual({ "us-west": 1, "us-east": 1 });
  });

  test("waits for the Deployment to be written, and keeps the share of a member that does not answer", () => {
    const { spec } = propagationPolicy(nginx, small);
    expect(spec.activationPreference).toBe("Lazy");
    expect(spec.placement.clusterTolerations).toEqual([
      { key: "cluster.karmada.io/not-ready", operator: "Exists", effect: "NoSchedule" },
      { key: "cluster.karmada.io/unreachable", operator: "Exists", effect: "NoSchedule" },
    ]);
  });
});
