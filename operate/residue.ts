/**
 * Lists what a federation left in a cluster that is no member any more, or at the federation of members that left:
 * `npm run residue -- munich`, with a kubeconfig that has the context in KUBECONFIG. Ends with `N left`; exit code 1 unless N
 * is 0, 2 when it could not look.
 */
import { CLUSTER_NAMESPACE } from "../federation/places";
import { apiClient, ApiCall } from "../regions/api-client";
import { givenContext } from "./contexts";

/** On everything that Karmada writes to a member. */
const MANAGED = "labelSelector=karmada.io%2Fmanaged%3Dtrue";
/** Namespaces at the federation in which Karmada keeps what a member is to have. */
const EXECUTION = "karmada-es-";

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** Everything in a cluster that is a federation's: of Karmada's making, or for its access. */
export async function residueOfMember(call: ApiCall): Promise<string[]> {
  const paths = (await listable(call)).map(({ path, kind }) => ({ path: `${path}?${MANAGED}`, kind }));
  const managed = await Promise.all(paths.map(({ path, kind }) => list(call, path, kind)));
  const roles = ["clusterroles", "clusterrolebindings"].map((plural) =>
    list(call, `/apis/rbac.authorization.k8s.io/v1/${plural}`, plural.slice(0, -1), /^karmada-/),
  );
  const access = list(call, "/api/v1/namespaces", "namespace", new RegExp(`^${CLUSTER_NAMESPACE}$`));
  return unique([...managed, await access, ...(await Promise.all(roles))].flat());
}

/** Everything at a federation that belongs to no Cluster it has. */
export async function residueOfFederation(call: ApiCall): Promise<string[]> {
  const members = await names(call, "/apis/cluster.karmada.io/v1alpha1/clusters");
  const own = members.flatMap((member) => [EXECUTION + member, member, `${member}-impersonator`]);
  const spaces = await list(call, "/api/v1/namespaces", "namespace", new RegExp(`^${EXECUTION}`));
  const secrets = await list(call, `/api/v1/namespaces/${CLUSTER_NAMESPACE}/secrets`, "secret");
  return [...spaces, ...secrets].filter((each) => !own.includes(each.split("/").pop()!));
}

/** Paths of all kinds that can be listed, over all namespaces. */
async function listable(call: ApiCall): Promise<{ path: string; kind: string }[]> {
  const groups: any[] = (await got(call, "/apis")).groups;
  const versions = groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`);
  const found = ["/api/v1", ...versions].map(async (base) => {
    const { status, body } = await call(base);
    // An aggregated API whose server is away has nothing that could be listed.
    const resources: Resource[] = status === 200 ? body.resources : [];
    return resources
      .filter(({ name, verbs }) => !name.includes("/") && verbs.includes("list"))
      .map(({ name, kind }) => ({ path: `${base}/${name}`, kind: kind.toLowerCase() }));
  });
  return (await Promise.all(found)).flat();
}

async function list(call: ApiCall, path: string, kind: string, named = /./): Promise<string[]> {
  const { status, body } = await call(path);
  if (status === 404 || status === 405) return [];
  const items: any[] = status === 200 ? body.items : refused(path, status);
  return items
    .filter(({ metadata }) => named.test(metadata.name))
    .map(({ metadata }) => [kind, metadata.namespace, metadata.name].filter(Boolean).join("/"));
}

async function names(call: ApiCall, path: string): Promise<string[]> {
  return (await got(call, path)).items.map(({ metadata }: any) => metadata.name);
}

async function got(call: ApiCall, path: string): Promise<any> {
  const { status, body } = await call(path);
  return status === 200 ? body : refused(path, status);
}

function refused(path: string, status: number): never {
  throw new Error(`${path} answers ${status}: may these credentials list everything?`);
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

async function main([context]: string[]): Promise<void> {
  if (!context) throw new Error("of which cluster? npm run residue -- munich");
  const call = apiClient(givenContext(context, "; it has to have the cluster's context"));
  const federation = (await call("/apis/cluster.karmada.io/v1alpha1")).status === 200;
  const left = await (federation ? residueOfFederation(call) : residueOfMember(call));
  for (const one of left) console.log(one);
  console.log(`${left.length} left`);
  process.exitCode = left.length ? 1 : 0;
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(`the residue could not be looked for: ${error.message}`);
    process.exit(2);
  });
}
