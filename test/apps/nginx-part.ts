import { deployment } from "../../apps/objects";
import type { Part } from "../../apps/part";

/** The Deployment of an app at us-east, as a part of it; a test says what of it is otherwise. */
export function nginxPart(change: Partial<Part> = {}): Part {
  return {
    name: "nginx",
    object: deployment({ name: "nginx", namespace: "web", image: "nginx:1.29" }),
    members: ["us-east"],
    patches: {},
    plural: "deployments",
    namespaced: true,
    adopt: false,
    keep: false,
    scaled: false,
    ...change,
  };
}
