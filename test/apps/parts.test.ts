import { readManifests } from "../../apps/manifests";
import { App, findingOf } from "../../apps/parts";

const app = (text: string, more: Partial<App> = {}): App => ({
  name: "shop",
  namespace: "web",
  manifests: readManifests([{ path: "web.yaml", text }], "web").resources,
  spread: "divided",
  placement: { "us-east": { min: 0, max: 9, weight: 1 } },
  overrides: {},
  adopt: false,
  onRemove: "delete",
  ...more,
});

describe("how an app's objects are found in a member", () => {
  test("E2: its manifests' workloads by their own selectors, a Job's by its name, its load balancer by its name", () => {
    const text = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: front }
spec:
  selector:
    matchLabels: { app: front, part: web }
    matchExpressions: [{ key: tier, operator: In, values: [a, b] }, { key: old, operator: DoesNotExist }]
  template: { spec: {} }
---
{ apiVersion: batch/v1, kind: Job, metadata: { name: once }, spec: { template: {} } }
---
{ apiVersion: v1, kind: Service, metadata: { name: entry }, spec: { type: LoadBalancer, selector: { app: front }, ports: [{ port: 80 }] } }
---
{ apiVersion: v1, kind: Service, metadata: { name: inside }, spec: { selector: { app: front } } }
`;
    expect(findingOf(app(text))).toEqual({
      namespace: "web",
      selectors: ["app=front,part=web,tier in (a,b),!old", "batch.kubernetes.io/job-name=once"],
      balancer: "entry",
    });
  });

  test("an app without manifests is found by its name as a label", () => {
    expect(findingOf(app("", { image: "nginx:1.29", replicas: 1 }))).toBeUndefined();
  });
});
