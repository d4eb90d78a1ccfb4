import { AppSpec, deployment, serviceObject } from "../../apps/objects";

const nginx: AppSpec = { name: "nginx", namespace: "default", image: "nginx:1.29", service: { port: 80 } };

describe("an app's Deployment", () => {
  test("selects the pods that it makes", () => {
    const { spec } = deployment(nginx);
    expect(spec.selector.matchLabels).toEqual(spec.template.metadata.labels);
  });

  test("listens on the container's port where the Service's is another", () => {
    const app = { ...nginx, service: { port: 80, targetPort: 8080, path: "/healthz" } };
    expect(deployment(app).spec.template.spec.containers[0]).toMatchObject({
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

  test("C: at a port of the nodes is waited for by nobody: it has no load balancer, and a member may run no pods", () => {
    const { metadata, spec } = serviceObject(nginx, { port: 80, targetPort: 8080, nodePort: 30080 });
    expect(spec.type).toBe("NodePort");
    expect(spec.ports).toEqual([{ name: "http", port: 80, targetPort: 8080, nodePort: 30080 }]);
    expect(metadata.annotations).toEqual({ "pulumi.com/skipAwait": "true" });
  });
});
