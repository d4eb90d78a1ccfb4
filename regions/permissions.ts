import { CLUSTER_NAMESPACE } from "../federation/places";
import type { ApiCall } from "./api-client";

/** What the credentials have to be allowed, of one kind of object. */
export interface Permission {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** @default all, or none for what lies in no namespace */
  readonly namespace?: string;
}

/** A resource of ours is made, waited for, changed and deleted. */
const own = ["create", "get", "list", "watch", "patch", "delete"] as const;
const rbac = "rbac.authorization.k8s.io";

/** What joining a cluster asks of the credentials that it is given with, and apps that have Services there. */
export function permissionsNeeded(services: readonly string[]): Permission[] {
  return [
    { group: "", resource: "namespaces", verbs: own },
    { group: "", resource: "serviceaccounts", verbs: own, namespace: CLUSTER_NAMESPACE },
    { group: "", resource: "secrets", verbs: own, namespace: CLUSTER_NAMESPACE },
    // Karmada's account may do everything, and nobody gives away what he does not have, unless he may escalate and bind.
    { group: rbac, resource: "clusterroles", verbs: [...own, "escalate", "bind"] },
    { group: rbac, resource: "clusterrolebindings", verbs: own },
    // What an `up` looks at to tell that an app runs, and this preflight to compare ranges.
    { group: "", resource: "nodes", verbs: ["list"] },
    { group: "apps", resource: "deployments", verbs: ["get"] },
    { group: "", resource: "events", verbs: ["list"] },
    ...services.map((namespace) => ({ group: "", resource: "services", verbs: own, namespace })),
  ];
}

/** What the API says that these credentials may not do, one line for each kind of object. */
export async function missingPermissions(call: ApiCall, needed: readonly Permission[]): Promise<string[]> {
  const lines = await Promise.all(
    needed.map(async ({ group, resource, verbs, namespace }) => {
      const asked = await Promise.all(
        verbs.map(async (verb) =>
          (await allowed(call, { group, resource, verb, namespace })) ? [] : [verb],
        ),
      );
      const missing = asked.flat();
      const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
      return missing.length === 0 ? [] : [`${missing.join(", ")} ${resource}${where}`];
    }),
  );
  return lines.flat();
}

async function allowed(call: ApiCall, resourceAttributes: object): Promise<boolean> {
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes },
  };
  const { status, body } = await call(
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    "POST",
    review,
  );
  if (status !== 201) throw new RefusedError(status, body?.message);
  return body.status.allowed === true;
}

/** The API does not even say what is allowed: it takes the credentials for nobody's. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    message: string | undefined,
  ) {
    super(message ?? `answers ${status}`);
  }
}
