import { APP_LABEL } from "../../apps/manifest";
import type { Finding } from "../../apps/parts";
import type { ApiCall } from "../../regions/api-client";
import { isTrue } from "../../regions/slot-health";

/** A pod, as a person looks for it. */
export interface Pod {
  readonly app: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly ready: boolean;
  /** `Running`, or why not: `ImagePullBackOff`. */
  readonly state: string;
}

/** A Service's load balancer. */
export interface Balancer {
  readonly app: string;
  /** Host name or address; "" while there is none. */
  readonly host: string;
  readonly port: number;
}

/** What a cluster says of itself. */
export interface Alive {
  /** `v1.36.3` of its API; with its nodes' where one has another. */
  readonly version: string;
  readonly nodes: { readonly ready: number; readonly all: number };
  readonly pods: readonly Pod[];
  readonly balancers: readonly Balancer[];
}

/** What a look at a cluster finds: what it says, or why it says nothing. */
export type Look = Alive | { readonly trouble: string };

/**
 * Asks one cluster. It never throws: a cluster that is away is what a look at it is for.
 *
 * @param findings of apps whose objects do not bear their name, by app.
 */
export async function lookAt(call: ApiCall, findings: Readonly<Record<string, Finding>> = {}): Promise<Look> {
  const list = async (path: string): Promise<any[]> => {
    const { status, body } = await call(path);
    if (status !== 200) throw new Error(`${path.split("?")[0]} answers ${status}: ${body?.message ?? body}`);
    return body.items ?? [];
  };
  try {
    const labelled = async (plural: string) =>
      (await list(`/api/v1/${plural}?labelSelector=${encodeURIComponent(APP_LABEL)}`)).map((item) => ({
        app: item.metadata.labels[APP_LABEL] as string,
        item,
      }));
    const given = Object.entries(findings);
    const selected = given.flatMap(([app, { namespace, selectors }]) =>
      selectors.map(async (selector) => {
        const query = `labelSelector=${encodeURIComponent(selector)}`;
        return (await list(`/api/v1/namespaces/${namespace}/pods?${query}`)).map((item) => ({ app, item }));
      }),
    );
    const balancers = given.map(async ([app, { namespace, balancer }]) => {
      const query = `fieldSelector=${encodeURIComponent(`metadata.name=${balancer}`)}`;
      const items = balancer ? await list(`/api/v1/namespaces/${namespace}/services?${query}`) : [];
      return items.map((item) => ({ app, item }));
    });
    const [version, nodes, pods, services] = await Promise.all([
      call("/version"),
      list("/api/v1/nodes"),
      // What manifests made may bear any name as its label.
      Promise.all([...selected, labelled("pods")]),
      Promise.all([...balancers, labelled("services")]),
    ]);
    return {
      version: versionOf(version.body?.gitVersion ?? "?", nodes),
      nodes: { ready: nodes.filter((node) => isTrue(node, "Ready")).length, all: nodes.length },
      pods: unique(pods.flat()).map(podOf),
      balancers: unique(services.flat())
        .filter(({ item }) => item.spec.type === "LoadBalancer")
        .map(balancerOf),
    };
  } catch (error) {
    return { trouble: (error as Error).message };
  }
}

function versionOf(api: string, nodes: readonly any[]): string {
  const others = new Set(
    nodes.map((node) => node.status?.nodeInfo?.kubeletVersion).filter((one) => one !== api),
  );
  return others.size > 0 ? `${api} (nodes ${[...others].sort().join(", ")})` : api;
}

/** An object of an app. */
interface Owned {
  readonly app: string;
  readonly item: any;
}

/** Each object once: the first finding of it counts. */
function unique(found: readonly Owned[]): Owned[] {
  const path = ({ item: { metadata } }: Owned) => `${metadata.namespace}/${metadata.name}`;
  return [...new Map([...found].reverse().map((each) => [path(each), each])).values()].reverse();
}

function podOf({ app, item: { metadata, spec, status } }: Owned): Pod {
  const waiting = (status?.containerStatuses ?? [])
    .map((one: any) => one.state?.waiting?.reason)
    .find(Boolean);
  return {
    app,
    namespace: metadata.namespace,
    name: metadata.name,
    node: spec.nodeName ?? "",
    ready: isTrue({ status }, "Ready"),
    state: metadata.deletionTimestamp ? "Terminating" : (waiting ?? status?.phase ?? "?"),
  };
}

function balancerOf({ app, item: { spec, status } }: Owned): Balancer {
  const [ingress] = status?.loadBalancer?.ingress ?? [];
  return {
    app,
    host: ingress?.hostname || ingress?.ip || "",
    port: spec.ports[0].port,
  };
}
