/** What the federation has to know of a kind: how its API calls it, and whether its objects live in a namespace. */
export interface Kind {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Kubernetes' own kinds that an app can have. `*` marks those that live in no namespace. */
const builtIn = `
v1: ConfigMap configmaps, Secret secrets, Service services, ServiceAccount serviceaccounts, Pod pods,
  PersistentVolumeClaim persistentvolumeclaims, PersistentVolume* persistentvolumes, ResourceQuota resourcequotas,
  LimitRange limitranges
apps/v1: Deployment deployments, StatefulSet statefulsets, DaemonSet daemonsets, ReplicaSet replicasets
batch/v1: Job jobs, CronJob cronjobs
autoscaling/v1: HorizontalPodAutoscaler horizontalpodautoscalers
autoscaling/v2: HorizontalPodAutoscaler horizontalpodautoscalers
networking.k8s.io/v1: Ingress ingresses, NetworkPolicy networkpolicies, IngressClass* ingressclasses
policy/v1: PodDisruptionBudget poddisruptionbudgets
rbac.authorization.k8s.io/v1: Role roles, RoleBinding rolebindings, ClusterRole* clusterroles,
  ClusterRoleBinding* clusterrolebindings
scheduling.k8s.io/v1: PriorityClass* priorityclasses
storage.k8s.io/v1: StorageClass* storageclasses
node.k8s.io/v1: RuntimeClass* runtimeclasses
apiextensions.k8s.io/v1: CustomResourceDefinition* customresourcedefinitions`;

/** Kinds that mean the federation itself where they are written to it, by what to do instead. */
const elsewhere: Readonly<Record<string, string>> = {
  Namespace: "is made at every member by the app's namespace: leave it out",
  Node: "is a cluster's own: leave it out",
  APIService: "would change the federation's own API: make it in each member",
  MutatingWebhookConfiguration: "would be asked of every write to the federation: make it in each member",
  ValidatingWebhookConfiguration: "would be asked of every write to the federation: make it in each member",
};

const known: ReadonlyMap<string, Kind> = new Map(
  builtIn
    .trim()
    .split(/\n(?=\S)/)
    .flatMap((line) => {
      const [, group, kinds] = /^(\S+): ([^]*)$/.exec(line)!;
      return kinds.split(/,\s+/).map((each): [string, Kind] => {
        const [kind, plural] = each.split(" ");
        return [`${group} ${kind.replace("*", "")}`, { plural, namespaced: !kind.endsWith("*") }];
      });
    }),
);

/** A kind of Kubernetes' own; undefined for all others. */
export function builtInKind(apiVersion: string, kind: string): Kind | undefined {
  return known.get(`${apiVersion} ${kind}`);
}

/** Why objects of a kind are not an app's; undefined when they are, or when it is no kind of Kubernetes' own. */
export function foreignKind(kind: string): string | undefined {
  return Object.hasOwn(elsewhere, kind) ? elsewhere[kind] : undefined;
}
